/** `covgrad compare`: reads stored runs and says which penalty decorrelates best, and what it costs. */
import picocolors from 'picocolors';
import type { CommandModule } from 'yargs';
import { choosePoint } from '../compare/choose.ts';
import { type Comparison, compareRuns, type RunInput } from '../compare/compare.ts';
import { learningCurves } from '../compare/curves.ts';
import { csvLines, jsonLines, jsonParts } from '../compare/export.ts';
import { columnNames, groupRows, orderRows, requireColumn, topRows } from '../compare/order.ts';
import { filterRows, parseWhere } from '../compare/where.ts';
import { CORRELATION, choosingMetric, MEASURED, type MetricInfo } from '../record/measures.ts';
import { toAscii } from '../render/ascii.ts';
import { type CurveSet, columnHeads, knownColumns } from '../render/columns.ts';
import { renderComparison } from '../render/comparison.ts';
import { renderLatex } from '../render/latex.ts';
import type { HiddenRows } from '../render/notes.ts';
import { renderMarkdown, renderTabSeparated } from '../render/plain.ts';
import {
  askedPictures,
  type CompareArguments,
  checkByStrength,
  checkFormat,
  checkNumbers,
  compareOptions,
} from './compare-options.ts';
import { usageError } from './exit.ts';
import { checkSingle, example } from './options.ts';
import { drawPictures, requireMetric } from './pictures.ts';
import { nameablePoints, readRuns } from './read-runs.ts';
import { writeParts } from './standard-streams.ts';
import { strengthOutput } from './strength-output.ts';
import { asData, outputStyle, standardOutput, type Terminal } from './terminal.ts';

/** What was read and which of its rows are shown. */
interface Selection {
  readonly runs: readonly RunInput[];
  /** With the rows that are shown. */
  readonly comparison: Comparison;
  /** Rows that pass `--where`, whether they are among the first or not. */
  readonly rows: Comparison['rows'];
  readonly breaks: readonly number[];
  readonly hiddenRows: HiddenRows;
  readonly columns: readonly string[] | undefined;
  /** The metric that was asked for, and the one that is drawn. */
  readonly metric: string | undefined;
  readonly drawn: MetricInfo;
}

/** The output of the command, with a final newline, in parts: data of a large run are longer than a string can be. */
export function compareOutput(given: CompareArguments, terminal: Terminal): Iterable<string> {
  const { width, precision } = checkNumbers(given);
  checkFormat(given);
  if (given.by === 'strength') checkByStrength(given);
  const selection = select(given);
  const { comparison, columns, hiddenRows, metric, breaks, drawn } = selection;
  if (given.by === 'strength') return [strengthOutput(comparison, { ...given, metric }, terminal, width)];
  if (given.json) return asParts(jsonParts(comparison), terminal);
  if (given.jsonl) return asParts(jsonLines(comparison), terminal);
  if (given.csv) return asParts(csvLines(comparison), terminal);
  const plain = { columns, hiddenRows, metric, precision };
  if (given.md) return [renderMarkdown(comparison, plain), '\n'];
  if (given.latex) return [renderLatex(comparison, plain), '\n'];

  const style = outputStyle(terminal, width);
  const asked = askedPictures(given);
  if (!style.table && asked.length === 0) {
    const text = renderTabSeparated(comparison, plain);
    return [given.ascii ? toAscii(text) : text, '\n'];
  }
  // What is told on the test split is measured once, at the end: its curve is that of the split that ranks.
  const curve = choosingMetric(drawn, comparison.metrics);
  const set: CurveSet = { metric: curve, curves: learningCurves(selection.runs, curve.name, given.layer) };
  const pictures = drawPictures(asked, given, {
    comparison: { ...comparison, rows: selection.rows },
    runs: selection.runs,
    curves: set,
    precision,
    style: {
      width: style.width,
      colors: picocolors.createColors(style.color && !given.ascii),
      ascii: given.ascii,
    },
  });
  const options = { ...style, ...plain, curves: set, breaks, ascii: given.ascii, pictures };
  return [renderComparison(comparison, options), '\n'];
}

function* asParts(parts: Iterable<string>, terminal: Terminal): Generator<string> {
  for (const part of parts) yield asData(part, terminal);
}

/** The comparison as a Parquet file. */
export async function compareParquet(given: CompareArguments, terminal: Terminal): Promise<Uint8Array> {
  checkNumbers(given);
  checkFormat(given);
  if (given.by === 'strength') checkByStrength(given);
  if (terminal.isTerminal) {
    throw usageError(
      'compare: writes Parquet into a file or a pipe, got a terminal. Write --parquet > comparison.parquet.',
    );
  }
  const { comparisonToParquet } = await import('../compare/parquet.ts');
  return comparisonToParquet(select(given).comparison);
}

function select(given: CompareArguments): Selection {
  const { top, margin } = checkNumbers(given);
  const runs = readRuns(given.runs);
  const all = compareRuns(runs, {
    layer: given.layer,
    margin: margin / 100,
    baseline: given.baseline === undefined ? undefined : pointNamed('--baseline', given.baseline, runs),
  });
  checkLayer(all, given.layer);
  checkFreeBaseline(all, given.freeBaseline === true);
  const metric =
    given.metric === undefined ? undefined : requireMetric('--metric', given.metric, all.metrics);
  const heads = columnHeads(all);
  const columns = given.columns
    ?.split(',')
    .map((name) => requireColumn('--columns', name.trim(), knownColumns(all), heads));
  const names = columnNames(all.rows, all.metrics);
  const kept =
    given.where === undefined
      ? all.rows
      : filterRows(all.rows, parseWhere(given.where, all.rows, names, heads));
  const sort = given.sort === undefined ? metric?.name : sortedBy(given.sort, all, names);
  const rows = sort === undefined ? kept : orderRows(kept, all.metrics, sort);
  const groups =
    given.groupBy === undefined
      ? [rows]
      : groupRows(rows, requireColumn('--group-by', given.groupBy, names, heads));
  const shown = groups.map((group) => (top === undefined ? group : topRows(group, top)));
  const starts: number[] = [];
  let start = 0;
  for (const group of shown) {
    starts.push(start);
    start += group.length;
  }
  const aim = all.runs[0]?.metric.name;
  const drawn = metric ?? all.metrics.find(({ name }) => name === aim) ?? correlationOf(all.metrics);
  return {
    runs,
    comparison: {
      ...all,
      rows: shown.flat(),
      freeBaselines: given.freeBaseline || given.json ? all.freeBaselines : [],
    },
    rows,
    breaks: starts.filter((each) => each > 0),
    hiddenRows: { where: all.rows.length - rows.length, top: rows.length - shown.flat().length },
    columns,
    metric: metric?.name,
    drawn,
  };
}

/** The column of `--sort`; the head of a metric that is told on the test split sorts by the split that ranks, its name by itself. */
function sortedBy(word: string, all: Comparison, names: readonly string[]): string {
  const meant = requireColumn('--sort', word, names, columnHeads(all));
  const told = all.metrics.find(({ name }) => name === meant);
  return told === undefined || told.name === word ? meant : choosingMetric(told, all.metrics).name;
}

function checkFreeBaseline({ freeBaselines }: Comparison, asked: boolean): void {
  if (asked && freeBaselines.length === 0) {
    throw usageError(
      '--free-baseline: the runs must have measured it, got none that has. Set experiment.evaluation.free_baseline: true and train again.',
    );
  }
}

function correlationOf(metrics: readonly MetricInfo[]): MetricInfo {
  return (
    metrics.find(({ name }) => name === CORRELATION) ?? { name: CORRELATION, unit: '', goal: 'minimize' }
  );
}

/** The hash of the point that a user names in any of the runs. */
function pointNamed(option: string, word: string, runs: readonly RunInput[]): string {
  return choosePoint(option, word, runs.flatMap(nameablePoints)).point;
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
    compareOptions(yargs)
      .example(
        ...example(
          '$0 compare runs/mnist --group-by penalty.type --top 1',
          'the best weight of each penalty',
        ),
      )
      .example(
        ...example(
          '$0 compare runs/mnist --pareto accuracy,mean-abs-correlation',
          'what decorrelation costs',
        ),
      )
      .epilogue(`Metrics: ${MEASURED.map(({ name }) => name).join(', ')}.`),
  handler: async (given) => {
    const { runs: _runs, ...options } = given;
    checkSingle(options);
    const terminal = standardOutput();
    if (given.parquet) process.stdout.write(await compareParquet(given, terminal));
    else await writeParts(compareOutput(given, terminal));
  },
};
