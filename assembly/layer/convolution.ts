/**
 * The convolution and its gradients, summed as they are defined: implicit im2col. Nothing of the image is unfolded; in an image with its
 * zeros around it, a row of a window is one run of kernelWidth·channels numbers, and the tile reads four windows by their pointers.
 *
 *     y     as a product: rows are windows (four at a time), columns filters, terms (ky, kx, channel)
 *     dx    the same of dy with zeros around (and between, for strides above 1), with the kernel turned
 *     dW    rows are (ky, kx, channel), columns filters, terms the windows of a block of rows of one image
 *
 * One image at a time. The order of every sum is fixed: the terms of a window in increasing order from 0, all at once or, where
 * the kernel is large, one row of it at a time, added to the biases in increasing order; of a gradient of the kernel the
 * windows of a block, added in increasing order.
 */

import { columnSums } from '../columns';
import { bytesOf } from '../simd';
import { PLANE, packColumns, packTurned, placeImage, placePlanes } from './convolution-images';
import { reals4, SHAPE } from './convolution-shape';
import { edgeTile, runTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from './convolution-tile';

/** Terms of a window above which its rows are summed one at a time: a panel of more would leave the first-level cache. */
const WHOLE_WINDOW: i32 = 192;
/** Windows of one sum of the kernel's gradient: their dy, as a panel, stays in the first-level cache. */
const WINDOW_BLOCK: i32 = 256;

/** Bytes of scratch for {@link directForward}: a tile, zeros in place of biases, the kernel in panels, an image with its zeros. */
export function directForwardScratch(): i64 {
  return (
    TILE_BYTES +
    zerosBytes(SHAPE.filters) +
    panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, SHAPE.channels, SHAPE.filters) +
    reals4(paddedHeight(), paddedWidth(), SHAPE.channels, 1)
  );
}

/** y = x ∗ kernel + biases, which may be 0. */
export function directForward(y: usize, x: usize, kernel: usize, biases: usize, scratch: usize): void {
  const channels = SHAPE.channels;
  const filters = SHAPE.filters;
  const width = <i32>paddedWidth();
  const height = <i32>paddedHeight();
  const zeros = scratch + TILE_BYTES;
  const panels = zeros + <usize>zerosBytes(filters);
  const image = panels + <usize>panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, channels, filters);
  memory.fill(zeros, 0, <usize>zerosBytes(filters));
  memory.fill(image, 0, bytesOf(height * width * channels));
  packColumns(panels, TILE_COLUMNS, kernel, SHAPE.kernelHeight * SHAPE.kernelWidth * channels, filters);
  const rows = min(SHAPE.height, height - SHAPE.top);
  const columns = min(SHAPE.width, width - SHAPE.left);
  for (let s = 0; s < SHAPE.samples; s++) {
    placeImage(image, width, SHAPE.top, SHAPE.left, x, SHAPE.width, channels, rows, columns, 1, 1);
    correlate(
      y,
      image,
      panels,
      biases !== 0 ? biases : zeros,
      width,
      channels,
      filters,
      SHAPE.outputHeight,
      SHAPE.outputWidth,
      SHAPE.strideHeight,
      SHAPE.strideWidth,
      scratch,
    );
    x += bytesOf(SHAPE.height * SHAPE.width * channels);
    y += bytesOf(SHAPE.outputHeight * SHAPE.outputWidth * filters);
  }
}

/** Bytes of scratch for {@link directInputGradient}. */
export function directInputGradientScratch(): i64 {
  return (
    TILE_BYTES +
    zerosBytes(SHAPE.channels) +
    panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, SHAPE.filters, SHAPE.channels) +
    reals4(spreadHeight(), spreadWidth(), SHAPE.filters, 1)
  );
}

/** dx = the correlation of dy, with zeros around and between, with the turned kernel. */
export function directInputGradient(dx: usize, dy: usize, kernel: usize, scratch: usize): void {
  const channels = SHAPE.channels;
  const filters = SHAPE.filters;
  const width = <i32>spreadWidth();
  const height = <i32>spreadHeight();
  const zeros = scratch + TILE_BYTES;
  const panels = zeros + <usize>zerosBytes(channels);
  const image = panels + <usize>panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, filters, channels);
  memory.fill(zeros, 0, <usize>zerosBytes(channels));
  memory.fill(image, 0, bytesOf(height * width * filters));
  packTurned(panels, TILE_COLUMNS, kernel, SHAPE.kernelHeight * SHAPE.kernelWidth, channels, filters);
  for (let s = 0; s < SHAPE.samples; s++) {
    placeImage(
      image,
      width,
      SHAPE.kernelHeight - 1 - SHAPE.top,
      SHAPE.kernelWidth - 1 - SHAPE.left,
      dy,
      SHAPE.outputWidth,
      filters,
      SHAPE.outputHeight,
      SHAPE.outputWidth,
      SHAPE.strideHeight,
      SHAPE.strideWidth,
    );
    correlate(dx, image, panels, zeros, width, filters, channels, SHAPE.height, SHAPE.width, 1, 1, scratch);
    dx += bytesOf(SHAPE.height * SHAPE.width * channels);
    dy += bytesOf(SHAPE.outputHeight * SHAPE.outputWidth * filters);
  }
}

/** Bytes of scratch for {@link directKernelGradient}: a tile, zeros, an image in planes, a block of dy in panels. */
export function directKernelGradientScratch(): i64 {
  return (
    TILE_BYTES +
    zerosBytes(SHAPE.filters) +
    planesBytes() +
    panelsBytes(blockRows(), SHAPE.outputWidth, 1, SHAPE.filters)
  );
}

/** dKernel = Σ over the windows of the window's pixels times dy. */
export function directKernelGradient(dKernel: usize, dy: usize, x: usize, scratch: usize): void {
  const channels = SHAPE.channels;
  const filters = SHAPE.filters;
  const outputHeight = SHAPE.outputHeight;
  const outputWidth = SHAPE.outputWidth;
  const width = <i32>paddedWidth();
  const height = <i32>paddedHeight();
  const block = blockRows();
  const zeros = scratch + TILE_BYTES;
  const planes = zeros + <usize>zerosBytes(filters);
  const panels = planes + <usize>planesBytes();
  memory.fill(zeros, 0, <usize>zerosBytes(filters));
  memory.fill(planes, 0, <usize>planesBytes());
  memory.fill(dKernel, 0, bytesOf(SHAPE.kernelHeight * SHAPE.kernelWidth * channels * filters));
  const rows = min(SHAPE.height, height - SHAPE.top);
  const columns = min(SHAPE.width, width - SHAPE.left);
  const rowBytes = <usize>width * bytesOf(planeChannels());
  for (let s = 0; s < SHAPE.samples; s++) {
    if (channels <= PLANE) {
      placeImage(planes, width, SHAPE.top, SHAPE.left, x, SHAPE.width, channels, rows, columns, 1, 1);
    } else {
      placePlanes(
        planes,
        height * width,
        width,
        SHAPE.top,
        SHAPE.left,
        x,
        SHAPE.width,
        channels,
        rows,
        columns,
      );
    }
    for (let i = 0; i < outputHeight; i += block) {
      const runs = min(block, outputHeight - i);
      packColumns(panels, TILE_COLUMNS, dy + bytesOf(i * outputWidth * filters), runs * outputWidth, filters);
      addKernelGradient(
        dKernel,
        planes + <usize>(i * SHAPE.strideHeight) * rowBytes,
        panels,
        width,
        height * width,
        runs,
        scratch,
      );
    }
    x += bytesOf(SHAPE.height * SHAPE.width * channels);
    dy += bytesOf(outputHeight * outputWidth * filters);
  }
}

/** Bytes of scratch for {@link biasGradient}. */
export function biasGradientScratch(): i64 {
  return reals4(SHAPE.filters, 8, 1, 1);
}

/** dBiases = Σ over all windows of dy, in float64. */
export function biasGradient(dBiases: usize, dy: usize, scratch: usize): void {
  columnSums(scratch, dy, SHAPE.samples * SHAPE.outputHeight * SHAPE.outputWidth, SHAPE.filters);
  for (let j = 0; j < SHAPE.filters; j++)
    store<real>(dBiases + bytesOf(j), <real>load<f64>(scratch + ((<usize>j) << 3)));
}

/**
 * y [height x width x filters] = from [filters] + the correlation of an image [… x imageWidth x channels] with the panels of a kernel of
 * SHAPE's height and width.
 */
function correlate(
  y: usize,
  image: usize,
  panels: usize,
  from: usize,
  imageWidth: i32,
  channels: i32,
  filters: i32,
  height: i32,
  width: i32,
  strideHeight: i32,
  strideWidth: i32,
  room: usize,
): void {
  const run = SHAPE.kernelWidth * channels;
  const whole = run * SHAPE.kernelHeight <= WHOLE_WINDOW;
  const runs = whole ? SHAPE.kernelHeight : 1;
  const passes = whole ? 1 : SHAPE.kernelHeight;
  const rowBytes = <usize>imageWidth * bytesOf(channels);
  const skip = rowBytes - bytesOf(run);
  const step = <usize>strideWidth * bytesOf(channels);
  // From the end of a row of windows to the beginning of the next.
  const turn = <usize>strideHeight * rowBytes - <usize>width * step;
  const stride = bytesOf(filters);
  const windows = height * width;
  let panel = panels;
  for (let j = 0; j < filters; j += TILE_COLUMNS) {
    const columns = min(filters - j, TILE_COLUMNS);
    for (let pass = 0; pass < passes; pass++) {
      let a = image + <usize>pass * rowBytes;
      let left = width;
      let c = y + bytesOf(j);
      const first = pass === 0;
      for (let i = 0; i < windows; i += TILE_ROWS) {
        const rows = min(windows - i, TILE_ROWS);
        const a0 = a;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        const a1 = rows > 1 ? a : a0;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        const a2 = rows > 2 ? a : a0;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        const a3 = rows > 3 ? a : a0;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        const source = first ? from + bytesOf(j) : c;
        const sourceStride: usize = first ? 0 : stride;
        if (rows === TILE_ROWS && columns === TILE_COLUMNS) {
          runTile(c, stride, source, sourceStride, a0, a1, a2, a3, sizeof<real>(), skip, panel, run, runs);
        } else {
          edgeTile(
            room,
            rows,
            columns,
            c,
            stride,
            source,
            sourceStride,
            a0,
            a1,
            a2,
            a3,
            sizeof<real>(),
            skip,
            panel,
            run,
            runs,
          );
        }
        c += <usize>TILE_ROWS * stride;
      }
      panel += bytesOf(run * runs * TILE_COLUMNS);
    }
  }
}

/** dKernel += the products of `runs` rows of windows, whose first row is the first of `planes`, with their dy in panels. */
function addKernelGradient(
  dKernel: usize,
  planes: usize,
  panels: usize,
  width: i32,
  planePixels: i32,
  runs: i32,
  room: usize,
): void {
  const filters = SHAPE.filters;
  const stride = bytesOf(filters);
  const outputWidth = SHAPE.outputWidth;
  const pixel = bytesOf(planeChannels());
  const step = <usize>SHAPE.strideWidth * pixel;
  const skip = <usize>(SHAPE.strideHeight * width) * pixel - <usize>outputWidth * step;
  const entries = SHAPE.kernelHeight * SHAPE.kernelWidth * SHAPE.channels;
  let panel = panels;
  for (let j = 0; j < filters; j += TILE_COLUMNS) {
    const columns = min(filters - j, TILE_COLUMNS);
    let c = dKernel + bytesOf(j);
    for (let e = 0; e < entries; e += TILE_ROWS) {
      const rows = min(entries - e, TILE_ROWS);
      const a0 = planes + entryAt(e, width, planePixels);
      const a1 = rows > 1 ? planes + entryAt(e + 1, width, planePixels) : a0;
      const a2 = rows > 2 ? planes + entryAt(e + 2, width, planePixels) : a0;
      const a3 = rows > 3 ? planes + entryAt(e + 3, width, planePixels) : a0;
      if (rows === TILE_ROWS && columns === TILE_COLUMNS) {
        runTile(c, stride, c, stride, a0, a1, a2, a3, step, skip, panel, outputWidth, runs);
      } else {
        edgeTile(
          room,
          rows,
          columns,
          c,
          stride,
          c,
          stride,
          a0,
          a1,
          a2,
          a3,
          step,
          skip,
          panel,
          outputWidth,
          runs,
        );
      }
      c += <usize>TILE_ROWS * stride;
    }
    panel += bytesOf(runs * outputWidth * TILE_COLUMNS);
  }
}

/** Bytes from the first pixel of a window to entry (ky, kx, channel) of it, in planes. */
function entryAt(entry: i32, width: i32, planePixels: i32): usize {
  const channels = SHAPE.channels;
  const channel = entry % channels;
  const position = entry / channels;
  const pixel = (position / SHAPE.kernelWidth) * width + (position % SHAPE.kernelWidth);
  const each = planeChannels();
  return bytesOf(((channel / each) * planePixels + pixel) * each + (channel % each));
}

/** Channels of a plane: an image of so few is one plane as it is. */
function planeChannels(): i32 {
  return min(SHAPE.channels, PLANE);
}

function planesBytes(): i64 {
  return reals4(paddedHeight(), paddedWidth(), planeChannels(), (SHAPE.channels - 1) / planeChannels() + 1);
}

/** Rows of windows of one sum. */
function blockRows(): i32 {
  return min(SHAPE.outputHeight, max(1, WINDOW_BLOCK / SHAPE.outputWidth));
}

/** Height of the image with its zeros: what some window touches. */
function paddedHeight(): i64 {
  return <i64>(SHAPE.outputHeight - 1) * <i64>SHAPE.strideHeight + <i64>SHAPE.kernelHeight;
}

function paddedWidth(): i64 {
  return <i64>(SHAPE.outputWidth - 1) * <i64>SHAPE.strideWidth + <i64>SHAPE.kernelWidth;
}

/** Height of dy with the zeros around and between that its correlation with the turned kernel needs, or that its last row needs. */
function spreadHeight(): i64 {
  return <i64>SHAPE.height + <i64>SHAPE.kernelHeight - 1;
}

function spreadWidth(): i64 {
  return <i64>SHAPE.width + <i64>SHAPE.kernelWidth - 1;
}

function zerosBytes(columns: i32): i64 {
  return reals4(<i64>columns + TILE_COLUMNS, 1, 1, 1);
}

/** Bytes of a matrix [a x b x c terms][columns] in panels. */
function panelsBytes(a: i32, b: i32, c: i32, columns: i32): i64 {
  const panels = (<i64>columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  return reals4(a, b, c, panels * TILE_COLUMNS);
}
