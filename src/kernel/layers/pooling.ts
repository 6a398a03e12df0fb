/** Pooling: maximum and average over windows of an image, and the average of all of it. */

import { checkSizes } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';
import { type Padding, windowCount } from './windows.ts';

/** Shapes: x samples x height x width x channels, y samples x windows down x windows across x channels. */
export interface PoolShape {
  readonly samples: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly poolHeight: number;
  readonly poolWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padding: Padding;
}

/** Shapes: x samples x positions x channels, y samples x channels. */
export interface GlobalPoolShape {
  readonly samples: number;
  readonly positions: number;
  readonly channels: number;
}

/** Images are NHWC. A window that reaches past the image has only the entries that exist. */
export interface PoolingOperations {
  /** `y` = the largest entry of each window, NaN where one is. */
  maxPoolForward(y: KernelArray, x: KernelArray, shape: PoolShape): void;
  /**
   * `dx` = the gradient of each window of `dy`, given to its first entry (row by row) that equals the maximum; all of dx is
   * written. `x` and `y` are input and output of the forward pass.
   */
  maxPoolBackward(dx: KernelArray, dy: KernelArray, x: KernelArray, y: KernelArray, shape: PoolShape): void;
  /** `y` = the mean of the entries of each window that exist. */
  averagePoolForward(y: KernelArray, x: KernelArray, shape: PoolShape): void;
  /** `dx` = the gradients of all windows, each in equal parts to its entries; all of dx is written. */
  averagePoolBackward(dx: KernelArray, dy: KernelArray, shape: PoolShape): void;
  /** `y` = the mean over the positions. */
  globalAverageForward(y: KernelArray, x: KernelArray, shape: GlobalPoolShape): void;
  /** `dx` = `dy`/positions at every position. */
  globalAverageBackward(dx: KernelArray, dy: KernelArray, shape: GlobalPoolShape): void;
}

/** Exports of assembly/exports/pooling.ts. */
export interface PoolingExports {
  poolForward(...operands: number[]): number;
  poolBackward(...operands: number[]): number;
  globalAverageForward(y: number, x: number, samples: number, positions: number, channels: number): number;
  globalAverageBackward(dx: number, dy: number, samples: number, positions: number, channels: number): number;
}

/** The module's numbers: assembly/layer/pooling.ts. */
const MAXIMUM = 0;
const AVERAGE = 1;

/** Numbers in the input and the output of a pooling. Errors: ShapeError for sizes that are none. */
export function poolLengths(
  where: string,
  { padding, ...sizes }: PoolShape,
): { readonly input: number; readonly output: number } {
  checkSizes(where, sizes);
  const { samples, height, width, channels, poolHeight, poolWidth, strideHeight, strideWidth } = sizes;
  const down = windowCount(where, height, poolHeight, strideHeight, padding);
  const across = windowCount(where, width, poolWidth, strideWidth, padding);
  return { input: samples * height * width * channels, output: samples * down * across * channels };
}

export function poolingOperations({ exports, at, need, check }: KernelHost): PoolingOperations {
  const sizesOf = (kind: number, shape: PoolShape): number[] => [
    kind,
    shape.samples,
    shape.height,
    shape.width,
    shape.channels,
    shape.poolHeight,
    shape.poolWidth,
    shape.strideHeight,
    shape.strideWidth,
    +(shape.padding === 'same'),
  ];
  const forward = (where: string, kind: number, y: KernelArray, x: KernelArray, shape: PoolShape): void => {
    const { input, output } = poolLengths(where, shape);
    need(where, 'y', y, output);
    need(where, 'x', x, input);
    check(where, exports.poolForward(at(y), at(x), ...sizesOf(kind, shape)));
  };
  return {
    maxPoolForward: (y, x, shape) => forward('maxPoolForward', MAXIMUM, y, x, shape),
    averagePoolForward: (y, x, shape) => forward('averagePoolForward', AVERAGE, y, x, shape),
    maxPoolBackward(dx, dy, x, y, shape) {
      const { input, output } = poolLengths('maxPoolBackward', shape);
      need('maxPoolBackward', 'dx', dx, input);
      need('maxPoolBackward', 'dy', dy, output);
      need('maxPoolBackward', 'x', x, input);
      need('maxPoolBackward', 'y', y, output);
      const operands = [at(dx), at(dy), at(x), at(y), ...sizesOf(MAXIMUM, shape)];
      check('maxPoolBackward', exports.poolBackward(...operands));
    },
    averagePoolBackward(dx, dy, shape) {
      const { input, output } = poolLengths('averagePoolBackward', shape);
      need('averagePoolBackward', 'dx', dx, input);
      need('averagePoolBackward', 'dy', dy, output);
      const operands = [at(dx), at(dy), 0, 0, ...sizesOf(AVERAGE, shape)];
      check('averagePoolBackward', exports.poolBackward(...operands));
    },
    globalAverageForward(y, x, { samples, positions, channels }) {
      need('globalAverageForward', 'y', y, samples * channels);
      need('globalAverageForward', 'x', x, samples * positions * channels);
      check('globalAverageForward', exports.globalAverageForward(at(y), at(x), samples, positions, channels));
    },
    globalAverageBackward(dx, dy, { samples, positions, channels }) {
      need('globalAverageBackward', 'dx', dx, samples * positions * channels);
      need('globalAverageBackward', 'dy', dy, samples * channels);
      check(
        'globalAverageBackward',
        exports.globalAverageBackward(at(dx), at(dy), samples, positions, channels),
      );
    },
  };
}
