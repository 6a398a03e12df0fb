/** What the two poolings over windows have in common: their settings, shapes and passes. */
import type { z } from 'zod';
import type { PoolShape } from '../../kernel/layers/pooling.ts';
import type { Padding } from '../../kernel/layers/windows.ts';
import type { KernelArray, Operations } from '../../kernel/operations.ts';
import { type LayerPlan, type LayerSettings, numbersOf, type PlanContext, type Shape } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { imageOf, type Lengths, lengths, paddingKey, pairOf, windowsOf } from './windows.ts';

/** Settings of a pooling beside the size of its windows. */
export interface PoolingSettings extends LayerSettings {
  readonly strides?: Lengths;
  readonly padding?: Padding;
}

/** Keys of a pooling beside the size of its windows. */
export const poolingKeys: Readonly<Record<'strides' | 'padding', z.ZodType>> & typeof commonKeys = {
  strides: lengths(
    'Steps between windows, or [vertical, horizontal]; the size of a window unless given',
  ).exactOptional(),
  padding: paddingKey,
  ...commonKeys,
};

/** The two passes of a pooling. */
export interface Pooling {
  forward(operations: Operations, y: KernelArray, x: KernelArray, shape: PoolShape): void;
  backward(
    operations: Operations,
    dx: KernelArray,
    dy: KernelArray,
    x: KernelArray,
    y: KernelArray,
    shape: PoolShape,
  ): void;
  /** Whether the backward pass compares the input with the output. */
  readonly compares: boolean;
}

/** A pooling over windows of an image. */
export function planPooling(
  size: Lengths,
  { strides = size, padding = 'valid' }: PoolingSettings,
  input: Shape,
  context: PlanContext,
  { forward, backward, compares }: Pooling,
): LayerPlan {
  const [height, width, channels] = imageOf(input, context);
  const [window, steps] = [pairOf(size), pairOf(strides)];
  const [down, across] = windowsOf([height, width], window, steps, padding, context);
  const [[poolHeight, poolWidth], [strideHeight, strideWidth]] = [window, steps];
  const sizes = { height, width, channels, poolHeight, poolWidth, strideHeight, strideWidth, padding };
  return {
    output: [down, across, channels],
    parameters: [],
    buffers: [],
    multiplyAdds: 0,
    memory: 'own',
    readsInput: compares,
    readsOutput: compares,
    build: ({ operations }) => ({
      forward: (y, x, { samples }) => forward(operations, y, numbersOf(x), { ...sizes, samples }),
      backward(dx, dy, x, y, { samples }) {
        if (dx !== null) backward(operations, dx, dy, numbersOf(x), y, { ...sizes, samples });
        return 0;
      },
    }),
  };
}
