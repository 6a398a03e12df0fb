/** How each metric is shown: under which label, in which unit, with how many decimals. */

import type { RankedPoint } from '../compare/standing.ts';
import type { Estimate } from '../compare/statistics.ts';
import { ACCURACY, ACTIVATION_SCALE, CORRELATION, type MetricInfo } from '../store/measures.ts';
import { decimalsFor, formatNumber, type NumberFormat } from './number.ts';
import { type ColumnContent, type Mark, plainColumn } from './table.ts';
import { pad, widest } from './text.ts';

/** Stands where there is no value. */
export const NO_VALUE = '—';

/** How much of an estimate is written. */
export interface Rounding {
  readonly intervals: boolean;
  /** Decimals of every metric. Default: those that suit it. */
  readonly precision?: number | undefined;
}

/** How a metric is shown. Fixed decimals keep the columns of two comparisons alike; the rest adapt to their values. */
export interface MetricStyle {
  readonly label: string;
  readonly unit: string;
  readonly scale: number;
  readonly decimals: number | null;
}

const STYLES: Readonly<Record<string, MetricStyle>> = {
  [ACCURACY]: { label: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  'train.accuracy': { label: 'train accuracy', unit: '%', scale: 100, decimals: 2 },
  [CORRELATION]: { label: 'mean |ρ|', unit: '', scale: 1, decimals: 3 },
  'rms-correlation': { label: 'rms ρ', unit: '', scale: 1, decimals: 3 },
  'max-abs-correlation': { label: 'max |ρ|', unit: '', scale: 1, decimals: 3 },
  'participation-ratio': { label: 'part. ratio', unit: '', scale: 1, decimals: null },
  'participation-ratio-per-unit': { label: 'part. ratio per unit', unit: '', scale: 1, decimals: null },
  [ACTIVATION_SCALE]: { label: 'scale', unit: '', scale: 1, decimals: null },
  'dead-units': { label: 'dead units', unit: '%', scale: 100, decimals: 1 },
  seconds: { label: 'time', unit: 's', scale: 1, decimals: 1 },
};

/** A metric over the seeds; the best values are marked, and the floor, where there is one, stands in the head. */
export function metricColumn(
  rows: readonly RankedPoint[],
  metric: MetricInfo,
  rounding: Rounding,
): ColumnContent {
  const style = styleOf(metric, rounding.precision);
  const summaries = rows.map(({ metrics }) => metrics[metric.name] ?? null);
  const texts = estimateTexts(summaries, style, { signed: false, intervals: rounding.intervals });
  const floors = summaries.map((summary) => summary?.floor ?? null);
  return {
    label: style.label,
    unit: floorUnit(floors, style) ?? style.unit,
    align: 'right',
    cells: rows.map((row, index) => ({ text: texts[index] ?? '', mark: markOf(row, metric) })),
  };
}

/** What cannot be told from the best has a mark as well. */
function markOf({ best, tied }: RankedPoint, { name }: MetricInfo): Mark {
  return best.includes(name) ? '*' : tied.includes(name) ? '≈' : '';
}

/** The difference of a metric to the baseline; percentages differ by points. */
export function differenceColumn(
  rows: readonly RankedPoint[],
  metric: MetricInfo,
  rounding: Rounding,
): ColumnContent {
  const style = styleOf(metric, rounding.precision);
  const differences = rows.map(({ metrics }) => metrics[metric.name]?.difference ?? null);
  const texts = estimateTexts(differences, style, { signed: true, intervals: rounding.intervals });
  return plainColumn(`Δ ${style.label}`, texts, {
    unit: style.unit === '%' ? 'points' : style.unit,
    align: 'right',
  });
}

/** Estimates of a metric that stand in no row of a comparison; a signed one is a difference. */
export function estimateColumn(
  estimates: readonly (Estimate | null)[],
  metric: MetricInfo,
  { signed }: { readonly signed: boolean },
): ColumnContent {
  const style = styleOf(metric);
  const unit = signed && style.unit === '%' ? 'points' : style.unit;
  const texts = estimateTexts(estimates, style, { signed, intervals: true });
  return plainColumn(signed ? `Δ ${style.label}` : style.label, texts, { unit, align: 'right' });
}

/** How a metric is shown; `precision` are the decimals that the user asks for. */
export function styleOf({ name, unit }: MetricInfo, precision?: number): MetricStyle {
  const style = STYLES[name] ?? { label: name, unit, scale: 1, decimals: null };
  return precision === undefined ? style : { ...style, decimals: precision };
}

/** `mean |ρ|`, `accuracy (%)`; with a floor `mean |ρ| (floor 0.008)`. */
export function metricTitle(metric: MetricInfo, floor: number | null = null): string {
  const style = styleOf(metric);
  const unit = floorUnit([floor], style) ?? style.unit;
  return unit === '' ? style.label : `${style.label} (${unit})`;
}

/** Values of a metric as text, all with the decimals that suit them together; without their unit. */
export function metricFormatter(
  metric: MetricInfo,
  values: readonly (number | null)[],
  precision?: number,
): (value: number | null) => string {
  const { scale, decimals } = styleOf(metric, precision);
  const known = values.filter((value) => value !== null).map((value) => value * scale);
  const format = { decimals: decimals ?? decimalsFor(known), scientific: decimals === null, signed: false };
  return (value) => (value === null ? NO_VALUE : formatNumber(value * scale, format));
}

/** Means and half widths, each set flush right, so that points and ± stand below each other. */
function estimateTexts(
  estimates: readonly (Estimate | null)[],
  { scale, decimals }: MetricStyle,
  { signed, intervals }: { readonly signed: boolean; readonly intervals: boolean },
): string[] {
  const means = estimates.map((estimate) => scaled(estimate?.mean, scale));
  const halves = estimates.map((estimate) => (intervals ? scaled(estimate?.halfWidth95, scale) : null));
  const format: NumberFormat = {
    decimals: decimals ?? decimalsFor(means.filter((value) => value !== null)),
    scientific: decimals === null,
    signed,
  };
  const meanTexts = flushRight(
    means.map((value) => (value === null ? NO_VALUE : formatNumber(value, format))),
  );
  const halfTexts = flushRight(
    halves.map((value) => (value === null ? '' : formatNumber(value, { ...format, signed: false }))),
  );
  return meanTexts.map((text, index) => {
    const half = halfTexts[index] ?? '';
    const sign = (halves[index] ?? null) === null ? '   ' : ' ± ';
    return half === '' ? text : text + sign + half;
  });
}

function scaled(value: number | null | undefined, scale: number): number | null {
  return typeof value === 'number' ? value * scale : null;
}

/** `floor 0.008`, or the range of the floors where the points were measured on different numbers of samples. */
function floorUnit(floors: readonly (number | null)[], { scale, decimals }: MetricStyle): string | null {
  const known = floors.filter((floor) => floor !== null).sort((a, b) => a - b);
  const [lowest, highest] = [known[0], known.at(-1)];
  if (lowest === undefined || highest === undefined) {
    return null;
  }
  const format = { decimals: decimals ?? decimalsFor(known), scientific: true, signed: false };
  const [from, to] = [formatNumber(lowest * scale, format), formatNumber(highest * scale, format)];
  return from === to ? `floor ${from}` : `floor ${from}–${to}`;
}

function flushRight(texts: readonly string[]): string[] {
  const width = widest(texts);
  return texts.map((text) => pad(text, width, 'right'));
}
