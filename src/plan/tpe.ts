/**
 * The tree-structured Parzen estimator: proposes points that look more like the good ones so far than like the others.
 *
 * Source: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011; multivariate
 * as in Falkner, Klein and Hutter, "BOHB", ICML 2018. Each point is one kernel over all axes together; an axis that a
 * point does not have is as likely as before any result, so that conditional parameters need no models of their own.
 */

import jstat from 'jstat';
import { largestOf } from '../extremes.ts';

/** What varies along one axis of the space. */
export type Axis =
  /** A share of the distribution, in [0, 1]; in `levels` equal steps where the values are counted. */
  | { readonly kind: 'number'; readonly levels?: number | undefined }
  /** One of a few values without an order; `prior` are their probabilities before any result. */
  | { readonly kind: 'category'; readonly prior: readonly number[] };

/** Where a point lies: a share or the position of a category for each axis, undefined where the point has no such axis. */
export type Coordinates = readonly (number | undefined)[];

/** Points to choose from, and how promising any point is. */
export interface Suggestion {
  readonly candidates: readonly Coordinates[];
  /** Logarithm of how much likelier the point is among the good ones than among the others. */
  score(coordinates: Coordinates): number;
}

const CANDIDATES = 24;
/** Share of the points that count as good. */
const GOOD_SHARE = 0.15;
const MOST_GOOD = 25;
/** Width of a kernel of a single point, as a share of the axis, and the narrowest of many. */
const WIDEST = 0.15;
const NARROWEST = 0.01;
/** Quantiles of 0 and 1 can be infinite. */
const OFF_THE_ENDS = 1e-9;

/** Learns from points, the best first, and draws candidates with the numbers of `uniform`. */
export function suggest(
  axes: readonly Axis[],
  ranked: readonly Coordinates[],
  uniform: () => number,
): Suggestion {
  const count = Math.min(MOST_GOOD, Math.max(1, Math.ceil(GOOD_SHARE * ranked.length)));
  const good = new Mixture(axes, ranked.slice(0, count));
  const others = new Mixture(axes, ranked.slice(count));
  return {
    candidates: Array.from({ length: CANDIDATES }, () => good.draw(uniform)),
    score: (coordinates) => good.logDensity(coordinates) - others.logDensity(coordinates),
  };
}

/** Equal parts of a kernel around each point and of what is known before any result. */
class Mixture {
  readonly #axes: readonly Axis[];
  readonly #centres: readonly Coordinates[];
  readonly #widths: readonly number[];
  /** Of each kernel along each axis the logarithm of the factor that makes it 1 in sum between 0 and 1. */
  readonly #logFactors: readonly (readonly number[])[];

  constructor(axes: readonly Axis[], centres: readonly Coordinates[]) {
    this.#axes = axes;
    this.#centres = centres;
    // Scott's rule: the more points and the fewer axes, the narrower the kernels.
    const width = WIDEST * Math.max(1, centres.length) ** (-1 / (axes.length + 4));
    this.#widths = axes.map((axis) => {
      const step = axis.kind === 'number' && axis.levels !== undefined ? 1 / axis.levels : 0;
      return Math.max(NARROWEST, step / 2, width);
    });
    this.#logFactors = centres.map((centre) =>
      this.#widths.map((own, index) => {
        const [below, above] = tails(centre[index] ?? 0, own);
        return -Math.log(own * Math.sqrt(2 * Math.PI) * (above - below));
      }),
    );
  }

  draw(uniform: () => number): Coordinates {
    // The last one stands for the prior, which has no centre.
    const centre = this.#centres[Math.floor(uniform() * (this.#centres.length + 1))] ?? [];
    return this.#axes.map((axis, index) => {
      const own = centre[index];
      const chance = uniform();
      if (axis.kind === 'category') return this.#drawCategory(axis.prior, own, chance);
      if (own === undefined) return snap(chance, axis.levels);
      const width = this.#widths[index] as number;
      const [below, above] = tails(own, width);
      return snap(jstat.normal.inv(below + chance * (above - below), own, width), axis.levels);
    });
  }

  logDensity(coordinates: Coordinates): number {
    const logs = [...this.#centres, []].map((centre, index) =>
      this.#logKernel(centre, this.#logFactors[index] ?? [], coordinates),
    );
    const largest = largestOf(logs);
    const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0);
    return largest + Math.log(sum / logs.length);
  }

  #logKernel(centre: Coordinates, logFactors: readonly number[], coordinates: Coordinates): number {
    let log = 0;
    for (const [index, axis] of this.#axes.entries()) {
      const at = coordinates[index];
      if (at === undefined) continue;
      const own = centre[index];
      if (axis.kind === 'category') log += Math.log(this.#probability(axis.prior, own, at));
      else if (own !== undefined) {
        log += (logFactors[index] as number) - 0.5 * ((at - own) / (this.#widths[index] as number)) ** 2;
      }
    }
    return log;
  }

  /** Of a category in a kernel: mostly the kernel's own, the less so the fewer points there are. */
  #probability(prior: readonly number[], own: number | undefined, category: number): number {
    const before = prior[category] ?? 0;
    if (own === undefined) return before;
    const weight = prior.length / (this.#centres.length + 1);
    return ((category === own ? 1 : 0) + weight * before) / (1 + weight);
  }

  #drawCategory(prior: readonly number[], own: number | undefined, chance: number): number {
    let sum = 0;
    const category = prior.findIndex((_, index) => {
      sum += this.#probability(prior, own, index);
      return chance < sum;
    });
    return category === -1 ? prior.findLastIndex((probability) => probability > 0) : category;
  }
}

/** The shares of a normal distribution that lie below 0 and below 1. */
function tails(mean: number, width: number): [number, number] {
  return [jstat.normal.cdf(0, mean, width), jstat.normal.cdf(1, mean, width)];
}

/** A share inside (0, 1); where there are levels, the middle of the one that it lies in. */
function snap(share: number, levels: number | undefined): number {
  const inside = Math.min(1 - OFF_THE_ENDS, Math.max(OFF_THE_ENDS, share));
  return levels === undefined ? inside : (Math.floor(inside * levels) + 0.5) / levels;
}
