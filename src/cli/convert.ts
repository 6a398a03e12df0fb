/** `covgrad convert`: the weight at which another penalty has the same gradient, where there is one. */
import type { CommandModule } from 'yargs';
import { parseDecimal } from '../decimal.ts';
import { CovgradError, ShapeError } from '../errors.ts';
import {
  CROSS_PENALTIES,
  findCrossPenalty,
  findPenalty,
  PENALTIES,
  type PenaltyParameter,
} from '../kernel/catalogue.ts';
import { resolveCrossPenalty, resolvePenalty } from '../kernel/resolve.ts';
import { type ConvertedPenalty, convertWeight } from '../kernel/weight-conversion.ts';
import { closestName } from '../suggestion.ts';
import { usageError } from './exit.ts';
import { checkNumber, checkSingle, example } from './options.ts';

/** The command line of `covgrad convert`. */
export interface ConvertArguments {
  readonly from: string;
  readonly to: string;
  /** A number, or what was given instead. */
  readonly units?: unknown;
  readonly samples?: unknown;
  readonly json: boolean;
}

/** The whole output, with a final newline. Errors: ConfigError USAGE; CovgradError NO_FACTOR where no weight is exact. */
export function convertOutput(given: ConvertArguments): string {
  const { weight, ...from } = readPenalty('--from', given.from);
  const { weight: unasked, ...to } = readPenalty('--to', given.to);
  if (weight === undefined) {
    throw usageError(`--from: must have a weight, got "${given.from}". Write ${from.type}:0.1.`);
  }
  if (unasked !== undefined) {
    throw usageError(`--to: its weight is what is looked for, got "${given.to}". Write ${to.type}.`);
  }
  const size = { units: readSize('--units', given.units), samples: readSize('--samples', given.samples) };
  const { factor, formula, parameters } = convert(from, to, size);
  const converted = {
    ...settingsOf({ ...to, parameters: { ...to.parameters, ...parameters } }),
    weight: weight * factor,
  };
  if (given.json) {
    const source = { ...settingsOf(from), weight };
    return `${JSON.stringify({ schemaVersion: 1, from: source, to: converted, ...size, factor, formula }, null, 2)}\n`;
  }
  const settings = Object.entries(converted).map(([key, value]) => `${key}: ${value}`);
  return [
    `${from.type} at ${weight} has the gradient of ${to.type} at ${converted.weight}.`,
    `penalty: {${settings.join(', ')}}`,
    `factor ${formula}${/[mn]/.test(formula) ? ` = ${factor}` : ''}`,
    '',
  ].join('\n');
}

/** What the user left out is a mistake in the command line; that there is no factor is an answer. */
function convert(...given: Parameters<typeof convertWeight>): ReturnType<typeof convertWeight> {
  try {
    return convertWeight(...given);
  } catch (error) {
    if (error instanceof CovgradError && error.code === 'SIZE_NEEDED') throw usageError(error.message);
    throw error;
  }
}

/** `<type>[:<weight>][,<setting>=<value>…]`. */
function readPenalty(option: string, text: string): ConvertedPenalty & { readonly weight?: number } {
  const [head = '', ...pairs] = text.split(',');
  const [type = '', amount, ...more] = head.split(':');
  const definition = findPenalty(type) ?? findCrossPenalty(type);
  if (definition === undefined) {
    const known = [...PENALTIES, ...CROSS_PENALTIES].map(({ id }) => id);
    const near = closestName(type, known);
    throw usageError(
      `${option}: must be a penalty of the catalogue, got "${type}". ` +
        (near === undefined ? `Known are ${known.join(', ')}.` : `Did you mean "${near}"?`),
    );
  }
  const weight = amount === undefined ? undefined : readNumber(`${option} ${type}`, 'weight', amount);
  if (more.length > 0 || (weight !== undefined && weight < 0)) {
    throw usageError(`${option}: a weight must be a number of at least 0, got "${head}". Write ${type}:0.1.`);
  }
  const settings = pairs.map((pair): [string, number | boolean] => {
    const [key = '', value = ''] = pair.split('=');
    const known = ['centered', 'ddof', ...definition.parameters.map(({ name }) => name)];
    if (!known.includes(key)) {
      throw usageError(
        `${option} ${type}: a setting must be one of ${known.join(', ')}, got "${pair}". Write ${known[0]}=true.`,
      );
    }
    if (key !== 'centered') return [key, readNumber(`${option} ${type}`, key, value)];
    if (value === 'true' || value === 'false') return [key, value === 'true'];
    throw usageError(`${option} ${type}: centered must be true or false, got "${value}".`);
  });
  const { centered, ddof, ...parameters } = Object.fromEntries(settings) as {
    centered?: boolean;
    ddof?: number;
  } & { [Name in PenaltyParameter['name']]?: number };
  const penalty = {
    type,
    ...(centered !== undefined && { centered }),
    ...(ddof !== undefined && { ddof }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  if (ddof !== undefined && ddof !== 0 && ddof !== 1) {
    throw usageError(`${option} ${type}: ddof must be 0 or 1, got ${ddof}.`);
  }
  checkSettings(option, penalty);
  return { ...penalty, ...(weight !== undefined && { weight }) };
}

/** The ranges of the parameters are those of the kernel. */
function checkSettings(option: string, { type, parameters }: ConvertedPenalty): void {
  const resolve = findPenalty(type) === undefined ? resolveCrossPenalty : resolvePenalty;
  try {
    resolve(type, { samples: 2, units: 2, ...parameters });
  } catch (error) {
    throw error instanceof ShapeError ? usageError(`${option} ${error.message}`) : error;
  }
}

function readNumber(option: string, key: string, text: string): number {
  const value = parseDecimal(text.trim());
  if (value !== undefined) return value;
  throw usageError(`${option}: ${key} must be a number, got "${text}".`);
}

function readSize(option: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return checkNumber(option, value, {
    rule: 'a whole number from 2',
    holds: (number) => Number.isSafeInteger(number) && number >= 2,
    remedy: option === '--units' ? 'Give the units of the layer.' : 'Give the samples of a batch.',
  });
}

function settingsOf({ type, parameters, ...rest }: ConvertedPenalty): Record<string, unknown> {
  return { type, ...rest, ...parameters };
}

/** The yargs command. */
export const convertCommand: CommandModule<object, ConvertArguments> = {
  builder: (yargs) =>
    yargs
      .option('from', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'Penalty with its weight, and settings if any: decov:0.1,ddof=1 (required)',
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The other penalty, without a weight: mean or mean,centered=true (required)',
      })
      .option('units', {
        requiresArg: true,
        describe: 'Units of the layer, where the factor depends on them',
      })
      .option('samples', {
        requiresArg: true,
        describe: 'Samples of a batch, where the factor depends on them',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON' })
      .example(
        ...example(
          '$0 convert --from vicreg-covariance:0.04 --to decov --units 256 --samples 128',
          'the weight of decov',
        ),
      ),
  handler: (given) => {
    checkSingle(given);
    process.stdout.write(convertOutput(given));
  },
};
