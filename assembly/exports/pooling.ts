/**
 * ABI entries of pooling. x is samples x height x width x channels, y samples x outputHeight x outputWidth x channels.
 * kind: 0 maximum, 1 average. `same` is 1 for padding as TensorFlow's `same`, where windows reach past the image, 0 for none.
 */

import * as pooling from '../layer/pooling';
import { BAD_KIND, BAD_SIZE, OK, oneOutput, operands, positive, reals } from '../status';

/** y = the maximum or the average of each window. */
export function poolForward(
  y: usize,
  x: usize,
  kind: i32,
  samples: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  same: i32,
): i32 {
  const status = prepare(
    kind,
    samples,
    height,
    width,
    channels,
    poolHeight,
    poolWidth,
    strideHeight,
    strideWidth,
    same,
  );
  if (status) return status;
  const wrong = oneOutput(y, outputBytes(), 0, 0, x, inputBytes(), 0, 0, 0, 0);
  if (wrong) return wrong;
  pooling.poolForward(kind, y, x, pooling.POOLING);
  return OK;
}

/**
 * dx = the gradient of the input from dy. Of the maximum, x and y are the input and the output of the forward pass, and the first
 * entry of a window that equals the maximum gets its gradient; of the average, both are not looked at and may be 0.
 */
export function poolBackward(
  dx: usize,
  dy: usize,
  x: usize,
  y: usize,
  kind: i32,
  samples: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  same: i32,
): i32 {
  const status = prepare(
    kind,
    samples,
    height,
    width,
    channels,
    poolHeight,
    poolWidth,
    strideHeight,
    strideWidth,
    same,
  );
  if (status) return status;
  const compares = kind === pooling.MAXIMUM;
  const xBytes = inputBytes();
  const yBytes = outputBytes();
  const wrong = operands(
    dx,
    xBytes,
    0,
    0,
    0,
    0,
    0,
    0,
    dy,
    yBytes,
    x,
    compares ? xBytes : 0,
    y,
    compares ? yBytes : 0,
  );
  if (wrong) return wrong;
  pooling.poolBackward(kind, dx, dy, x, y, pooling.POOLING);
  return OK;
}

/** y [samples x channels] = the mean over the positions of x [samples x positions x channels]. */
export function globalAverageForward(y: usize, x: usize, samples: i32, positions: i32, channels: i32): i32 {
  let status = positive(samples, positions, channels);
  if (status) return status;
  status = oneOutput(y, reals(samples, channels), 0, 0, x, volume(samples, positions, channels), 0, 0, 0, 0);
  if (status) return status;
  pooling.globalAverageForward(y, x, samples, positions, channels);
  return OK;
}

/** dx [samples x positions x channels] = dy [samples x channels]/positions. */
export function globalAverageBackward(
  dx: usize,
  dy: usize,
  samples: i32,
  positions: i32,
  channels: i32,
): i32 {
  let status = positive(samples, positions, channels);
  if (status) return status;
  status = oneOutput(
    dx,
    volume(samples, positions, channels),
    0,
    0,
    dy,
    reals(samples, channels),
    0,
    0,
    0,
    0,
  );
  if (status) return status;
  pooling.globalAverageBackward(dx, dy, samples, positions, channels);
  return OK;
}

/** Writes the sizes into POOLING, if they are some. */
function prepare(
  kind: i32,
  samples: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  same: i32,
): i32 {
  if (kind !== pooling.MAXIMUM && kind !== pooling.AVERAGE) return BAD_KIND;
  const status =
    positive(samples, height, width) |
    positive(channels, poolHeight, poolWidth) |
    positive(strideHeight, strideWidth, 1);
  if (status) return status;
  if (same === 0 && (poolHeight > height || poolWidth > width)) return BAD_SIZE;
  const p = pooling.POOLING;
  p.samples = samples;
  p.height = height;
  p.width = width;
  p.channels = channels;
  p.poolHeight = poolHeight;
  p.poolWidth = poolWidth;
  p.strideHeight = strideHeight;
  p.strideWidth = strideWidth;
  p.same = same !== 0;
  return OK;
}

function inputBytes(): i64 {
  const p = pooling.POOLING;
  return volume(p.samples, reach(p.height, p.width), p.channels);
}

function outputBytes(): i64 {
  const p = pooling.POOLING;
  return volume(p.samples, reach(pooling.outputHeight(p), pooling.outputWidth(p)), p.channels);
}

/** Positions of an image; more than any memory holds stay more. */
function reach(height: i32, width: i32): i32 {
  return <i32>min(<i64>height * <i64>width, <i64>i32.MAX_VALUE);
}

/** Bytes of samples x positions x channels numbers; more than any memory holds stay more. */
function volume(samples: i32, positions: i32, channels: i32): i64 {
  return (
    min(min(<i64>samples * <i64>positions, (<i64>1) << 40) * <i64>channels, (<i64>1) << 40) * sizeof<real>()
  );
}
