/**
 * A comparison as files: JSON as it is, CSV with one line a point; both in full precision.
 *
 * Each comes in parts as well: of a large sweep the whole is longer than a string can be.
 */
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
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
const INDENT = '  ';
const NO_ESTIMATE: Estimate = { mean: null, halfWidth95: null, n: 0 };

/** The comparison as JSON, indented by two, with a final newline. */
export function comparisonToJson(comparison: Comparison): string {
  return [...jsonParts(comparison)].join('');
}

/** The comparison as JSON, in parts: what is listed in it comes one by one. */
export function* jsonParts(comparison: Comparison): Generator<string> {
  let separator = '{\n';
  for (const [key, value] of Object.entries(comparison)) {
    yield `${separator}${INDENT}${JSON.stringify(key)}: `;
    separator = ',\n';
    if (!Array.isArray(value) || value.length === 0) {
      yield indented(value, INDENT);
      continue;
    }
    const inner = INDENT.repeat(2);
    for (const [index, one] of value.entries())
      yield `${index === 0 ? '[' : ','}\n${inner}${indented(one, inner)}`;
    yield `\n${INDENT}]`;
  }
  yield '\n}\n';
}

/** A value as JSON whose further lines begin with `before`; no text in JSON has a line break of its own. */
function indented(value: unknown, before: string): string {
  return JSON.stringify(value, null, INDENT).replaceAll('\n', `\n${before}`);
}

/** The rows of a comparison as JSON lines, one by one: each is one of `rows` in the JSON. */
export function* jsonLines({ rows }: Comparison): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** The rows of a comparison as CSV (RFC 4180 quoting, lines end in a newline); see {@link csvLines}. */
export function comparisonToCsv(comparison: Comparison): string {
  return [...csvLines(comparison)].join('');
}

/**
 * The lines of a comparison as CSV, the names of the columns first.
 *
 * The names of the columns are the paths of the values in the JSON. A missing value is an empty cell. Text that a
 * spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
 */
export function* csvLines(comparison: Comparison): Generator<string> {
  const columns = exportColumns(comparison);
  yield `${columns.map(({ name }) => csvCell(name)).join(',')}\n`;
  for (const row of comparison.rows)
    yield `${columns.map((column) => csvCell(column.read(row))).join(',')}\n`;
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
    { name: PENALTY_TYPE, read: ({ penalty }) => penalty?.type ?? 'none' },
    { name: PENALTY_WEIGHT, read: ({ penalty }) => (penalty === null ? 0 : penalty.weight) },
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
