/** `covgrad init`: writes a sweep file to begin with. */
import { writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { SWEEP_METHODS } from '../config/methods.ts';
import type { TemplateChoices } from '../config/template.ts';
import { TASKS } from '../data/task.ts';
import { parseDecimal } from '../decimal.ts';
import { PENALTIES } from '../kernel/catalogue.ts';
import { ACTIVATIONS } from '../kernel/operations.ts';
import { describeValue, printable } from '../printable.ts';
import { storeFailure } from '../store/failure.ts';
import { closestName } from '../suggestion.ts';
import { usageError } from './exit.ts';
import { type DataFlags, dataOf } from './init-data.ts';
import { checkNumber, checkSingle, example } from './options.ts';
import { STANDARD } from './standard-streams.ts';
import { shellPath, suggestedCommand } from './suggested-command.ts';

/** The command's arguments as yargs reads them. */
export interface InitArguments extends DataFlags {
  readonly file: string;
  readonly model?: string | undefined;
  readonly activation: string;
  readonly penalties: string;
  readonly weights: string;
  readonly method: TemplateChoices['method'];
  /** Numbers, or what was given instead. */
  readonly epochs: unknown;
  readonly seeds: unknown;
  readonly print: boolean;
}

const DEFAULT_NAME = 'sweep';
/** Where the help lists what tells of the data. */
const DATA_GROUP = 'The data:';

export const initCommand: CommandModule<object, InitArguments> = {
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        default: `${DEFAULT_NAME}.yaml`,
        describe: `File to write (default: ${DEFAULT_NAME}.yaml)`,
      })
      .option('data', {
        type: 'string',
        requiresArg: true,
        default: 'mnist',
        group: DATA_GROUP,
        describe: 'mnist (the default), synthetic, or a file: CSV, Parquet, npy, npz#key, IDX, …',
      })
      .option('target', {
        type: 'string',
        requiresArg: true,
        group: DATA_GROUP,
        describe: 'What is learned: a column of the file, or the file of the targets',
      })
      .option('test', {
        type: 'string',
        requiresArg: true,
        group: DATA_GROUP,
        describe: 'File of the test samples (default: a fifth of the samples)',
      })
      .option('test-target', {
        type: 'string',
        requiresArg: true,
        group: DATA_GROUP,
        describe: 'File of the test targets, where targets have files of their own',
      })
      .option('task', {
        type: 'string',
        requiresArg: true,
        choices: TASKS,
        group: DATA_GROUP,
        describe: `${TASKS.join(', ')} (default: guessed from the target)`,
      })
      .option('model', {
        type: 'string',
        requiresArg: true,
        describe:
          'Units of the hidden layers; the penalty acts on the first, of an autoencoder on the narrowest (default: 256,128; fewer for few features)',
      })
      .option('activation', {
        type: 'string',
        requiresArg: true,
        default: 'relu',
        describe: `Activation function: ${ACTIVATIONS.join(', ')} (default: relu)`,
      })
      .option('penalties', {
        type: 'string',
        requiresArg: true,
        default: 'mean-abs,decov,squared-correlation',
        describe: 'Penalties to compare (default: mean-abs,decov,squared-correlation)',
      })
      .option('weights', {
        type: 'string',
        requiresArg: true,
        default: '0.01,0.1,1',
        describe: 'Weights to try; the ends of their range where points are drawn (default: 0.01,0.1,1)',
      })
      .option('method', {
        type: 'string',
        requiresArg: true,
        choices: SWEEP_METHODS,
        default: 'grid' as const,
        describe: 'How points are chosen: grid (the default), random, sobol or bayes',
      })
      .option('epochs', {
        requiresArg: true,
        describe: 'Passes over the training samples (default: 3; more for few samples)',
      })
      .option('seeds', {
        requiresArg: true,
        default: 3,
        describe: 'How often each point is trained (default: 3)',
      })
      .option('print', {
        type: 'boolean',
        default: false,
        describe: 'Write to standard output, and no file, as - in its place does',
      })
      .example(...example('$0 init', 'sweep.yaml: three penalties at three weights on MNIST'))
      .example(
        ...example(
          '$0 init my.yaml --data synthetic --model 32 --method bayes',
          'a search on synthetic data',
        ),
      )
      .example(...example('$0 init --data measured.csv --target quality', 'a sweep over a table of your own'))
      .epilogue(`Penalties: ${PENALTIES.map(({ id }) => id).join(', ')}.`),
  handler: runInitCommand,
};

async function runInitCommand(given: InitArguments): Promise<void> {
  checkSingle(given);
  const { KNOWN_DATA, sweepTemplate } = await import('../config/template.ts');
  const { parseSweepConfig } = await import('../config/load.ts');
  const { file, method } = given;
  const printed = given.print || file === STANDARD;
  const directory = printed ? '.' : dirname(file);
  const known = PENALTIES.map(({ id }) => id);
  const penalties = list('--penalties', given.penalties).map((name) => checkName('--penalties', name, known));
  const layers = given.model === undefined ? undefined : list('--model', given.model);
  const units = layers?.map((width) => wholeNumber('--model', asNumber(width), 'Write 256,128.'));
  const epochs =
    given.epochs === undefined ? undefined : wholeNumber('--epochs', given.epochs, 'Leave it out for 3.');
  const data = await dataOf(given, directory);
  const text = sweepTemplate({
    name: nameOf(file),
    data,
    units: units ?? data.units,
    activation: checkName('--activation', given.activation, ACTIVATIONS),
    penalties,
    weights: list('--weights', given.weights).map(checkWeight),
    method,
    epochs: epochs ?? data.epochs,
    seeds: wholeNumber('--seeds', given.seeds, 'Leave it out for 3.'),
    schema: schemaFor(directory),
  });
  // What is left to check is what no single flag shows: a layer of one unit, a network that no kernel can hold.
  const { experiment } = parseSweepConfig(text, file);
  if (!(given.data in KNOWN_DATA)) {
    // It is read as training will read it: what is written runs.
    const { loadDataset } = await import('../data/load.ts');
    await loadDataset(experiment.data, { task: experiment.task, base: directory });
  }
  if (printed) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw storeFailure('write', file, cause);
    throw usageError(`${file}: a file is never overwritten, got one that exists. Name another.`);
  }
  const next = suggestedCommand('plan', shellPath(file));
  process.stderr.write(`Wrote ${printable(file)}. See what it trains: ${next}\n`);
}

/** Where an editor finds the schema of a file in a directory. It reads the place up to the first blank. */
function schemaFor(directory: string): string {
  const schema = new URL('../sweep.schema.json', import.meta.url);
  const path = relative(resolve(directory), fileURLToPath(schema)).replaceAll('\\', '/');
  return isAbsolute(path) || /\s/.test(path) ? schema.href : path;
}

/** The file's name without its ending, as far as it makes the name of a sweep. */
function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^a-z0-9_-]+/gi, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 100);
  return name === '' ? DEFAULT_NAME : name;
}

function list(flag: string, value: string): string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (!parts.includes('')) return [...new Set(parts)];
  throw usageError(`${flag}: must be values separated by commas, got ${describeValue(value)}. Write a,b.`);
}

function checkName(flag: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const near = closestName(name, known);
  const remedy = near === undefined ? 'Choose one of them.' : `Did you mean "${near}"?`;
  throw usageError(`${flag}: must be one of ${known.join(', ')}, got ${describeValue(name)}. ${remedy}`);
}

/** The number that a word stands for, else the word. */
function asNumber(word: string): number | string {
  return parseDecimal(word) ?? word;
}

function checkWeight(weight: string): number {
  return checkNumber('--weights', asNumber(weight), {
    rule: 'numbers above 0',
    holds: (number) => Number.isFinite(number) && number > 0,
    remedy: 'Write 0.01,0.1,1.',
  });
}

function wholeNumber(flag: string, value: unknown, remedy: string): number {
  return checkNumber(flag, value, {
    rule: 'a whole number of at least 1',
    holds: (number) => Number.isInteger(number) && number >= 1,
    remedy,
  });
}
