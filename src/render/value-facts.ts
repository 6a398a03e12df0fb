/** Facts about values as cells of a table: counts, ranges, and the distribution as a small histogram. */
import { largestOf } from '../extremes.ts';
import type { NumberFacts, ValueFacts } from '../inspect/value-summary.ts';
import { MOST_DIFFERENT } from '../inspect/value-summary.ts';
import { printable } from '../printable.ts';
import { NO_VALUE } from './metric.ts';
import { formatCount } from './number.ts';
import { sparkline } from './sparkline.ts';
import { type ColumnContent, plainColumn } from './table.ts';
import { truncate } from './text.ts';

/** Texts are listed as long as they fit into this many columns. */
const LONGEST_LIST = 40;
const LONGEST_VALUE = 20;
const DIGITS = 4;
const ROUNDING = 1e-6;

/** Columns of a table with one row for each of these; that of missing values only where there are some. */
export function valueColumns(facts: readonly (ValueFacts | null)[]): ColumnContent[] {
  const right = { align: 'right' } as const;
  const cells = (cell: (value: ValueFacts) => string): string[] =>
    facts.map((value) => (value === null ? NO_VALUE : cell(value)));
  const numbers = (cell: (value: NumberFacts) => string): string[] =>
    cells(({ numbers: own }) => (own === null ? NO_VALUE : cell(own)));
  return [
    plainColumn('distribution', cells(distribution)),
    ...(facts.every((value) => (value?.missing ?? 0) === 0)
      ? []
      : [
          plainColumn(
            'missing',
            cells(({ missing }) => formatCount(missing)),
            right,
          ),
        ]),
    plainColumn(
      'least',
      numbers(({ least }) => formatValue(least)),
      right,
    ),
    plainColumn(
      'largest',
      numbers(({ largest }) => formatValue(largest)),
      right,
    ),
    plainColumn('different', cells(differentValues), right),
    plainColumn(
      'mean',
      // What is left of a mean that was taken off is rounding.
      numbers(({ mean, deviation }) => formatValue(Math.abs(mean) < deviation * ROUNDING ? 0 : mean)),
      right,
    ),
    plainColumn(
      'deviation',
      numbers(({ deviation }) => formatValue(deviation)),
      right,
    ),
  ];
}

/** A histogram of numbers, or texts with how often each occurs, the most frequent first. */
export function distribution({ numbers, values }: ValueFacts): string {
  if (numbers !== null) return histogramLine(numbers.histogram.counts);
  const listed = (values ?? [])
    .toSorted((a, b) => b.count - a.count)
    .map(({ value, count }) => `${truncate(printable(String(value)), LONGEST_VALUE)} ${formatCount(count)}`);
  return listed.length === 0 ? NO_VALUE : truncate(listed.join(', '), LONGEST_LIST);
}

/** Bars of counts; an empty bar is blank. */
export function histogramLine(counts: readonly number[]): string {
  const high = largestOf(counts);
  return sparkline(
    counts.map((count) => (count === 0 ? null : count)),
    { low: 0, high },
    counts.length,
  );
}

function differentValues({ different }: ValueFacts): string {
  return different === null ? `> ${formatCount(MOST_DIFFERENT)}` : formatCount(different);
}

/** A number in four digits, and whole ones in all of theirs. */
export function formatValue(value: number): string {
  const text =
    Number.isInteger(value) && Math.abs(value) < 1e9
      ? String(value)
      : String(Number(value.toPrecision(DIGITS)));
  return text.replace('-', '−');
}
