/** The names by which a user refers to the layers of a network: in sweep files, in records and in the options of a network. */
import type { LayerSettings } from './layer.ts';
import { insideOf, kindOf } from './layers.ts';

/** The labels of the samples: no layer, but what a penalty on two activations can be set against as well. */
export const LABELS = 'labels';
/** The last layer, which a sweep file does not list: one unit a class. */
export const OUTPUT = 'output';

/** A layer of a list and its name. */
export interface NamedLayer {
  /** Its own name, or its kind and a number counted among the layers of its kind from 1, such as `dense1`. */
  readonly name: string;
  readonly layer: LayerSettings;
  /** Where it stands: `2`, or `2.residual.0` inside a block. */
  readonly path: string;
}

/** Every layer of a list with its name, those inside a block before the block. */
export function namedLayers(layers: readonly LayerSettings[]): NamedLayer[] {
  const counts = new Map<string, number>();
  const walk = (chain: readonly LayerSettings[], above: string): NamedLayer[] =>
    chain.flatMap((layer, index) => {
      const kind = kindOf(layer)?.key ?? '';
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      const path = `${above}${index}`;
      const inside = insideOf(layer).flatMap(([key, inner]) => walk(inner, `${path}.${key}.`));
      return [...inside, { name: layer.name ?? `${kind}${count}`, layer, path }];
    });
  return walk(layers, '');
}

/** The keys and positions of a path such as `2.residual.0`. */
export function keysOf(path: string): (string | number)[] {
  return path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}
