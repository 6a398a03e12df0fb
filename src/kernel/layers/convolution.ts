/** The two-dimensional convolution and its gradients: their interface, and their making over the exports of a module. */

import { ShapeError } from '../../errors.ts';
import { checkSizes, shown } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';
import { PADDINGS, type Padding, windowCount } from './windows.ts';

/**
 * Sizes of a convolution. Images are samples x height x width x channels, row-major; a kernel is
 * kernel height x kernel width x channels x filters.
 */
export interface Conv2dShape {
  readonly samples: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  /** [height, width] */
  readonly kernelSize: readonly [number, number];
  /** [vertical, horizontal] */
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  /** True: sum every product as it is, without Winograd's algorithm. Default false: the faster one for the shape. */
  readonly exact?: boolean;
}

/** Height and width of the output. Errors: a ShapeError for sizes that are none, and a window larger than the image under valid. */
export function conv2dOutput(where: string, shape: Conv2dShape): [height: number, width: number] {
  const { samples, height, width, channels, filters, kernelSize, strides, padding } = shape;
  const [kernelHeight, kernelWidth] = kernelSize;
  const [strideHeight, strideWidth] = strides;
  checkSizes(where, {
    samples,
    height,
    width,
    channels,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
  });
  if (!PADDINGS.includes(padding)) {
    throw new ShapeError(
      'UNKNOWN_PADDING',
      `${where}: the padding must be one of ${PADDINGS.join(', ')}, got ${shown(padding)}.`,
      { where, known: PADDINGS.join(', ') },
    );
  }
  return [
    windowCount(where, height, kernelHeight, strideHeight, padding),
    windowCount(where, width, kernelWidth, strideWidth, padding),
  ];
}

/** Operations of a two-dimensional convolution. Part of {@link Operations}. */
export interface ConvolutionOperations {
  /**
   * `y` [samples x output height x output width x filters] = the cross-correlation of `x` [samples x height x width x channels]
   * with `kernel` [kernel height x kernel width x channels x filters], as Keras' conv2d, + `biases` [filters] unless they are null.
   *
   * Precision: Winograd's algorithm, where the shape allows it and `exact` does not forbid it, spreads a NaN or an infinity
   * over its tiles of up to 4 x 4 outputs; docs/kernel.md states its error.
   */
  conv2dForward(
    y: KernelArray,
    x: KernelArray,
    kernel: KernelArray,
    biases: KernelArray | null,
    shape: Conv2dShape,
  ): void;
  /**
   * Gradients of a convolution from `dy`; all are overwritten. `dBiases` may be null where there are no biases, `dx` when
   * nothing lies below.
   */
  conv2dBackward(
    dKernel: KernelArray,
    dBiases: KernelArray | null,
    dx: KernelArray | null,
    dy: KernelArray,
    x: KernelArray,
    kernel: KernelArray,
    shape: Conv2dShape,
  ): void;
  /** Take the room that both need for themselves now, so that the calls do not grow the memory. */
  reserveConv2d(shape: Conv2dShape): void;
}

/** Exports of assembly/exports/convolution.ts. */
export interface ConvolutionExports {
  conv2dForwardScratch(...sizes: number[]): number;
  conv2dForward(...operands: number[]): number;
  conv2dBackwardScratch(...sizes: number[]): number;
  conv2dBackward(...operands: number[]): number;
}

export function convolutionOperations({
  exports,
  at,
  need,
  check,
  scratch,
}: KernelHost): ConvolutionOperations {
  /** The sizes in the order of the ABI. */
  const sizesOf = (shape: Conv2dShape): number[] => [
    shape.samples,
    shape.height,
    shape.width,
    shape.channels,
    shape.filters,
    ...shape.kernelSize,
    ...shape.strides,
    PADDINGS.indexOf(shape.padding),
    +(shape.exact ?? false),
  ];
  return {
    conv2dForward(y, x, kernel, biases, shape) {
      const lengths = conv2dLengths('conv2dForward', shape);
      need('conv2dForward', 'y', y, lengths.y);
      need('conv2dForward', 'x', x, lengths.x);
      need('conv2dForward', 'kernel', kernel, lengths.kernel);
      need('conv2dForward', 'biases', biases, shape.filters);
      const sizes = sizesOf(shape);
      const room = scratch(exports.conv2dForwardScratch(...sizes));
      check('conv2dForward', exports.conv2dForward(at(y), at(x), at(kernel), at(biases), ...sizes, room));
    },
    conv2dBackward(dKernel, dBiases, dx, dy, x, kernel, shape) {
      const lengths = conv2dLengths('conv2dBackward', shape);
      need('conv2dBackward', 'dKernel', dKernel, lengths.kernel);
      need('conv2dBackward', 'dBiases', dBiases, shape.filters);
      need('conv2dBackward', 'dx', dx, lengths.x);
      need('conv2dBackward', 'dy', dy, lengths.y);
      need('conv2dBackward', 'x', x, lengths.x);
      need('conv2dBackward', 'kernel', kernel, lengths.kernel);
      const sizes = sizesOf(shape);
      const room = scratch(exports.conv2dBackwardScratch(...sizes));
      const operands = [at(dKernel), at(dBiases), at(dx), at(dy), at(x), at(kernel), ...sizes, room];
      check('conv2dBackward', exports.conv2dBackward(...operands));
    },
    reserveConv2d(shape) {
      conv2dOutput('reserveConv2d', shape);
      const sizes = sizesOf(shape);
      scratch(Math.max(exports.conv2dForwardScratch(...sizes), exports.conv2dBackwardScratch(...sizes)));
    },
  };
}

/** Numbers in each operand. */
export function conv2dLengths(where: string, shape: Conv2dShape): { x: number; y: number; kernel: number } {
  const [outputHeight, outputWidth] = conv2dOutput(where, shape);
  const { samples, height, width, channels, filters, kernelSize } = shape;
  return {
    x: samples * height * width * channels,
    y: samples * outputHeight * outputWidth * filters,
    kernel: kernelSize[0] * kernelSize[1] * channels * filters,
  };
}
