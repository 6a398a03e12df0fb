/** The scales of the pictures: what an axis covers, and where it has ticks. */
import { largestOf, smallestOf } from '../../extremes.ts';

/** A mean and the ends of its interval. */
export interface Extent {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Intervals may widen an axis by so much of the range of the means on either side; longer ones are cut. */
const WIDENING = 0.25;
const PADDING = 0.05;

const MOST_TICKS = 6;
/** Labels of weights stand apart where each is so many times the one before. */
const APART = 2.5;

/** All means, and their intervals as far as they leave the means room. */
export function domainOf(extents: readonly Extent[]): [number, number] {
  const means = extents.map(({ mean }) => mean);
  const [lowest, highest] = [smallestOf(means), largestOf(means)];
  const range = highest - lowest || Math.abs(highest) || 1;
  const low = Math.max(lowest - WIDENING * range, smallestOf(extents.map((extent) => extent.low)));
  const high = Math.min(highest + WIDENING * range, largestOf(extents.map((extent) => extent.high)));
  return [low - PADDING * range, high + PADDING * range];
}

/**
 * The weights themselves where there is room for them, as in a grid; else powers of ten, or the smallest and the largest
 * where these are too few. A scale that is not logarithmic gets that many ticks.
 */
export function weightTicks(weights: readonly number[]): number | number[] {
  const [lowest = 0, highest = 0] = [weights[0], weights.at(-1)];
  if (!(lowest > 0)) return 4;
  const apart = weights.every((weight, index) => index === 0 || weight >= APART * (weights[index - 1] ?? 0));
  if (apart && weights.length <= MOST_TICKS) return [...weights];
  const [from, to] = [Math.ceil(Math.log10(lowest)), Math.floor(Math.log10(highest))];
  const step = Math.max(1, Math.ceil((to - from + 1) / MOST_TICKS));
  const powers = Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) =>
    Number(`1e${from + index * step}`),
  );
  return powers.length > 1 ? powers : [lowest, highest];
}

/** A little more than the weights, so that the outer points stand off the frame. */
export function domainOfWeights(weights: readonly number[], positive: boolean): [number, number] {
  const [lowest, highest] = [weights[0] ?? 0, weights.at(-1) ?? 1];
  if (positive) return [lowest / 1.5, highest * 1.5];
  const margin = 0.05 * (highest - lowest || 1);
  return [lowest - margin, highest + margin];
}
