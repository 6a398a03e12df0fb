/** The section `model` of a sweep file: the rules of its layers, each as its kind has them. */
import { z } from 'zod';
import type { LayerSettings } from './layer.ts';
import { keysOf, LABELS, namedLayers, OUTPUT } from './layer-names.ts';
import { kindOf, LAYER_KINDS, layerSchema } from './layers.ts';

/** Rule of a layer that a penalty acts on. */
export const TOO_FEW_UNITS = 'a penalized layer must have at least 2 units to correlate';

/** Keys of the layers of all kinds. */
export const LAYER_KEYS: readonly string[] = [
  ...new Set(LAYER_KINDS.flatMap(({ section }) => Object.keys(section.shape))),
];

/** The hidden layers, in the order of their list. */
export const modelSection: z.ZodType<readonly LayerSettings[]> = z
  .array(layerSchema, { error: 'must be a list of layers such as [{dense: 256, penalized: true}]' })
  .min(1, { error: 'must have at least one layer' })
  .refine((layers) => namedLayers(layers).some(({ layer }) => layer.penalized === true), {
    // A misspelt "penalized" is reported as such, not a second time here.
    when: ({ issues }) => issues.length === 0,
    error: 'at least one layer must be penalized, got none. Add "penalized: true" to a layer',
  })
  .superRefine(
    (layers, context) => {
      const named = namedLayers(layers);
      for (const [i, { name, layer, path }] of named.entries()) {
        const kind = kindOf(layer);
        if (layer.penalized && kind?.units?.(layer) === 1 && layer.on_positions !== 'flatten') {
          context.addIssue({
            code: 'custom',
            path: [...keysOf(path), kind.key],
            message: `${TOO_FEW_UNITS}, got 1`,
          });
        }
        const message = nameProblem(
          name,
          named.slice(0, i).map((other) => other.name),
        );
        if (message !== undefined)
          context.addIssue({ code: 'custom', path: [...keysOf(path), 'name'], message });
      }
    },
    { when: ({ issues }) => issues.length === 0 },
  )
  .describe('The hidden layers from input to output; an output layer with one unit a class is implied');

function nameProblem(name: string, before: readonly string[]): string | undefined {
  if (name === LABELS || name === OUTPUT) {
    return `must not be ${LABELS} or ${OUTPUT}, which stand for the labels and the output, got "${name}". Choose another`;
  }
  if (!before.includes(name)) return undefined;
  return `must be the name of one layer alone, got "${name}" twice. Choose another`;
}
