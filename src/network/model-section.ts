/** The section `model` of a sweep file: the rules of its layers, each as its kind has them. */
import { z } from 'zod';
import type { LayerSettings } from './layer.ts';
import { LABELS, namedLayers, OUTPUT } from './layer-names.ts';
import { LAYER_KINDS, layerSchema } from './layers.ts';

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
      for (const [i, { name, path }] of named.entries()) {
        const message = nameProblem(
          name,
          named.slice(0, i).map((other) => other.name),
        );
        const at = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
        if (message !== undefined) context.addIssue({ code: 'custom', path: [...at, 'name'], message });
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
