/**
 * Which swept parameter explains a metric: the share of the variance between points that lies between its values.
 *
 * Source: the main effects of a functional analysis of variance (Hutter, Hoos and Leyton-Brown, ICML 2014), here of the
 * measured means themselves and not of a model: η² = Σ n_g (mean_g − mean)² / Σ (x − mean)².
 */
import { groupBy } from './group.ts';
import { columnValue, otherSettings } from './order.ts';
import type { PointSummary } from './point.ts';
import { meanOverAll } from './standing.ts';
import { mean } from './statistics.ts';

/** How much of a metric's variance one parameter explains. */
export interface ParameterImportance {
  readonly parameter: string;
  /** η², from 0 to 1. */
  readonly share: number;
  /** What a parameter without any effect would reach on average: (groups − 1)/(points − 1). */
  readonly byChance: number;
  /** Groups that were compared: its values, or ranges of them where nearly every point has a value of its own. */
  readonly groups: number;
}

/** The importance of every parameter for a metric. */
export interface Importance {
  readonly metric: string;
  /** Penalised points that have every seed of the metric. */
  readonly points: number;
  /** The most important first. */
  readonly parameters: readonly ParameterImportance[];
}

/** With fewer points in a group on average its mean says little: numbers are then gathered into ranges. */
const SMALLEST_GROUP = 2;
const MOST_RANGES = 8;

/** Measures the importance of every parameter in which the penalised points differ. */
export function measureImportance(rows: readonly PointSummary[], metric: string): Importance {
  const points = rows.flatMap((row) => {
    const value = row.baseline ? null : meanOverAll(row, metric);
    return value === null ? [] : [{ row, value }];
  });
  const center = mean(points.map(({ value }) => value));
  const total = points.reduce((sum, { value }) => sum + (value - center) ** 2, 0);
  // A weight that a strength has set is no parameter.
  const given = points.some(({ row }) => row.penalty?.strength === null);
  const paths = ['penalty.type', ...(given ? ['penalty.weight'] : []), ...otherSettings(rows)];
  const parameters = paths.flatMap((parameter) => {
    const keyOf = groupKey(points.map(({ row }) => columnValue(row, parameter)));
    const groups = groupBy(
      points.map(({ row, value }) => ({ key: keyOf(columnValue(row, parameter)), value })),
      ({ key }) => key,
    );
    if (groups.length < 2) return [];
    const between = groups.reduce(
      (sum, group) => sum + group.length * (mean(group.map(({ value }) => value)) - center) ** 2,
      0,
    );
    return [
      {
        parameter,
        share: total > 0 ? between / total : 0,
        byChance: (groups.length - 1) / (points.length - 1),
        groups: groups.length,
      },
    ];
  });
  return { metric, points: points.length, parameters: parameters.sort((a, b) => b.share - a.share) };
}

type Value = ReturnType<typeof columnValue>;

/** Values by themselves, or numbers by the range of ranks that they fall into. */
function groupKey(values: readonly Value[]): (value: Value) => string {
  const distinct = [...new Set(values)];
  const numbers = distinct.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < distinct.length || distinct.length * SMALLEST_GROUP <= values.length) return String;
  const ranges = Math.min(MOST_RANGES, Math.max(2, Math.floor(Math.sqrt(values.length))));
  return (value) => String(Math.floor((numbers.indexOf(value as number) * ranges) / numbers.length));
}
