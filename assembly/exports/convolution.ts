/** ABI entries of the two-dimensional convolution. Sizes in the order of {@link setShape}, padding 0 valid and 1 same. */

import * as convolution from '../layer/convolution';
import {
  inputBytes,
  kernelBytes,
  outputBytes,
  SAME,
  setShape,
  shapeExists,
  VALID,
} from '../layer/convolution-shape';
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
  return shapeExists() ? <f64>convolution.directForwardScratch() : 0;
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
  const status = oneOutput(
    y,
    outputBytes(),
    scratch,
    convolution.directForwardScratch(),
    x,
    inputBytes(),
    kernel,
    kernelBytes(),
    biases,
    biases !== 0 ? reals(1, filters) : 0,
  );
  if (status) return status;
  convolution.directForward(y, x, kernel, biases, scratch);
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
  return shapeExists() ? <f64>backwardScratch() : 0;
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
    backwardScratch(),
    dy,
    outputBytes(),
    x,
    inputBytes(),
    kernel,
    kernelBytes(),
  );
  if (status) return status;
  convolution.directKernelGradient(dKernel, dy, x, scratch);
  if (dBiases !== 0) convolution.biasGradient(dBiases, dy, scratch);
  if (dx !== 0) convolution.directInputGradient(dx, dy, kernel, scratch);
  return OK;
}

function backwardScratch(): i64 {
  return max(
    convolution.biasGradientScratch(),
    max(convolution.directKernelGradientScratch(), convolution.directInputGradientScratch()),
  );
}
