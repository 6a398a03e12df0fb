/** `covgrad compare`: reads stored runs and says which penalty decorrelates best, and what it costs. */
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { type Comparison, compareRuns, type RunInput } from '../compare/compare.ts';
import { comparisonToCsv, comparisonToJson } from '../compare/export.ts';
import { orderRows, requireColumn, topRows } from '../compare/order.ts';
import { ACCURACY_MARGIN } from '../compare/verdict.ts';
import { printableLines } from '../printable.ts';
import { knownColumns } from '../render/columns.ts';
import { renderComparison } from '../render/comparison.ts';
import { renderMarkdown, renderTabSeparated } from '../render/plain.ts';
import { openRun } from '../store/run.ts';
import { usageError } from './exit.ts';
import { checkNumber, checkSingle } from './options.ts';
import { strengthOutput } from './strength-output.ts';
import { NARROWEST, outputStyle, type Terminal } from './terminal.ts';

/** The command line of `covgrad compare`. */
export interface CompareArguments {
  readonly runs: readonly string[];
  readonly sort?: string | undefined;
  /** A number, or what was given instead; as are the others of an unknown type. */
  readonly top?: unknown;
  readonly columns?: string | undefined;
  readonly layer?: string | undefined;
  /** Percentage points. */
  readonly margin: unknown;
  /** Line the penalties up. */
  readonly by?: 'strength' | undefined;
  readonly 'free-baseline': boolean;
  readonly json: boolean;
  readonly csv: boolean;
  readonly md: boolean;
  readonly width?: unknown;
}

const DEFAULT_MARGIN = ACCURACY_MARGIN * 100;

/** The whole output of the command, with a final newline. */
export function compareOutput(given: CompareArguments, terminal: Terminal): string {
  const { top, width, margin } = checkNumbers(given);
  checkFormat(given);
  const all = compareRuns(readRuns(given.runs), {
    layer: given.layer,
    accuracyMargin: margin / 100,
  });
  checkLayer(all, given.layer);
  if (given.by === 'strength') {
    return strengthOutput(all, given, outputStyle(terminal, width));
  }
  checkFreeBaseline(all, given['free-baseline']);
  const columns = given.columns
    ?.split(',')
    .map((name) => requireColumn('--columns', name.trim(), knownColumns(all)));
  const ordered = given.sort === undefined ? all.rows : orderRows(all.rows, all.metrics, given.sort);
  const rows = top === undefined ? ordered : topRows(ordered, top);
  const shownFree = given['free-baseline'] || given.json ? all.freeBaselines : [];
  const comparison = { ...all, rows, freeBaselines: shownFree };
  const hiddenRows = ordered.length - rows.length;
  if (given.json) {
    return asData(comparisonToJson(comparison), terminal);
  }
  if (given.csv) {
    return asData(comparisonToCsv(comparison), terminal);
  }
  if (given.md) {
    return `${renderMarkdown(comparison, { columns, hiddenRows })}\n`;
  }
  const style = outputStyle(terminal, width);
  return style.table
    ? `${renderComparison(comparison, { ...style, columns, hiddenRows })}\n`
    : `${renderTabSeparated(comparison, { columns, hiddenRows })}\n`;
}

/** A program gets the data as they are; a terminal must not be steered by them. */
function asData(text: string, { isTerminal }: Terminal): string {
  return isTerminal ? printableLines(text) : text;
}

function checkFreeBaseline({ freeBaselines }: Comparison, asked: boolean): void {
  if (asked && freeBaselines.length === 0) {
    throw usageError(
      '--free-baseline: the runs must have measured it, got none that has. Set experiment.evaluation.free_baseline: true and train again.',
    );
  }
}

/** Opens runs and calls them by their names, or by their directories where a name would not tell two apart. */
function readRuns(directories: readonly string[]): RunInput[] {
  const distinct = [...new Map(directories.map((directory) => [resolve(directory), directory])).values()];
  const runs = distinct.map((directory) => ({ directory, run: openRun(directory) }));
  const ambiguous = new Set(runs.map(({ run }) => run.manifest.name)).size < runs.length;
  return runs.map(({ directory, run: { manifest, records } }) => ({
    name: ambiguous ? directory : manifest.name,
    manifest,
    records,
  }));
}

function checkNumbers({ top, width, margin }: CompareArguments): {
  top: number | undefined;
  width: number | undefined;
  margin: number;
} {
  const whole = (option: string, value: unknown, from: number, remedy: string) =>
    value === undefined
      ? undefined
      : checkNumber(option, value, {
          rule: `a whole number from ${from}`,
          holds: (number) => Number.isInteger(number) && number >= from,
          remedy,
        });
  return {
    top: whole('--top', top, 1, 'Leave it out to see every point.'),
    width: whole('--width', width, NARROWEST, "Leave it out to use the terminal's."),
    margin: checkNumber('--margin', margin, {
      rule: 'percentage points from 0 to 100',
      holds: (number) => number >= 0 && number <= 100,
      remedy: `Leave it out for ${DEFAULT_MARGIN}.`,
    }),
  };
}

/** A choice that the chosen format has no use for is a mistake, not something to pass over. */
function checkFormat({ json, csv, md, columns, width }: CompareArguments): void {
  const formats = [json ? ['--json'] : [], csv ? ['--csv'] : [], md ? ['--md'] : []].flat();
  if (formats.length > 1) {
    throw usageError(`compare: writes one format at a time, got ${formats.join(' and ')}. Keep one of them.`);
  }
  const [format] = formats;
  if (format !== undefined && width !== undefined) {
    throw usageError(
      `--width: is for the table in a terminal, got it beside ${format}. Leave one of them out.`,
    );
  }
  if ((json || csv) && columns !== undefined) {
    throw usageError(`--columns: is for tables, got it beside ${format}. Leave one of them out.`);
  }
}

function checkLayer({ runs }: Comparison, layer: string | undefined): void {
  const complete = runs.some(({ trials }) => trials.complete > 0);
  if (layer !== undefined && complete && runs.every(({ layers }) => layers.length === 0)) {
    throw usageError(
      `--layer: must name a penalized layer of the runs, got "${layer}". Leave it out to see above the table which there are.`,
    );
  }
}

/** The yargs command. */
export const compareCommand: CommandModule<object, CompareArguments> = {
  builder: (yargs) =>
    yargs
      .positional('runs', { describe: 'Run directories', type: 'string', array: true, demandOption: true })
      .option('sort', {
        describe: 'Column to sort by, the best first',
        defaultDescription: "the sweep's metric",
        type: 'string',
        requiresArg: true,
      })
      .option('top', {
        describe: 'Show only the first N points (and the baseline)',
        requiresArg: true,
      })
      .option('columns', {
        describe: 'Columns to show, separated by commas',
        type: 'string',
        requiresArg: true,
      })
      .option('layer', {
        describe: 'Measure this layer only, not the mean over all',
        type: 'string',
        requiresArg: true,
      })
      .option('margin', {
        describe: 'Loss of accuracy, in points, up to which a penalty is recommended',
        requiresArg: true,
        default: DEFAULT_MARGIN,
      })
      .option('by', {
        describe: 'Line the penalties up by the strength of their gradients, not by their weights',
        choices: ['strength'] as const,
        requiresArg: true,
      })
      .option('free-baseline', {
        describe: 'Show what decorrelation costs nothing: the baseline, whitened',
        type: 'boolean',
        default: false,
      })
      .option('json', { describe: 'Write JSON, in full precision', type: 'boolean', default: false })
      .option('csv', { describe: 'Write CSV, in full precision', type: 'boolean', default: false })
      .option('md', { describe: 'Write a Markdown table', type: 'boolean', default: false })
      .option('width', {
        describe: 'Write a table of this width even into a pipe',
        requiresArg: true,
      }),
  handler: (given) => {
    const { runs: _runs, ...options } = given;
    checkSingle(options);
    const { stdout, env } = process;
    stdout.write(
      compareOutput(given, { isTerminal: stdout.isTTY === true, columns: stdout.columns, environment: env }),
    );
  },
};
