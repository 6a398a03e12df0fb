/** The layers that a sweep file does not list: one output for each class or target, over features. */
import type { LayerSettings, Shape } from './layer.ts';
import { OUTPUT } from './layer-names.ts';
import { planModel } from './model-plan.ts';

/**
 * The layers of a sweep file and, above them, `outputs` outputs; images are flattened for these.
 *
 * Errors: ShapeError LAYER_SHAPE for a layer that its input does not suit.
 */
export function withOutput(model: readonly LayerSettings[], shape: Shape, outputs: number): LayerSettings[] {
  const output: LayerSettings & { dense: number } = { dense: outputs, activation: 'identity', name: OUTPUT };
  const isImage = planModel(model, shape).chain.output.length > 1;
  const flatten: LayerSettings & { flatten: true } = { flatten: true, name: `${OUTPUT}-flatten` };
  return isImage ? [...model, flatten, output] : [...model, output];
}
