/**
 * Which swept parameter explains a metric: the share of the variance between points that lies between its values.
 *
 * The measure is the correlation ratio η² = Σ n_g (mean_g − mean)² / Σ (x − mean)² over the points of each group g: the
 * main effect of a functional analysis of variance, also called the first-order Sobol' index, and exact on a complete grid.
 * Where points are scattered the usual tools decompose a random forest that was fitted to them; here it is the measured
 * means themselves.
 *
 * Source: Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014, for
 * the measure; Plischke, Borgonovo and Smith, "Global sensitivity measures from given data", European Journal of
 * Operational Research 226, 2013, for groups of equally many points where numbers do not repeat.
 */

import jstat from 'jstat';
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { groupBy } from './group.ts';
import { columnValue, otherSettings } from './order.ts';
import type { PointSummary } from './point.ts';
import { meanOverAll } from './standing.ts';
import { mean } from './statistics.ts';

/** How much of a metric's variance one parameter explains. */
export interface ParameterImportance {
  readonly parameter: string;
  /** η², from 0 to 1, among the points that have the parameter. */
  readonly share: number;
  /** What a parameter without any effect stays below in 95 % of cases: it is only above this that a share says something. */
  readonly byChance: number;
  /** Groups that were compared. */
  readonly groups: number;
  /** Whether the groups are ranges of numbers that hardly repeat, and not single values. */
  readonly ranges: boolean;
  /** Points that have the parameter: one that exists only under a condition is not explained by its absence. */
  readonly points: number;
}

/** The importance of every parameter for a metric. */
export interface Importance {
  readonly metric: string;
  /** Penalised points that have every seed of the metric. */
  readonly points: number;
  /** The most important first. */
  readonly parameters: readonly ParameterImportance[];
  /** Parameters in which the points differ, but of which no two points share a value: they would explain everything. */
  readonly unknown: readonly string[];
}

/** With fewer points in a group on average its mean says little: numbers are then gathered into ranges. */
const SMALLEST_GROUP = 2;
const MOST_RANGES = 8;
const CONFIDENCE = 0.95;

/** A point: a parameter and a metric. */
interface Sample {
  readonly value: Exclude<ReturnType<typeof columnValue>, null>;
  readonly metric: number;
}

/** Measures the importance of every parameter in which the penalised points differ. */
export function measureImportance(rows: readonly PointSummary[], metric: string): Importance {
  const points = rows.flatMap((row) => {
    const value = row.baseline ? null : meanOverAll(row, metric);
    return value === null ? [] : [{ row, value }];
  });
  // A weight that a strength has set is no parameter.
  const given = points.some(({ row }) => row.penalty?.strength === null);
  const paths = [PENALTY_TYPE, ...(given ? [PENALTY_WEIGHT] : []), ...otherSettings(rows)];
  const unknown: string[] = [];
  const parameters = paths.flatMap((parameter): ParameterImportance[] => {
    const samples = points.flatMap(({ row, value: each }): Sample[] => {
      const value = columnValue(row, parameter);
      return value === null ? [] : [{ value, metric: each }];
    });
    const { groups, ranges } = gather(samples);
    if (groups.length < 2) return [];
    if (groups.length === samples.length) {
      unknown.push(parameter);
      return [];
    }
    return [
      {
        parameter,
        share: correlationRatio(groups.map((group) => group.map((sample) => sample.metric))),
        byChance: byChance(groups.length, samples.length),
        groups: groups.length,
        ranges,
        points: samples.length,
      },
    ];
  });
  return { metric, points: points.length, parameters: parameters.sort((a, b) => b.share - a.share), unknown };
}

/** The share of the variance of all values that lies between the groups; 0 where nothing varies. */
function correlationRatio(groups: readonly (readonly number[])[]): number {
  const all = groups.flat();
  const center = mean(all);
  const total = all.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const between = groups.reduce((sum, group) => sum + group.length * (mean(group) - center) ** 2, 0);
  return total > 0 ? Math.min(1, between / total) : 0;
}

/** The 0.95 quantile of η² without an effect, for normal values: its distribution is Beta((groups − 1)/2, (points − groups)/2). */
function byChance(groups: number, points: number): number {
  return jstat.beta.inv(CONFIDENCE, (groups - 1) / 2, (points - groups) / 2);
}

/** By value; or, for numbers that hardly repeat, by ranges of about equally many points, the same for a value and its logarithm. */
function gather(samples: readonly Sample[]): { groups: readonly (readonly Sample[])[]; ranges: boolean } {
  const byValue = groupBy(samples, ({ value }) => JSON.stringify(value));
  const numbers = samples.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  if (numbers.length < samples.length || byValue.length * SMALLEST_GROUP <= samples.length) {
    return { groups: byValue, ranges: false };
  }
  const count = Math.min(MOST_RANGES, Math.max(2, Math.floor(Math.sqrt(numbers.length))));
  const sorted = numbers.sort((a, b) => a - b);
  const rangeOf = ({ value }: Sample): string =>
    String(Math.floor((sorted.indexOf(value as number) * count) / sorted.length));
  return { groups: groupBy(samples, rangeOf), ranges: true };
}
