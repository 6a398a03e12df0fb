/** What a penalty, and the metrics, see of a tensor: how many rows a sample gives, of how many units. */
import type { ListedLayer } from './chain-plan.ts';

/** Rows of each sample, and their units. */
export interface ObservedShape {
  readonly rows: number;
  readonly units: number;
}

/** Of an image each position is a row of its channels, unless the layer says otherwise. */
export function observedShape({
  output,
  positions,
}: Pick<ListedLayer, 'output' | 'positions'>): ObservedShape {
  const units = output.at(-1) ?? 1;
  const all = output.slice(0, -1).reduce((product, length) => product * length, 1);
  if (positions === 'flatten') return { rows: 1, units: all * units };
  if (positions === 'all') return { rows: all, units };
  return { rows: positions === 'mean' ? 1 : Math.min(positions, all), units };
}
