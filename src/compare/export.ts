/** A comparison as files: JSON as it is, CSV with one line a point; both in full precision. */
import type { Comparison } from './compare.ts';
import { otherSettings } from './order.ts';
import type { RankedPoint } from './standing.ts';
import type { Estimate } from './statistics.ts';

/** One value of a table in a file. */
export type ExportCell = string | number | boolean | null;

/** A column of a table in a file, named by the path of its values in the JSON. */
export interface ExportColumn {
  readonly name: string;
  read(row: RankedPoint): ExportCell;
}

/** What is exported of a difference beside its estimate. */
const TESTS = ['p', 'holmP', 'signFlipP', 'smallestSignFlipP'] as const;
/** Floors with the excess over them; only those that a row has are exported. */
const FLOORS = [
  ['floor', 'excess'],
  ['permutedFloor', 'permutedExcess'],
] as const;
const NO_ESTIMATE: Estimate = { mean: null, halfWidth95: null, n: 0 };

/** The comparison as JSON, indented by two, with a final newline. */
export function comparisonToJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

/** The rows of a comparison as JSON lines: each is one of `rows` in the JSON. */
export function comparisonToJsonLines({ rows }: Comparison): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/**
 * The rows of a comparison as CSV (RFC 4180 quoting, lines end in a newline).
 *
 * The names of the columns are the paths of the values in the JSON. A missing value is an empty cell. Text that a
 * spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
 */
export function comparisonToCsv(comparison: Comparison): string {
  const columns = exportColumns(comparison);
  const lines = [
    columns.map(({ name }) => csvCell(name)),
    ...comparison.rows.map((row) => columns.map((column) => csvCell(column.read(row)))),
  ];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
}

/** The columns of a comparison in full precision. */
export function exportColumns({ rows, metrics }: Comparison): ExportColumn[] {
  const counts = [
    'planned',
    'complete',
    'pruned',
    'diverged',
    'timeout',
    'failed',
    'interrupted',
    'missing',
  ] as const;
  return [
    { name: 'run', read: ({ run }) => run },
    { name: 'point', read: ({ point }) => point },
    { name: 'baseline', read: ({ baseline }) => baseline },
    { name: 'penalty.type', read: ({ penalty }) => penalty?.type ?? 'none' },
    { name: 'penalty.weight', read: ({ penalty }) => (penalty === null ? 0 : penalty.weight) },
    { name: 'penalty.exact', read: ({ penalty }) => penalty?.exact ?? null },
    ...otherSettings(rows).map((path) => ({
      name: path,
      read: ({ settings }: RankedPoint) => settings[path] ?? null,
    })),
    ...counts.map((count) => ({ name: `trials.${count}`, read: ({ trials }: RankedPoint) => trials[count] })),
    { name: 'seeds', read: ({ seeds }) => seeds.join(' ') },
    ...metrics.flatMap(({ name }) => metricColumns(name, rows)),
    { name: 'best', read: ({ best }) => best.join(' ') },
    { name: 'tied', read: ({ tied }) => tied.join(' ') },
    { name: 'tradeOff', read: ({ tradeOff }) => tradeOff },
    { name: 'shrunk', read: ({ shrunk }) => shrunk },
  ];
}

function metricColumns(name: string, rows: readonly RankedPoint[]): ExportColumn[] {
  const columns = [
    ...estimateColumns(name, ({ metrics }) => metrics[name]),
    ...estimateColumns(`${name}.difference`, ({ metrics }) => metrics[name]?.difference),
    ...TESTS.map((test) => ({
      name: `${name}.difference.${test}`,
      read: ({ metrics }: RankedPoint) => metrics[name]?.difference?.[test] ?? null,
    })),
  ];
  for (const [floor, excess] of FLOORS) {
    if (rows.some(({ metrics }) => (metrics[name]?.[floor] ?? null) !== null)) {
      columns.push(
        { name: `${name}.${floor}`, read: ({ metrics }) => metrics[name]?.[floor] ?? null },
        { name: `${name}.${excess}`, read: ({ metrics }) => metrics[name]?.[excess] ?? null },
      );
    }
  }
  return columns;
}

function estimateColumns(
  name: string,
  estimateOf: (row: RankedPoint) => Estimate | null | undefined,
): ExportColumn[] {
  return (['mean', 'halfWidth95', 'n'] as const).map((part) => ({
    name: `${name}.${part}`,
    read: (row) => (estimateOf(row) ?? NO_ESTIMATE)[part],
  }));
}

function csvCell(value: ExportCell): string {
  if (typeof value !== 'string') {
    return value === null ? '' : String(value);
  }
  // Some spreadsheets take the full-width forms of the signs for the signs.
  const text = /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}
