/** The columns of a comparison: which there are, how important each is, and its cells in rounded numbers. */

import type { Comparison } from '../compare/compare.ts';
import { type Curve, curveFinder } from '../compare/curves.ts';
import {
  columnNames,
  columnValue,
  DIFFERENCE,
  type Heads,
  headKey,
  metricOfColumn,
  otherSettings,
} from '../compare/order.ts';
import { isFinished, type RankedPoint } from '../compare/standing.ts';
import { printable } from '../printable.ts';
import {
  ACTIVATION_SCALE,
  CORRELATION,
  GAP,
  type MetricInfo,
  tellingMetric,
  toldQuality,
} from '../record/measures.ts';
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import type { Setting } from '../record/settings.ts';
import { toAscii } from './ascii.ts';
import { differenceColumn, metricColumn, NO_VALUE, type Rounding, styleOf } from './metric.ts';
import { formatWeight, varyingSettings } from './names.ts';
import { formatSetting } from './number.ts';
import { rangeOf, sparkline } from './sparkline.ts';
import { type ColumnContent, plainColumn, type TableColumn } from './table.ts';

/** A column of a comparison under the name by which `--columns` asks for it. */
export interface ComparisonColumn extends TableColumn {
  readonly name: string;
}

/** How columns are built. */
export interface ColumnOptions extends Rounding {
  /** Whether the user chose the columns. */
  readonly chosen: boolean;
  /** The metric that the user asked for: its column is never dropped. */
  readonly metric?: string | undefined;
  /** The curves of the column `curve`. */
  readonly curves?: CurveSet | undefined;
}

/** Learning curves of one metric. */
export interface CurveSet {
  readonly metric: MetricInfo;
  readonly curves: readonly Curve[];
}

/** Follows the name of a penalty whose gradient is, on purpose, not that of its value. */
export const INEXACT = ' †';
/** Columns that are neither settings nor metrics: how the trials ended, the metrics in which a point is best, the front. */
const TRIALS = 'trials';
export const BEST = 'best';
export const TIED = 'tied';
const SHRUNK = 'shrunk';
const TRADE_OFF = 'trade-off';
/** The learning curve; its metric is chosen elsewhere. */
const CURVE = 'curve';
const SPARKLINE_WIDTH = 8;

/** Default columns by importance, the most important first; the first few settings come before all of them. */
function importanceOf(metrics: readonly MetricInfo[]): string[] {
  const quality = toldQuality(metrics)?.name;
  const told = (name: string): string => tellingMetric(name, metrics)?.name ?? name;
  return [
    ...(quality === undefined ? [] : [quality]),
    told(CORRELATION),
    ...(quality === undefined ? [] : [quality + DIFFERENCE]),
    TRIALS,
    CURVE,
    told('participation-ratio'),
    told(ACTIVATION_SCALE),
    'seconds',
    GAP,
  ];
}
/** As many of the most important are never dropped. */
const ESSENTIAL = 2;
/** So many settings besides the penalty are kept where space is short; further ones are the first to go. */
const KEPT_SETTINGS = 3;

/** Every name that `--columns` knows for this comparison. */
export function knownColumns({ rows, metrics }: Comparison): string[] {
  return [...columnNames(rows, metrics), TRIALS, CURVE, TRADE_OFF, SHRUNK, BEST, TIED];
}

/** The columns by their heads in a table, settings before metrics. */
export function columnHeads(comparison: Comparison): Heads {
  const { rows, metrics } = comparison;
  const settings = otherSettings(rows);
  const heads = new Map<string, string>();
  for (const name of knownColumns(comparison)) {
    const shown = metricOfColumn(name, metrics);
    const label = shown === undefined ? settingLabel(name, settings) : styleOf(shown.metric).label;
    for (const head of [label, toAscii(label)]) {
      const key = headKey(shown?.difference ? `Δ ${head}` : head);
      if (!heads.has(key)) heads.set(key, name);
    }
  }
  return heads;
}

/** What a user asks to see besides the usual. */
export interface ColumnWishes {
  /** A metric with a column of its own. */
  readonly metric?: string | undefined;
  readonly curves?: CurveSet | undefined;
}

/** The names of the columns that are shown unless the user chooses. */
export function defaultColumns(comparison: Comparison, { metric, curves }: ColumnWishes = {}): string[] {
  const { rows, runs, metrics } = comparison;
  const known = knownColumns(comparison);
  const quality = toldQuality(metrics)?.name;
  const told = (name: string): string => tellingMetric(name, metrics)?.name ?? name;
  const names = [
    ...(runs.length > 1 ? ['run'] : []),
    PENALTY_TYPE,
    PENALTY_WEIGHT,
    ...varyingSettings(rows),
    ...(quality === undefined ? [] : [quality, quality + DIFFERENCE]),
    told(CORRELATION),
    metric ?? told(runs[0]?.metric.name ?? CORRELATION),
    ...(curves?.curves.some(({ values }) => values.length > 1) ? [CURVE] : []),
    told('participation-ratio'),
    told(ACTIVATION_SCALE),
    'seconds',
    GAP,
    ...(rows.every(isFinished) ? [] : [TRIALS]),
  ];
  return [...new Set(names)].filter((name) => known.includes(name));
}

/** The names of the columns that are shown where width does not matter. */
export function allColumns(comparison: Comparison, { metric }: ColumnWishes = {}): string[] {
  const shown = [
    'run',
    ...defaultColumns(comparison, { metric }).filter((name) => name !== 'run' && name !== TRIALS),
  ];
  const correlation = tellingMetric(CORRELATION, comparison.metrics)?.name ?? CORRELATION;
  shown.splice(shown.indexOf(correlation) + 1, 0, correlation + DIFFERENCE);
  if (comparison.rows.some(({ shrunk }) => shrunk)) shown.push(SHRUNK);
  const tied = comparison.rows.some((row) => row.tied.length > 0);
  return [...shown, TRIALS, TRADE_OFF, BEST, ...(tied ? [TIED] : [])];
}

/**
 * Builds columns in the order of `names`.
 *
 * `chosen` ranks them in that order, the first being kept; otherwise their rank is their importance. Without `intervals`
 * only means are shown.
 */
export function buildColumns(
  comparison: Comparison,
  names: readonly string[],
  options: ColumnOptions,
): ComparisonColumn[] {
  const settings = otherSettings(comparison.rows).filter((path) => names.includes(path));
  const named = comparison.runs[0]?.metric.name ?? '';
  const aim = tellingMetric(named, comparison.metrics)?.name;
  const usual = importanceOf(comparison.metrics);
  // What the user asked for is essential; what the sweep aims at goes before the intervals, but after all others.
  const aims = aim === undefined || aim === options.metric || usual.includes(aim) ? [] : [aim];
  const importance = [
    ...usual.slice(0, ESSENTIAL),
    ...aims,
    ...usual.slice(ESSENTIAL),
    ...settings.slice(KEPT_SETTINGS),
  ];
  return names.map((name, index) => ({
    ...buildColumn(comparison, name, options),
    name,
    rank: options.chosen
      ? index
      : name === options.metric
        ? 0
        : Math.max(0, importance.indexOf(name) - ESSENTIAL + 1),
  }));
}

/** What to call a column in a sentence or in a head of one line. */
export function columnTitle({ label, unit }: TableColumn): string {
  return unit === '' ? label : `${label} (${unit})`;
}

function buildColumn({ rows, metrics }: Comparison, name: string, options: ColumnOptions): ColumnContent {
  switch (name) {
    case TRIALS:
      return plainColumn(
        name,
        rows.map(({ trials }) => describeTrials(trials)),
      );
    case TRADE_OFF:
      return plainColumn(
        name,
        rows.map(({ tradeOff }) => (tradeOff ? 'yes' : '')),
      );
    case SHRUNK:
      return plainColumn(
        name,
        rows.map(({ shrunk }) => (shrunk ? 'yes' : '')),
      );
    case TIED:
      return plainColumn(
        name,
        rows.map(({ tied }) => tied.join(' ')),
      );
    case CURVE:
      return curveColumn(rows, options.curves);
    case BEST:
      return plainColumn(
        name,
        rows.map(({ best }) => best.join(' ')),
      );
  }
  const shown = metricOfColumn(name, metrics);
  if (shown === undefined) {
    return settingColumn(rows, name);
  }
  return shown.difference
    ? differenceColumn(rows, shown.metric, options)
    : metricColumn(rows, shown.metric, options);
}

/** A learning curve a row, all on one scale so that their heights can be compared. */
function curveColumn(rows: readonly RankedPoint[], set: CurveSet | undefined): ColumnContent {
  const curveOf = curveFinder(set?.curves ?? []);
  const curves = rows.map((row) => curveOf(row)?.values);
  const range = rangeOf(curves.filter((values) => values !== undefined));
  const texts = curves.map((values) =>
    values === undefined || range === null ? '' : sparkline(values, range, SPARKLINE_WIDTH),
  );
  return plainColumn(CURVE, texts, { unit: set === undefined ? '' : styleOf(set.metric).label });
}

function settingColumn(rows: readonly RankedPoint[], name: string): ColumnContent {
  const values = rows.map((row) => columnValue(row, name));
  const texts = rows.map((row, index) => {
    const value = values[index] ?? null;
    const text = value === null ? NO_VALUE : settingText(row, name, value);
    return name === PENALTY_TYPE && row.penalty?.exact === false ? text + INEXACT : text;
  });
  const numeric = values.every((value) => value === null || typeof value === 'number');
  return plainColumn(settingLabel(name, otherSettings(rows)), texts, { align: numeric ? 'right' : 'left' });
}

function settingText({ penalty }: RankedPoint, name: string, value: Setting): string {
  const weight = name === PENALTY_WEIGHT && penalty !== null ? formatWeight(penalty) : null;
  return weight ?? printable(formatSetting(value));
}

/** The last part of a dotted path, unless another of the paths ends in the same or it says nothing on its own. */
export function settingLabel(path: string, paths: readonly string[]): string {
  if (path === PENALTY_TYPE) {
    return 'penalty';
  }
  // A type says nothing without what it is the type of.
  const last = path
    .split('.')
    .slice(path.endsWith('.type') ? -2 : -1)
    .join('.');
  const rivals = paths.filter((other) => other !== path && other.endsWith(`.${last}`));
  return printable(rivals.length > 0 || path.startsWith('model.') ? path : last);
}

/** `2 of 2`, or how the others ended: `1 of 2 diverged`, `1 of 3 failed, 1 of 3 missing`. */
export function describeTrials(trials: RankedPoint['trials']): string {
  const endings = (['pruned', 'diverged', 'timeout', 'failed', 'interrupted', 'missing'] as const)
    .filter((ending) => trials[ending] > 0)
    .map((ending) => `${trials[ending]} of ${trials.planned} ${ending}`);
  return endings.length > 0 ? endings.join(', ') : `${trials.complete} of ${trials.planned}`;
}
