/** The options of `covgrad compare`, and which of them go together. */
import type { Argv, Options } from 'yargs';
import { DEFAULT_MARGIN as DEFAULT_SHARE } from '../compare/verdict.ts';
import { usageError } from './exit.ts';
import { checkNumber } from './options.ts';
import { NARROWEST } from './terminal.ts';

/** The command line of `covgrad compare`; numbers are of unknown type, as whatever was given instead. */
export interface CompareArguments {
  readonly runs: readonly string[];
  readonly where?: string | undefined;
  readonly sort?: string | undefined;
  readonly groupBy?: string | undefined;
  readonly top?: unknown;
  readonly columns?: string | undefined;
  readonly metric?: string | undefined;
  readonly layer?: string | undefined;
  readonly baseline?: string | undefined;
  /** Percentage points of a fraction, else percents of the baseline's quality. */
  readonly margin: unknown;
  /** Line the penalties up. */
  readonly by?: 'strength' | undefined;
  readonly freeBaseline?: boolean | undefined;
  readonly precision?: unknown;
  readonly pareto?: string | undefined;
  readonly heatmap?: boolean | undefined;
  readonly correlation?: string | undefined;
  readonly curves?: boolean | undefined;
  readonly importance?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly jsonl?: boolean | undefined;
  readonly csv?: boolean | undefined;
  readonly md?: boolean | undefined;
  readonly latex?: boolean | undefined;
  readonly parquet?: boolean | undefined;
  readonly width?: unknown;
  readonly ascii?: boolean | undefined;
}

/** Where the help lists the options. */
const GROUPS = {
  points: 'Which points:',
  table: 'What is shown of them:',
  picture: 'Pictures:',
  format: 'Formats, in place of the table:',
} as const;
const DEFAULT_MARGIN = DEFAULT_SHARE * 100;
const MOST_DECIMALS = 12;
const FORMATS = ['json', 'jsonl', 'csv', 'md', 'latex', 'parquet'] as const;
const PICTURES = ['pareto', 'heatmap', 'correlation', 'curves', 'importance'] as const;
/** Formats of full precision, which have their own columns. */
const DATA_FORMATS: readonly string[] = ['json', 'jsonl', 'csv', 'parquet'];

/** The option `--margin`, which a report has as well. */
export const MARGIN_OPTION: Options & { default: unknown } = {
  requiresArg: true,
  describe: `Quality that a recommended penalty may lose: points of accuracy, or % of the baseline's R², RMSE or reconstruction loss (default: ${DEFAULT_MARGIN})`,
  default: DEFAULT_MARGIN,
};

/** Its value, in points or percents. Errors: ConfigError `USAGE`. */
export function checkMargin(margin: unknown): number {
  return checkNumber('--margin', margin, {
    rule: 'points or percents from 0 to 100',
    holds: (number) => number >= 0 && number <= 100,
    remedy: `Leave it out for ${DEFAULT_MARGIN}.`,
  });
}

/** Add the options to the command. */
export function compareOptions<T>(yargs: Argv<T>): Argv<T & CompareArguments> {
  const text = { type: 'string', requiresArg: true } as const;
  const flag = { type: 'boolean', default: false } as const;
  return yargs
    .positional('runs', { describe: 'Run directories', type: 'string', array: true, demandOption: true })
    .option('where', {
      group: GROUPS.points,
      ...text,
      describe: 'Only points such as "penalty.type=decov|mean, penalty.weight>=0.1"',
    })
    .option('sort', {
      group: GROUPS.points,
      ...text,
      describe: "Column to sort by, the best first (default: the sweep's metric)",
    })
    .option('group-by', {
      group: GROUPS.points,
      ...text,
      describe: 'Gather the points by the value of a column',
    })
    .option('top', {
      group: GROUPS.points,
      requiresArg: true,
      describe: 'Only the first N points (of each group), and the baseline',
    })
    .option('columns', { group: GROUPS.table, ...text, describe: 'Columns to show, separated by commas' })
    .option('metric', {
      group: GROUPS.table,
      ...text,
      describe: "Metric to sort by and to draw (default: the sweep's)",
    })
    .option('layer', {
      group: GROUPS.table,
      ...text,
      describe: 'Measure this layer only, not the mean over all',
    })
    .option('baseline', {
      group: GROUPS.points,
      ...text,
      describe: 'Point that all are set against, such as decov:0.1',
    })
    .option('margin', {
      group: GROUPS.table,
      ...MARGIN_OPTION,
    })
    .option('by', {
      group: GROUPS.table,
      requiresArg: true,
      choices: ['strength'] as const,
      describe: '"strength": line the penalties up by the strength of their gradients, not by their weights',
    })
    .option('free-baseline', {
      group: GROUPS.table,
      ...flag,
      describe:
        'Show what decorrelation costs nothing: the baseline, whitened; the runs must have measured it',
    })
    .option('precision', { group: GROUPS.table, requiresArg: true, describe: 'Decimals of every metric' })
    .option('pareto', {
      group: GROUPS.picture,
      ...text,
      describe: 'Draw two metrics, as accuracy,mean-abs-correlation, and their front',
    })
    .option('heatmap', { group: GROUPS.picture, ...flag, describe: 'Draw the metric by penalty and weight' })
    .option('correlation', {
      group: GROUPS.picture,
      ...text,
      describe: "Draw a point's correlation matrices, such as decov:0.1",
    })
    .option('curves', { group: GROUPS.picture, ...flag, describe: 'Draw the metric by epoch' })
    .option('importance', {
      group: GROUPS.picture,
      ...flag,
      describe: 'Show which parameter explains the metric',
    })
    .option('json', { group: GROUPS.format, ...flag, describe: 'Write JSON, in full precision' })
    .option('jsonl', {
      group: GROUPS.format,
      ...flag,
      describe: 'Write a JSON line for each point, in full precision',
    })
    .option('csv', { group: GROUPS.format, ...flag, describe: 'Write CSV, in full precision' })
    .option('md', { group: GROUPS.format, ...flag, describe: 'Write a Markdown table' })
    .option('latex', { group: GROUPS.format, ...flag, describe: 'Write a LaTeX table (booktabs)' })
    .option('parquet', { group: GROUPS.format, ...flag, describe: 'Write Parquet, in full precision' })
    .option('width', {
      group: GROUPS.table,
      requiresArg: true,
      describe: 'Write a table of this width even into a pipe',
    })
    .option('ascii', { group: GROUPS.table, ...flag, describe: 'Write ASCII characters only' });
}

/** The numbers among the options. Errors: ConfigError `USAGE`. */
export function checkNumbers({ top, width, margin, precision }: CompareArguments): {
  top: number | undefined;
  width: number | undefined;
  margin: number;
  precision: number | undefined;
} {
  const whole = (
    option: string,
    value: unknown,
    remedy: string,
    from: number,
    to = Number.MAX_SAFE_INTEGER,
  ) =>
    value === undefined
      ? undefined
      : checkNumber(option, value, {
          rule: `a whole number from ${from}${to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`}`,
          holds: (number) => Number.isInteger(number) && number >= from && number <= to,
          remedy,
        });
  return {
    top: whole('--top', top, 'Leave it out to see every point.', 1),
    width: whole('--width', width, "Leave it out to use the terminal's.", NARROWEST),
    precision: whole('--precision', precision, 'Leave it out for what suits each metric.', 0, MOST_DECIMALS),
    margin: checkMargin(margin),
  };
}

/** A choice that the chosen format has no use for is a mistake, not something to pass over. Errors: ConfigError `USAGE`. */
export function checkFormat(given: CompareArguments): void {
  const formats = FORMATS.filter((name) => given[name] === true).map((name) => `--${name}`);
  if (formats.length > 1) {
    throw usageError(`compare: writes one format at a time, got ${formats.join(' and ')}. Keep one of them.`);
  }
  const [format] = formats;
  if (format === undefined) return;
  const refuse = (option: string, rule: string): never => {
    throw usageError(`--${option}: ${rule}, got it beside ${format}. Leave one of them out.`);
  };
  if (given.width !== undefined) refuse('width', 'is for the table in a terminal');
  if (given.ascii === true) refuse('ascii', 'is for the table in a terminal');
  if (DATA_FORMATS.includes(format.slice(2))) {
    if (given.columns !== undefined) refuse('columns', 'is for tables');
    if (given.precision !== undefined) refuse('precision', 'is for tables');
    // JSON always has it.
    if (given.freeBaseline === true && format !== '--json') refuse('free-baseline', 'is no row of a table');
  }
  for (const picture of askedPictures(given)) refuse(picture, 'draws a picture for a reader');
}

/** Options that have no meaning for the table of penalties at equal strength. */
const NOT_BY_STRENGTH = [
  ['jsonl', 'csv', 'latex', 'parquet'],
  ['groupBy', 'top', 'columns', 'precision', 'freeBaseline'],
  PICTURES,
].flat() as (keyof CompareArguments)[];

/** Errors: ConfigError `USAGE` for an option that is for the other table. */
export function checkByStrength(given: CompareArguments): void {
  const misplaced = NOT_BY_STRENGTH.filter((name) => given[name] !== undefined && given[name] !== false);
  if (misplaced.length > 0) {
    const options = misplaced.map(
      (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    throw usageError(
      `--by strength: has a table of its own, got ${options.join(', ')} beside it. Leave one of them out.`,
    );
  }
}

/** The pictures that were asked for. */
export function askedPictures(given: CompareArguments): (typeof PICTURES)[number][] {
  return PICTURES.filter((name) => given[name] !== undefined && given[name] !== false);
}
