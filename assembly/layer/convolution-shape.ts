/** Sizes of a two-dimensional convolution, as they go from the ABI to the files that compute it. */

/** Padding: windows inside the image only. */
export const VALID: i32 = 0;
/** Padding: as many outputs as inputs over the stride, as TensorFlow counts. */
export const SAME: i32 = 1;

/**
 * Sizes of one convolution. x is samples x height x width x channels, the kernel kernelHeight x kernelWidth x channels x
 * filters, y samples x outputHeight x outputWidth x filters; all row-major.
 */
@unmanaged
export class ConvolutionShape {
  samples: i32;
  height: i32;
  width: i32;
  channels: i32;
  filters: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  /** Every product as it is, without Winograd's algorithm. */
  exact: bool;
  /** 0 where the window is larger than the image. */
  outputHeight: i32;
  outputWidth: i32;
  /** Zeros above and to the left of the image. */
  top: i32;
  left: i32;
}

/** The one convolution that is under way: the kernel allocates nothing. */
export const SHAPE: ConvolutionShape = changetype<ConvolutionShape>(
  memory.data(offsetof<ConvolutionShape>(), 8),
);

/** Sets {@link SHAPE}, whatever the sizes: see {@link shapeExists}. */
export function setShape(
  samples: i32,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padding: i32,
  exact: bool,
): void {
  SHAPE.samples = samples;
  SHAPE.height = height;
  SHAPE.width = width;
  SHAPE.channels = channels;
  SHAPE.filters = filters;
  SHAPE.kernelHeight = kernelHeight;
  SHAPE.kernelWidth = kernelWidth;
  SHAPE.strideHeight = strideHeight;
  SHAPE.strideWidth = strideWidth;
  SHAPE.exact = exact;
  SHAPE.outputHeight = 0;
  SHAPE.outputWidth = 0;
  if (min(strideHeight, strideWidth) < 1) return;
  SHAPE.outputHeight = positions(height, kernelHeight, strideHeight, padding);
  SHAPE.outputWidth = positions(width, kernelWidth, strideWidth, padding);
  SHAPE.top = padding === VALID ? 0 : zerosBefore(height, kernelHeight, strideHeight, SHAPE.outputHeight);
  SHAPE.left = padding === VALID ? 0 : zerosBefore(width, kernelWidth, strideWidth, SHAPE.outputWidth);
}

/** Positions of a window along one side. */
function positions(length: i32, window: i32, stride: i32, padding: i32): i32 {
  if (padding === SAME) return (length - 1) / stride + 1;
  return window > length ? 0 : (length - window) / stride + 1;
}

/** Half of the zeros along one side, rounded down: the odd one goes to the end. */
function zerosBefore(length: i32, window: i32, stride: i32, outputs: i32): i32 {
  return max(window - (length - (outputs - 1) * stride), 0) >> 1;
}

/** Validity of a shape: all sizes are at least 1 and there is an output. */
export function shapeExists(): bool {
  return (
    min(SHAPE.samples, min(SHAPE.height, SHAPE.width)) > 0 &&
    min(SHAPE.channels, SHAPE.filters) > 0 &&
    min(SHAPE.kernelHeight, SHAPE.kernelWidth) > 0 &&
    min(SHAPE.strideHeight, SHAPE.strideWidth) > 0 &&
    min(SHAPE.outputHeight, SHAPE.outputWidth) > 0
  );
}

/**
 * One pass as a correlation: y of x with the kernel, or dx of dy with the turned one, its channels and filters swapped.
 *
 * The input is inputHeight x inputWidth x channels, with `top` rows and `left` columns of zeros before it and its neighbours dilateHeight rows and
 * dilateWidth columns apart; the output height x width x filters.
 */
@unmanaged
export class Pass {
  turned: bool;
  inputHeight: i32;
  inputWidth: i32;
  channels: i32;
  top: i32;
  left: i32;
  dilateHeight: i32;
  dilateWidth: i32;
  height: i32;
  width: i32;
  filters: i32;
  strideHeight: i32;
  strideWidth: i32;
}

/** The one pass that is under way. */
export const PASS: Pass = changetype<Pass>(memory.data(offsetof<Pass>(), 8));

/** Sets {@link PASS} from {@link SHAPE}. */
export function setPass(turned: bool): void {
  PASS.turned = turned;
  PASS.inputHeight = turned ? SHAPE.outputHeight : SHAPE.height;
  PASS.inputWidth = turned ? SHAPE.outputWidth : SHAPE.width;
  PASS.channels = turned ? SHAPE.filters : SHAPE.channels;
  PASS.top = turned ? SHAPE.kernelHeight - 1 - SHAPE.top : SHAPE.top;
  PASS.left = turned ? SHAPE.kernelWidth - 1 - SHAPE.left : SHAPE.left;
  PASS.dilateHeight = turned ? SHAPE.strideHeight : 1;
  PASS.dilateWidth = turned ? SHAPE.strideWidth : 1;
  PASS.height = turned ? SHAPE.height : SHAPE.outputHeight;
  PASS.width = turned ? SHAPE.width : SHAPE.outputWidth;
  PASS.filters = turned ? SHAPE.channels : SHAPE.filters;
  PASS.strideHeight = turned ? 1 : SHAPE.strideHeight;
  PASS.strideWidth = turned ? 1 : SHAPE.strideWidth;
}

/** Bytes of x. */
export function inputBytes(): i64 {
  return asBytes(reals4(SHAPE.samples, SHAPE.height, SHAPE.width, SHAPE.channels));
}

/** Bytes of y. */
export function outputBytes(): i64 {
  return asBytes(reals4(SHAPE.samples, SHAPE.outputHeight, SHAPE.outputWidth, SHAPE.filters));
}

/** Bytes of the kernel. */
export function kernelBytes(): i64 {
  return asBytes(reals4(SHAPE.kernelHeight, SHAPE.kernelWidth, SHAPE.channels, SHAPE.filters));
}

/** Bytes of a x b x c x d numbers: exact up to 2⁵³, and never wrapped. */
export function reals4(a: f64, b: f64, c: f64, d: f64): f64 {
  return a * b * (c * d) * <f64>sizeof<real>();
}

/** `count` rounded up to a multiple. */
export function roundedUp(count: f64, multiple: f64): f64 {
  return Math.ceil(count / multiple) * multiple;
}

/** A size as the checks of the ABI take it: one beyond any memory stays beyond it. */
export function asBytes(size: f64): i64 {
  return <i64>min(size, 1e15);
}
