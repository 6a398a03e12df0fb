/** What a penalty, and the metrics, see of a tensor: how many rows a sample gives, of how many units. */
import type { ListedLayer } from './chain-plan.ts';
import { countOf } from './layer.ts';

/** Rows of each sample, and their units. */
export interface ObservedShape {
  readonly rows: number;
  readonly units: number;
  /** Positions that there are to choose from; 1 for features, and where an image is one row. */
  readonly positions: number;
}

/**
 * The most numbers that the held-out activations of a layer with positions take: 64 MiB in float32. Where all positions are more than that,
 * metrics see as many random positions of each sample as are not.
 */
export const MOST_HELD_OUT: number = 2 ** 24;

/** Of an image each position is a row of its channels, unless the layer says otherwise. */
export function observedShape({
  output,
  positions,
}: Pick<ListedLayer, 'output' | 'positions'>): ObservedShape {
  if (positions === 'flatten') return { rows: 1, units: countOf(output), positions: 1 };
  const units = output.at(-1) ?? 1;
  const all = countOf(output.slice(0, -1));
  if (positions === 'mean') return { rows: 1, units, positions: 1 };
  return { rows: positions === 'all' ? all : Math.min(positions, all), units, positions: all };
}

/** Rows of each held-out sample that metrics see. */
export function heldOutRows({ rows, units, positions }: ObservedShape, samples: number): number {
  if (positions === 1) return rows;
  return Math.max(1, Math.min(rows, Math.floor(MOST_HELD_OUT / (samples * units))));
}
