/** The lines under a comparison: what its signs mean, and everything that a reader must not overlook. */
import type { Comparison, RunSummary } from '../compare/compare.ts';
import { groupBy } from '../compare/group.ts';
import { DIFFERENCE, metricOfColumn } from '../compare/order.ts';
import { isFinished, type RankedPoint, tradesByDefault } from '../compare/standing.ts';
import { printable } from '../printable.ts';
import { type ComparisonColumn, describeTrials, INEXACT } from './columns.ts';
import { NO_VALUE, qualityLabel } from './metric.ts';
import { listOf, pointNamer } from './names.ts';
import { formatCount, formatSetting } from './number.ts';

/** Rows that a note names before it counts the rest. */
const NAMED = 4;

/** Signs before a row. */
export const TRADE_OFF_SIGN = '›';
export const UNFINISHED_SIGN = '!';
export const SHRUNK_SIGN = '↓';

/** Where a legend stands. */
export interface LegendPlace {
  /** How the cells spell signs. */
  readonly spell?: (sign: string) => string;
  /** True on a page, where the best values are bold and no sign stands before a row. */
  readonly page?: boolean;
}

/** The signs of a table, each with its meaning, and only those that occur. */
export function legend(
  { rows, runs }: Comparison,
  columns: readonly ComparisonColumn[],
  { spell = String, page = false }: LegendPlace = {},
): string[] {
  const cells = columns.flatMap((column) => column.cells);
  const occurs = (sign: string): boolean => cells.some(({ text }) => text.includes(spell(sign)));
  const marked = (mark: string): boolean => cells.some((cell) => cell.mark === mark);
  const signed = (holds: (row: RankedPoint) => boolean): boolean => !page && rows.some(holds);
  return [
    occurs('±') ? '± 95 % interval over seeds' : '',
    marked('*') ? (page ? 'bold: best' : '* best') : '',
    marked('≈') ? '≈ not told apart from the best' : '',
    signed(({ tradeOff }) => tradeOff) ? `${TRADE_OFF_SIGN} ${frontMeaning(runs)}` : '',
    signed(({ shrunk }) => shrunk)
      ? `${SHRUNK_SIGN} the activations shrank and mean |ρ| is not shown to fall`
      : '',
    columns.some(({ name }) => name.endsWith(DIFFERENCE))
      ? `Δ to ${reference(rows, runs)}, paired by seed`
      : '',
    occurs(INEXACT) ? `${INEXACT.trim()} the gradient is, on purpose, not that of the value` : '',
  ].filter((entry) => entry !== '');
}

/** The legend of a table on a page as one line, or none. */
export function legendLine(comparison: Comparison, columns: readonly ComparisonColumn[]): string[] {
  const line = legend(comparison, columns, { page: true }).join(' · ');
  return line === '' ? [] : [line];
}

/** What the points are set against: the baseline, or what the user chose, run by run where only some have that. */
function reference(rows: readonly RankedPoint[], runs: Comparison['runs']): string {
  const named = runs.flatMap(({ name: run }) => {
    const own = rows.filter((row) => row.run === run);
    const points = new Set(own.map(({ baselinePoint }) => baselinePoint));
    const chosen = own.find(({ point, baseline }) => !baseline && points.has(point));
    return own.length === 0
      ? []
      : [{ run, name: chosen === undefined ? 'the baseline' : pointNamer(rows)(chosen) }];
  });
  const names = [...new Set(named.map(({ name }) => name))];
  return names.length < 2
    ? names.join()
    : named.map(({ run, name }) => `${name} in ${printable(run)}`).join(', ');
}

/** What makes a point one of the front, in the words of the first run, by whose objectives all are judged. */
function frontMeaning([run]: Comparison['runs']): string {
  if (run === undefined || tradesByDefault(run)) {
    const { name } = run?.quality ?? { name: 'quality' };
    return `no point has both better ${qualityLabel(name)} and lower mean |ρ|`;
  }
  return `no point is better in all of ${run.objectives.map(({ name }) => name).join(', ')}`;
}

/** Warnings about the rows, in sentences: unfinished points, missing intervals, means over fewer seeds than the rest. */
export function rowNotes(comparison: Comparison, columns: readonly ComparisonColumn[]): string[] {
  const { rows } = comparison;
  return [
    ...selectionNotes(comparison),
    ...unfinishedNotes(rows),
    ...(rows.some(({ seeds }) => seeds.length === 1) ? ['n = 1: no interval.'] : []),
    ...columns.flatMap((column) => fewerSeedsNote(comparison, column)),
    ...differentRunsNote(comparison),
    ...differentAimsNote(comparison),
    ...differingSettingsNote(comparison),
  ];
}

/** By which split the rows are ranked, and which they are told on; nothing has been selected before a trial is complete. */
function selectionNotes({ runs, rows }: Comparison): string[] {
  const begun = runs.filter(({ name }) => rows.some(({ run, seeds }) => run === name && seeds.length > 0));
  const notes = groupBy(begun, selectionNote);
  return notes.map((group) => {
    const of =
      notes.length > 1
        ? `${printable(
            listOf(
              group.map(({ name }) => name),
              NAMED,
            ),
          )}: `
        : '';
    return of + selectionNote(group[0]);
  });
}

function selectionNote({ selection, data, otherData }: RunSummary): string {
  const count = (read: (each: RunSummary['data']) => number | undefined): string => {
    const counts = [...new Set([data, ...otherData].map((each) => read(each) ?? 0))];
    return counts.length === 1 ? ` (${formatCount(counts[0] ?? 0)} samples)` : '';
  };
  return selection === 'validation'
    ? `Chosen on the validation split${count(({ validation }) => validation)}: order, marks and front; told on the test split${count(({ test }) => test)}.`
    : `Selected on the test set${count(({ test }) => test)}, which flatters what is best; experiment.data.validation selects by others.`;
}

/** Rows that were left out on purpose, by the option that did it. */
export interface HiddenRows {
  readonly where: number;
  readonly top: number;
}

/** Says that there are more rows than those shown. */
export function hiddenNotes({ where, top }: HiddenRows = { where: 0, top: 0 }): string[] {
  const note = (option: string, rows: number): string[] =>
    rows > 0 ? [`Left out by --${option}: ${rows} more ${rows === 1 ? 'point' : 'points'}.`] : [];
  return [...note('where', where), ...note('top', top)];
}

function unfinishedNotes(rows: readonly RankedPoint[]): string[] {
  const unfinished = rows.filter((row) => !isFinished(row));
  return groupBy(unfinished, ({ trials }) => describeTrials(trials)).map(
    (group) => `${UNFINISHED_SIGN} ${describeTrials(group[0].trials)}: ${nameRows(group, rows)}.`,
  );
}

/** A mean over some of a point's complete trials is not silently set beside means over all of them. */
function fewerSeedsNote({ metrics, rows }: Comparison, { name, label }: ComparisonColumn): string[] {
  const shown = metricOfColumn(name, metrics);
  if (shown === undefined) {
    return [];
  }
  const fewer = rows.filter((row) => {
    const summary = row.metrics[shown.metric.name];
    const n = (shown.difference ? summary?.difference : summary)?.n ?? 0;
    return n > 0 && n < row.seeds.length;
  });
  return fewer.length === 0
    ? []
    : [
        `${label} is over fewer seeds than are complete${shown.difference ? '' : ', and so not ranked'}: ${nameRows(fewer, rows)}.`,
      ];
}

function differentRunsNote({ runs }: Comparison): string[] {
  const differing = [
    new Set(runs.map(({ data }) => data.fingerprint)).size > 1 ? 'data' : '',
    new Set(runs.map(({ kernel }) => kernel.variant)).size > 1 ? 'kernel' : '',
    new Set(runs.map(({ seeds }) => seeds.join())).size > 1 ? 'seeds' : '',
  ].filter((what) => what !== '');
  const ties = differing.includes('seeds') ? ', and ties where two seeds are shared' : '';
  return differing.length === 0
    ? []
    : [
        `The runs differ in ${differing.join(' and ')}; best values are marked among points on the same data${ties}.`,
      ];
}

/** The order of the rows and the front follow the first run: what another aims at is not to be read out of them. */
function differentAimsNote({ runs }: Comparison): string[] {
  const aims = [...new Set(runs.map(aimOf))];
  const [first] = runs;
  if (first === undefined || aims.length < 2) return [];
  return [
    `The runs aim at different metrics (${aims.join('; ')}): the front and, unless sorted, the order are those of ${printable(first.name)}.`,
  ];
}

function aimOf(run: RunSummary): string {
  return (tradesByDefault(run) ? [run.metric] : run.objectives)
    .map(({ name, goal }) => `${goal} ${name}`)
    .join(' and ');
}

/** Settings that are fixed in each run but not the same in all: a difference between rows may be theirs. */
function differingSettingsNote({ runs, differences = [] }: Comparison): string[] {
  const described = differences.map(({ path, penalty, values }) => {
    const each = values.map((value, index) => {
      const name = runs[index]?.name ?? '';
      return `${value === null ? NO_VALUE : formatSetting(value)} in ${name}`;
    });
    const name = penalty === undefined ? path : `${path} of ${penalty}`;
    return printable(`${name} (${listOf(each, NAMED)})`);
  });
  return described.length === 0 ? [] : [`Settings that differ between the runs: ${described.join(', ')}.`];
}

function nameRows(some: readonly RankedPoint[], rows: readonly RankedPoint[]): string {
  return listOf(some.map(pointNamer(rows)), NAMED);
}
