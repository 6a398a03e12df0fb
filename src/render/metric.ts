/** How each metric is shown: under which label, in which unit, with how many decimals. */

import type { RankedPoint } from '../compare/standing.ts';
import type { Estimate } from '../compare/statistics.ts';
import { ACTIVATION_SCALE, CORRELATION, GAP, type MetricInfo, STRENGTH, WEIGHT } from '../record/measures.ts';
import { QUALITIES } from '../record/quality.ts';
import { formatEstimate, formatInFull, formatNumber, type NumberFormat } from './number.ts';
import { type ColumnContent, type Mark, plainColumn } from './table.ts';
import { pad, widest } from './text.ts';

/** Stands where there is no value. */
export const NO_VALUE = '—';

/** How much of an estimate is written. */
export interface Rounding {
  readonly intervals: boolean;
  /** Decimals of every metric. Default: those that suit it. */
  readonly precision?: number | undefined;
  /** Every digit, where no `precision` is given: for other programs. */
  readonly full?: boolean | undefined;
}

/** How a metric is shown. Fixed decimals keep the columns of two comparisons alike; the rest adapt to their values. */
export interface MetricStyle {
  readonly label: string;
  readonly unit: string;
  readonly scale: number;
  readonly decimals: number | null;
}

/** Qualities by their names without a split, in words. */
const QUALITY_LABELS: Readonly<Record<string, string>> = {
  'balanced-accuracy': 'balanced accuracy',
  r2: 'R²',
  rmse: 'RMSE',
  'reconstruction-loss': 'reconstruction loss',
};

/** By the name of a metric, without its split. */
const STYLES: Readonly<Record<string, MetricStyle>> = {
  [CORRELATION]: { label: 'mean |ρ|', unit: '', scale: 1, decimals: 3 },
  'rms-correlation': { label: 'rms ρ', unit: '', scale: 1, decimals: 3 },
  'max-abs-correlation': { label: 'max |ρ|', unit: '', scale: 1, decimals: 3 },
  'participation-ratio': { label: 'part. ratio', unit: '', scale: 1, decimals: null },
  'participation-ratio-per-unit': { label: 'part. ratio per unit', unit: '', scale: 1, decimals: null },
  [ACTIVATION_SCALE]: { label: 'scale', unit: '', scale: 1, decimals: null },
  'dead-units': { label: 'dead units', unit: '%', scale: 100, decimals: 1 },
  // The table has a column of that name already, for the weight or the strength that was given.
  [WEIGHT]: { label: 'trained weight', unit: '', scale: 1, decimals: null },
  [STRENGTH]: { label: 'initial strength', unit: 'of the loss', scale: 1, decimals: null },
  seconds: { label: 'time', unit: 's', scale: 1, decimals: null },
};

/** A metric over the seeds; the best values are marked, and the floor, where there is one, stands in the head. */
export function metricColumn(
  rows: readonly RankedPoint[],
  metric: MetricInfo,
  rounding: Rounding,
): ColumnContent {
  const style = styleOf(metric, rounding.precision);
  const summaries = rows.map(({ metrics }) => metrics[metric.name] ?? null);
  const texts = estimateTexts(summaries, style, { ...rounding, signed: false });
  const floors = summaries.map((summary) => summary?.floor ?? null);
  return {
    label: style.label,
    unit: floorUnit(floors, style) ?? style.unit,
    align: 'right',
    cells: rows.map((row, index) => ({ text: texts[index] ?? '', mark: markOf(row, metric) })),
  };
}

/** What cannot be told from the best has a mark as well. Where there is a validation split, it gives the marks. */
function markOf({ best, tied }: RankedPoint, { name, chosenBy = name }: MetricInfo): Mark {
  return best.includes(chosenBy) ? '*' : tied.includes(chosenBy) ? '≈' : '';
}

/** The difference of a metric to the baseline; percentages differ by points. */
export function differenceColumn(
  rows: readonly RankedPoint[],
  metric: MetricInfo,
  rounding: Rounding,
): ColumnContent {
  const style = styleOf(metric, rounding.precision);
  const differences = rows.map(({ metrics }) => metrics[metric.name]?.difference ?? null);
  const texts = estimateTexts(differences, style, { ...rounding, signed: true });
  return plainColumn(`Δ ${style.label}`, texts, {
    unit: style.unit === '%' ? 'points' : style.unit,
    align: 'right',
  });
}

/** Estimates of a metric that stand in no row of a comparison; a signed one is a difference. */
export function estimateColumn(
  estimates: readonly (Estimate | null)[],
  metric: MetricInfo,
  { signed, full = false }: { readonly signed: boolean; readonly full?: boolean },
): ColumnContent {
  const style = styleOf(metric);
  const unit = signed && style.unit === '%' ? 'points' : style.unit;
  const texts = estimateTexts(estimates, style, { signed, intervals: true, full });
  return plainColumn(signed ? `Δ ${style.label}` : style.label, texts, { unit, align: 'right' });
}

/** The name of a quality in words, without a split: `accuracy`, `R²`. */
export function qualityLabel(name: string): string {
  return QUALITY_LABELS[name] ?? name;
}

/** How a metric is shown; `precision` are the decimals that the user asks for. */
export function styleOf(metric: MetricInfo, precision?: number): MetricStyle {
  const style = ownStyle(metric);
  return precision === undefined ? style : { ...style, decimals: precision };
}

/** What is of no split, or of the test split, goes without its name: that is what a reader is told. */
function ownStyle({ name, unit, split }: MetricInfo): MetricStyle {
  const [, of, quantity = name] = /^(train|validation|test)\.(.+)$/.exec(name) ?? [];
  if (name === GAP)
    return { ...scoreStyle(unit), label: 'gap', ...(unit === 'fraction' && { unit: 'points' }) };
  if (QUALITIES.some((quality) => quality.name === quantity)) {
    const label = qualityLabel(quantity);
    return { ...scoreStyle(unit), label: of === 'test' ? label : `${of} ${label}` };
  }
  const style = STYLES[quantity] ?? { label: name, unit, scale: 1, decimals: null };
  return split === undefined ? style : { ...style, label: `${split} ${style.label}` };
}

/** Fractions in percent; other qualities in digits that suit them. */
function scoreStyle(unit: string): Omit<MetricStyle, 'label'> {
  return unit === 'fraction' ? { unit: '%', scale: 100, decimals: 2 } : { unit, scale: 1, decimals: null };
}

/** `mean |ρ|`, `accuracy (%)`; with a floor `mean |ρ| (floor 0.008)`. */
export function metricTitle(metric: MetricInfo, floor: number | null = null): string {
  const style = styleOf(metric);
  const unit = floorUnit([floor], style) ?? style.unit;
  return unit === '' ? style.label : `${style.label} (${unit})`;
}

/** Values of a metric as text, each with the decimals that suit it; without their unit. */
export function metricFormatter(metric: MetricInfo, precision?: number): (value: number | null) => string {
  const { scale, decimals } = styleOf(metric, precision);
  return (value) => {
    if (value === null) return NO_VALUE;
    if (decimals === null) return formatEstimate(value * scale, null, false)[0];
    return formatNumber(value * scale, { decimals, scientific: false, signed: false });
  };
}

/** Means and half widths, each set by its point, so that points and ± stand below each other. */
function estimateTexts(
  estimates: readonly (Estimate | null)[],
  { scale, decimals }: MetricStyle,
  { signed, intervals, precision, full = false }: Rounding & { readonly signed: boolean },
): string[] {
  const means = estimates.map((estimate) => estimate?.mean ?? null);
  const halves = estimates.map((estimate) => (intervals ? (estimate?.halfWidth95 ?? null) : null));
  const write = (mean: number, half: number | null): readonly [string, string] => {
    if (full && precision === undefined) {
      const sign = signed && mean > 0 ? '+' : '';
      return [
        sign + formatInFull(mean, scale).replace('-', '−'),
        half === null ? '' : formatInFull(half, scale),
      ];
    }
    if (decimals === null) return formatEstimate(mean * scale, half === null ? null : half * scale, signed);
    const format: NumberFormat = { decimals, scientific: false, signed };
    const halfText = half === null ? '' : formatNumber(half * scale, { ...format, signed: false });
    return [formatNumber(mean * scale, format), halfText];
  };
  const pairs = means.map((mean, index) =>
    mean === null ? [NO_VALUE, ''] : write(mean, halves[index] ?? null),
  );
  const meanTexts = byPoint(pairs.map(([text = '']) => text));
  const halfTexts = byPoint(pairs.map(([, text = '']) => text));
  return meanTexts.map((text, index) => {
    const half = halfTexts[index] ?? '';
    const sign = (halves[index] ?? null) === null ? '   ' : ' ± ';
    return half === '' ? text : text + sign + half;
  });
}

/** `floor 0.008`, or the range of the floors where the points were measured on different numbers of samples. */
function floorUnit(floors: readonly (number | null)[], { scale, decimals }: MetricStyle): string | null {
  const known = floors.filter((floor) => floor !== null).sort((a, b) => a - b);
  const [lowest, highest] = [known[0], known.at(-1)];
  if (lowest === undefined || highest === undefined) {
    return null;
  }
  const write = (floor: number): string =>
    decimals === null
      ? formatEstimate(floor * scale, null, false)[0]
      : formatNumber(floor * scale, { decimals, scientific: true, signed: false });
  const [from, to] = [write(lowest), write(highest)];
  return from === to ? `floor ${from}` : `floor ${from}–${to}`;
}

/** Texts of numbers, filled up on both sides so that their points stand below each other. */
function byPoint(texts: readonly string[]): string[] {
  const parts = texts.map((text) => {
    if (text === NO_VALUE) return ['', ''] as const;
    const end = /[.e]/.exec(text)?.index ?? text.length;
    return [text.slice(0, end), text.slice(end)] as const;
  });
  const [left, right] = [widest(parts.map(([whole]) => whole)), widest(parts.map(([, rest]) => rest))];
  return parts.map(([whole, rest], index) =>
    whole === ''
      ? pad(texts[index] ?? '', left + right, 'right')
      : pad(whole, left, 'right') + pad(rest, right, 'left'),
  );
}
