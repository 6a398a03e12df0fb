/** The kinds of layers, one line each. */
import { z } from 'zod';
import { isMapping } from '../schema/mapping.ts';
import { closestName } from '../suggestion.ts';
import { meanings } from '../synonyms.ts';
import type { LayerKind, LayerSettings } from './layer.ts';
import { activation } from './layers/activation.ts';
import { averagePooling2d } from './layers/average-pooling2d.ts';
import { batchNormalization } from './layers/batch-normalization.ts';
import { conv2d } from './layers/conv2d.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { flatten } from './layers/flatten.ts';
import { gaussianNoise } from './layers/gaussian-noise.ts';
import { globalAveragePooling2d } from './layers/global-average-pooling2d.ts';
import { layerNormalization } from './layers/layer-normalization.ts';
import { maxPooling2d } from './layers/max-pooling2d.ts';
import { residual } from './layers/residual.ts';

/** Every kind; a layer is of the first kind whose key it has. */
// biome-ignore lint/suspicious/noExplicitAny: each kind knows its own settings.
export const LAYER_KINDS: readonly LayerKind<any>[] = [
  dense,
  conv2d,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling2d,
  flatten,
  batchNormalization,
  layerNormalization,
  dropout,
  gaussianNoise,
  residual(() => layerSchema),
  activation,
];

/**
 * Rules of a layer of any kind.
 *
 * Not a union of the sections: that would not say what is wrong by the kind that was meant. As a JSON Schema it is made one.
 */
export const layerSchema: z.ZodType<LayerSettings> = z
  .unknown()
  .transform((layer, context): LayerSettings => {
    const { section } = LAYER_KINDS[likelyKind(layer)]!;
    const checked = section.safeParse(layer);
    if (checked.success) return checked.data as LayerSettings;
    for (const issue of checked.error.issues)
      context.issues.push({ ...issue, input: layer } as z.core.$ZodRawIssue);
    return z.NEVER;
  });

/** The kind that a word may stand for, in other spelling or by its name elsewhere. */
function kindNamed(word: string): string | undefined {
  const keys = LAYER_KINDS.map(({ key }) => key);
  return (
    keys.find((key) => key === word) ??
    meanings(word).find((each) => keys.includes(each)) ??
    closestName(word, keys)
  );
}

/** Words for the kind of a layer as a key of its own. */
const KIND_KEYS: readonly string[] = ['type', 'layer', 'kind', 'class', 'class_name'];

/** What to say of a key that a layer of the kind that is meant does not have; undefined where only the spelling can help. */
export function foreignLayerKey(key: string): string | undefined {
  if (KIND_KEYS.includes(key)) return 'Write the kind of the layer as a key, such as {dense: 64}';
  if (LAYER_KINDS.some((kind) => kind.key === key)) {
    return `It is a layer of its own. Write it as the next entry of the list: - {${key}: …}`;
  }
  const owners = LAYER_KINDS.filter(({ section }) => Object.hasOwn(section.shape, key)).map(
    (kind) => kind.key,
  );
  if (owners.length === 0) return undefined;
  const [first, second, ...others] = owners;
  const named = others.length > 1 ? `${first}, ${second} and ${others.length} others` : owners.join(', ');
  return `It belongs to ${named}. Remove it`;
}

/** Position among the kinds of that which a layer is of, or is likely meant to be of; that of `dense` where nothing tells. */
function likelyKind(layer: unknown): number {
  if (!isMapping(layer)) return 0;
  const keys = LAYER_KINDS.map(({ key }) => key);
  const own = kindOf(layer)?.key;
  if (own !== undefined) return keys.indexOf(own);
  const kindIn = (words: readonly unknown[]): string | undefined =>
    words
      .map((word) => (typeof word === 'string' ? kindNamed(word) : undefined))
      .find((kind) => kind !== undefined);
  // Others write the kind as a value: {type: Dense}.
  return Math.max(0, keys.indexOf(kindIn(Object.values(layer)) ?? kindIn(Object.keys(layer)) ?? ''));
}

/** The kind of a layer by its keys; undefined where it has the key of none. */
export function kindOf(settings: object): LayerKind<LayerSettings> | undefined {
  return LAYER_KINDS.find(({ key }) => Object.hasOwn(settings, key));
}

/** The lists of layers inside a layer, and the keys that hold them. */
export function insideOf(layer: LayerSettings): [key: string, layers: readonly LayerSettings[]][] {
  const keys = kindOf(layer)?.inside ?? [];
  return keys.flatMap((key): [string, readonly LayerSettings[]][] => {
    const inner: unknown = Reflect.get(layer, key);
    return Array.isArray(inner) ? [[key, inner]] : [];
  });
}
