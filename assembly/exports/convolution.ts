/** ABI entries of the two-dimensional convolution. Sizes in the order of {@link setShape}, padding 0 valid and 1 same. */

import * as direct from '../layer/convolution';
import {
  asBytes,
  inputBytes,
  kernelBytes,
  outputBytes,
  PASS,
  SAME,
  SHAPE,
  setPass,
  setShape,
  shapeExists,
  VALID,
} from '../layer/convolution-shape';
import * as winograd from '../layer/winograd';
import { BAD_KIND, BAD_SIZE, OK, oneOutput, operands, reals } from '../status';

/** Bytes of scratch for {@link conv2dForward}, as a float64. */
export function conv2dForwardScratch(
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
  exact: i32,
): f64 {
  setShape(
    samples,
    height,
    width,
    channels,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padding,
    exact !== 0,
  );
  setPass(false);
  return shapeExists() ? correlationScratch() : 0;
}

/**
 * y [samples x output height x output width x filters] = the correlation of x [samples x height x width x channels] with kernel [kernelHeight
 * x kernelWidth x channels x filters] + biases [filters] unless they are 0. exact: without Winograd's algorithm.
 */
export function conv2dForward(
  y: usize,
  x: usize,
  kernel: usize,
  biases: usize,
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
  exact: i32,
  scratch: usize,
): i32 {
  if (padding !== VALID && padding !== SAME) return BAD_KIND;
  setShape(
    samples,
    height,
    width,
    channels,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padding,
    exact !== 0,
  );
  if (!shapeExists()) return BAD_SIZE;
  setPass(false);
  const status = oneOutput(
    y,
    outputBytes(),
    scratch,
    asBytes(correlationScratch()),
    x,
    inputBytes(),
    kernel,
    kernelBytes(),
    biases,
    biases !== 0 ? reals(1, filters) : 0,
  );
  if (status) return status;
  correlate(y, x, kernel, biases, scratch);
  return OK;
}

/** Bytes of scratch for {@link conv2dBackward}, as a float64. */
export function conv2dBackwardScratch(
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
  exact: i32,
): f64 {
  setShape(
    samples,
    height,
    width,
    channels,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padding,
    exact !== 0,
  );
  return shapeExists() ? backwardScratch() : 0;
}

/** dKernel, dBiases unless it is 0, and dx unless it is 0, from dy; shapes as in {@link conv2dForward}. */
export function conv2dBackward(
  dKernel: usize,
  dBiases: usize,
  dx: usize,
  dy: usize,
  x: usize,
  kernel: usize,
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
  exact: i32,
  scratch: usize,
): i32 {
  if (padding !== VALID && padding !== SAME) return BAD_KIND;
  setShape(
    samples,
    height,
    width,
    channels,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padding,
    exact !== 0,
  );
  if (!shapeExists()) return BAD_SIZE;
  const status = operands(
    dKernel,
    kernelBytes(),
    dBiases,
    dBiases !== 0 ? reals(1, filters) : 0,
    dx,
    dx !== 0 ? inputBytes() : 0,
    scratch,
    asBytes(backwardScratch()),
    dy,
    outputBytes(),
    x,
    inputBytes(),
    kernel,
    kernelBytes(),
  );
  if (status) return status;
  const kernelSide = winograd.kernelGradientSide();
  if (kernelSide !== 0) winograd.winogradKernelGradient(kernelSide, dKernel, dy, x, scratch);
  else direct.directKernelGradient(dKernel, dy, x, scratch);
  if (dBiases !== 0) direct.biasGradient(dBiases, dy, scratch);
  if (dx !== 0) correlate(dx, dy, kernel, 0, scratch);
  return OK;
}

/** Bytes of scratch for {@link correlate}. */
function correlationScratch(): f64 {
  const side = winograd.correlationSide();
  return side !== 0
    ? winograd.tilingScratch(side, PASS.height, PASS.width, PASS.channels, PASS.filters)
    : direct.directCorrelationScratch();
}

/** The pass that is set, by the form for its shape. */
function correlate(y: usize, x: usize, kernel: usize, biases: usize, scratch: usize): void {
  const side = winograd.correlationSide();
  if (side !== 0) winograd.winogradCorrelation(side, y, x, kernel, biases, scratch);
  else direct.directCorrelation(y, x, kernel, biases, scratch);
}

/** Bytes of scratch for a backward pass; sets the pass of dx. */
function backwardScratch(): f64 {
  setPass(true);
  const side = winograd.kernelGradientSide();
  const kernel =
    side !== 0
      ? winograd.tilingScratch(side, SHAPE.outputHeight, SHAPE.outputWidth, SHAPE.channels, SHAPE.filters)
      : direct.directKernelGradientScratch();
  return max(direct.biasGradientScratch(), max(kernel, correlationScratch()));
}
