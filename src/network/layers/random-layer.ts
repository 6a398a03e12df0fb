/** What layers with random numbers have in common: they do nothing in evaluation, and take numbers by seed, layer and step. */
import type { StreamKey } from '../../kernel/layers/regularization.ts';
import type { KernelArray } from '../../kernel/operations.ts';
import { layerStep } from '../../random.ts';
import { countOf, type LayerPlan, numbersOf, type Pass, type Shape } from '../layer.ts';

/** What such a layer does with `count` numbers in training; `out` may be `x`. */
export type Disturbance = (out: KernelArray, x: KernelArray, count: number, key: StreamKey) => void;

/**
 * A layer that disturbs its input in training, and passes it on in evaluation. `backward` is null where the gradient is passed on as it
 * is.
 */
export function planRandom(
  input: Shape,
  make: (operations: Parameters<LayerPlan['build']>[0]['operations']) => {
    readonly forward: Disturbance;
    readonly backward: Disturbance | null;
  },
): LayerPlan {
  const count = countOf(input);
  return {
    output: input,
    parameters: [],
    buffers: [],
    multiplyAdds: 0,
    memory: 'elementwise',
    readsInput: false,
    readsOutput: false,
    build({ operations, position }) {
      const { forward, backward } = make(operations);
      const apply = (
        disturb: Disturbance | null,
        out: KernelArray,
        x: KernelArray,
        { samples, mode, seed, step }: Pass,
      ): void => {
        const length = samples * count;
        if (mode === 'training' && disturb !== null) {
          disturb(out, x, length, { seed, index: layerStep(position, step) });
        } else if (out !== x) out.values.set(x.values.subarray(0, length));
      };
      return {
        forward: (y, x, pass) => apply(forward, y, numbersOf(x), pass),
        backward(dx, dy, _x, _y, pass) {
          if (dx !== null) apply(backward, dx, dy, pass);
          return 0;
        },
      };
    },
  };
}
