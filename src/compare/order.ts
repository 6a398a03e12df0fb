/** The order of the rows of a comparison, and the names by which a column can be asked for. */

import { ConfigError } from '../errors.ts';
import type { MetricInfo } from '../record/measures.ts';
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { closestName } from '../suggestion.ts';
import { groupBy } from './group.ts';
import type { PointSummary } from './point.ts';
import { isFinished } from './standing.ts';

/** Behind the name of a metric: its difference to the baseline. */
export const DIFFERENCE = '.difference';

type Value = string | number | boolean | null;

/** Names by which rows can be sorted and columns chosen: settings, metrics, and `<metric>.difference` to the baseline. */
export function columnNames(rows: readonly PointSummary[], metrics: readonly MetricInfo[]): string[] {
  return [
    'run',
    PENALTY_TYPE,
    PENALTY_WEIGHT,
    ...otherSettings(rows),
    ...metrics.flatMap(({ name }) => [name, name + DIFFERENCE]),
  ];
}

/** The metric that a column shows, and whether it shows its difference; undefined for a setting. */
export function metricOfColumn(
  column: string,
  metrics: readonly MetricInfo[],
): { metric: MetricInfo; difference: boolean } | undefined {
  const metric = metrics.find(({ name }) => column === name || column === name + DIFFERENCE);
  return metric && { metric, difference: column !== metric.name };
}

/** The swept parameters besides the type and the weight of the penalty, in the order in which the rows name them. */
export function otherSettings(rows: readonly PointSummary[]): string[] {
  const paths = new Set(rows.flatMap(({ settings }) => Object.keys(settings)));
  return [...paths].filter((path) => path !== PENALTY_TYPE && path !== PENALTY_WEIGHT);
}

/** Columns by what stands above them in a table, as {@link headKey} writes it. */
export type Heads = ReadonlyMap<string, string>;

/** What two spellings of a head have in common: `Part. ratio` and `part-ratio` are one. */
export function headKey(head: string): string {
  return head
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._|]+/gu, ' ')
    .replaceAll(/\. | \.|\s+/g, ' ')
    .trim();
}

/**
 * The column that a name stands for: as a table heads it (`accuracy`, `penalty`, `weight`, `learning_rate`), or its own.
 *
 * The head comes first: a name that is read in a table means the column below it, also where a metric has that name.
 *
 * Errors: ConfigError UNKNOWN_COLUMN, with the nearest name and all that are known; `flag` is what the user wrote it in.
 */
export function requireColumn(
  flag: string,
  name: string,
  known: readonly string[],
  heads: Heads = new Map(),
): string {
  const headed = heads.get(headKey(name));
  if (headed !== undefined && known.includes(headed)) return headed;
  const meant = columnMeant(name, known);
  if (meant !== undefined) {
    return meant;
  }
  // Who writes a name as a table heads it misspells it so, too.
  const short = known.map((each) => each.slice(each.lastIndexOf('.') + 1));
  const nearest = closestName(name, [...known, ...short.filter((each) => columnMeant(each, known))]);
  const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  // A metric whose name is the head of another column goes by its own head.
  const headOf = new Map([...heads].map(([head, column]) => [column, head]));
  const plain = known
    .filter((each) => !each.endsWith(DIFFERENCE))
    .map((each) => ((heads.get(headKey(each)) ?? each) === each ? each : (headOf.get(each) ?? each)));
  throw new ConfigError(
    'UNKNOWN_COLUMN',
    `${flag}: must name a column of the comparison, got "${name}". ${hint}Known are ${plain.join(', ')}; ` +
      `a metric with ${DIFFERENCE} behind it is its difference to the baseline.`,
  );
}

function columnMeant(name: string, known: readonly string[]): string | undefined {
  const spellings = [name, `test.${name}`, ...(name === 'penalty' ? [PENALTY_TYPE] : [])];
  const endings = known.filter((each) => each.endsWith(`.${name}`));
  return spellings.find((each) => known.includes(each)) ?? (endings.length === 1 ? endings[0] : undefined);
}

/** The value of a column in one row, as it is sorted and exported. */
export function columnValue(row: PointSummary, column: string): Value {
  switch (column) {
    case 'run':
      return row.run;
    case PENALTY_TYPE:
      return row.penalty?.type ?? 'none';
    case PENALTY_WEIGHT:
      return row.penalty === null ? 0 : row.penalty.weight;
  }
  if (Object.hasOwn(row.settings, column)) {
    return row.settings[column] ?? null;
  }
  const metric = column.endsWith(DIFFERENCE) ? column.slice(0, -DIFFERENCE.length) : column;
  const summary = Object.hasOwn(row.metrics, metric) ? row.metrics[metric] : undefined;
  return (metric === column ? summary : summary?.difference)?.mean ?? null;
}

/**
 * Rows sorted by a column, the best first (settings ascending). Baselines lead whatever the column, points with
 * unfinished trials come last, rows without a value behind those with one, and rows on a level in the order of their plans.
 */
export function orderRows<Row extends PointSummary>(
  rows: readonly Row[],
  metrics: readonly MetricInfo[],
  name: string,
): Row[] {
  const column = requireColumn('--sort', name, columnNames(rows, metrics));
  const sign = metricOfColumn(column, metrics)?.metric.goal === 'maximize' ? -1 : 1;
  const runs = [...new Set(rows.map(({ run }) => run))];
  return [...rows].sort(
    (a, b) =>
      Number(b.baseline) - Number(a.baseline) ||
      Number(isFinished(b)) - Number(isFinished(a)) ||
      compareValues(columnValue(a, column), columnValue(b, column), sign) ||
      runs.indexOf(a.run) - runs.indexOf(b.run) ||
      a.index - b.index,
  );
}

/** Rows that others are measured against: baselines, and the point that the user chose in their place. */
export function referenceRows<Row extends PointSummary>(rows: readonly Row[]): ReadonlySet<Row> {
  const keyOf = (run: string, point: string | null): string => JSON.stringify([run, point]);
  const references = new Set(rows.map(({ run, baselinePoint }) => keyOf(run, baselinePoint)));
  return new Set(rows.filter(({ run, point, baseline }) => baseline || references.has(keyOf(run, point))));
}

/** The rows that others are measured against and the first `count` other rows. */
export function topRows<Row extends PointSummary>(rows: readonly Row[], count: number): Row[] {
  const references = referenceRows(rows);
  const kept = new Set(rows.filter((row) => !references.has(row)).slice(0, count));
  return rows.filter((row) => references.has(row) || kept.has(row));
}

/**
 * Rows gathered by the value of a column, each group where its first row stands; baselines lead as ever.
 *
 * Errors: ConfigError UNKNOWN_COLUMN.
 */
export function groupRows<Row extends PointSummary>(rows: readonly Row[], column: string): [Row, ...Row[]][] {
  return groupBy(rows, (row) => (row.baseline ? '' : JSON.stringify(columnValue(row, column))));
}

/** Numbers by size, then text and truth values by code unit, then nothing; `sign` −1 turns the values round, never the nothing. */
function compareValues(a: Value, b: Value, sign: number): number {
  const rank = classOf(a) - classOf(b);
  if (rank !== 0 || a === null || b === null) {
    return rank;
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return sign * (a - b);
  }
  const [left, right] = [String(a), String(b)];
  return left === right ? 0 : left < right ? -sign : sign;
}

function classOf(value: Value): number {
  return value === null ? 2 : typeof value === 'number' ? 0 : 1;
}
