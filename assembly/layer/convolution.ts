/**
 * The convolution and its gradients, summed as they are defined: implicit im2col. Nothing of the image is unfolded; in an image with its
 * zeros around it, a row of a window is one run of kernelWidth·channels numbers, and the tile reads four windows by their pointers.
 *
 *     y     as a product: rows are windows (four at a time), columns filters, terms (ky, kx, channel)
 *     dx    the same of dy with zeros around (and between, for strides above 1), with the kernel turned
 *     dW    rows are (ky, kx, channel), columns filters, terms the windows of a block of rows of one image
 *
 * One image at a time. The order of every sum is fixed: the terms of a window in increasing order from 0, all at once or, where
 * they are many, one row of it at a time, added to the biases in increasing order; of a gradient of the kernel the windows of
 * a block from 0, and the blocks in increasing order.
 */

import { columnSums } from '../columns';
import { packPanels } from '../pack';
import { bytesOf } from '../simd';
import { NARROW_COLUMNS, TILE_BYTES, TILE_ROWS, tileIsWide, WIDE_COLUMNS } from '../tile';
import { PLANE, packTurned, placeImage, placePlanes } from './convolution-images';
import { reals4, SHAPE } from './convolution-shape';
import { runsNarrow, runsWide } from './convolution-tile';

/** Terms of a window above which its rows are summed one at a time: less rounding, and panels that stay in the second-level cache. */
const WHOLE_WINDOW: i32 = 1024;
/** Terms of a row of a window below which the way to and from memory would take too long. */
const SHORT_RUN: i32 = 32;
/** Windows of one sum of the kernel's gradient: their dy, as a panel, stays in the first-level cache. */
const WINDOW_BLOCK: i32 = 256;

/** Bytes of scratch for {@link directForward}: a tile, the kernel in panels, an image with its zeros. */
export function directForwardScratch(): i64 {
  return (
    TILE_BYTES +
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
  const panels = scratch + TILE_BYTES;
  const image = panels + <usize>panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, channels, filters);
  memory.fill(image, 0, bytesOf(height * width * channels));
  packPanels(
    panels,
    tileIsWide(),
    kernel,
    filters,
    false,
    filters,
    SHAPE.kernelHeight * SHAPE.kernelWidth * channels,
  );
  const rows = min(SHAPE.height, height - SHAPE.top);
  const columns = min(SHAPE.width, width - SHAPE.left);
  for (let s = 0; s < SHAPE.samples; s++) {
    placeImage(image, width, SHAPE.top, SHAPE.left, x, SHAPE.width, channels, rows, columns, 1, 1);
    correlate(
      y,
      image,
      panels,
      biases,
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
  const panels = scratch + TILE_BYTES;
  const image = panels + <usize>panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, filters, channels);
  memory.fill(image, 0, bytesOf(height * width * filters));
  packTurned(panels, tileIsWide(), kernel, SHAPE.kernelHeight * SHAPE.kernelWidth, channels, filters);
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
    correlate(dx, image, panels, 0, width, filters, channels, SHAPE.height, SHAPE.width, 1, 1, scratch);
    dx += bytesOf(SHAPE.height * SHAPE.width * channels);
    dy += bytesOf(SHAPE.outputHeight * SHAPE.outputWidth * filters);
  }
}

/** Bytes of scratch for {@link directKernelGradient}: a tile, an image in planes, a block of dy in panels. */
export function directKernelGradientScratch(): i64 {
  return TILE_BYTES + planesBytes() + panelsBytes(blockRows(), SHAPE.outputWidth, 1, SHAPE.filters);
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
  const planes = scratch + TILE_BYTES;
  const panels = planes + <usize>planesBytes();
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
      packPanels(
        panels,
        tileIsWide(),
        dy + bytesOf(i * outputWidth * filters),
        filters,
        false,
        filters,
        runs * outputWidth,
      );
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
  aside: usize,
): void {
  const run = SHAPE.kernelWidth * channels;
  const whole = run < SHORT_RUN || run * SHAPE.kernelHeight <= WHOLE_WINDOW;
  const runs = whole ? SHAPE.kernelHeight : 1;
  const passes = whole ? 1 : SHAPE.kernelHeight;
  const rowBytes = <usize>imageWidth * bytesOf(channels);
  const skip = rowBytes - bytesOf(run);
  const step = <usize>strideWidth * bytesOf(channels);
  // From the end of a row of windows to the beginning of the next.
  const turn = <usize>strideHeight * rowBytes - <usize>width * step;
  const stride = bytesOf(filters);
  const windows = height * width;
  const wide = tileIsWide();
  let panel = panels;
  let tile = NARROW_COLUMNS;
  for (let j = 0; j < filters; j += tile) {
    tile = wide && filters - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    const bStep = bytesOf(tile);
    const columns = min(filters - j, tile);
    for (let pass = 0; pass < passes; pass++) {
      // The first sums begin at the biases, the others where those before them ended.
      const biases = pass === 0;
      let a = image + <usize>pass * rowBytes;
      let left = width;
      let c = y + bytesOf(j);
      for (let i = 0; i < windows; i += TILE_ROWS) {
        const a0 = a;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        let a1 = a;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        let a2 = a;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        let a3 = a;
        a += step;
        if (--left === 0) {
          a += turn;
          left = width;
        }
        let to = c;
        let toStride = stride;
        let start = biases ? from : c;
        let startStride: usize = biases ? 0 : stride;
        const rows = min(windows - i, TILE_ROWS);
        const inside = rows === TILE_ROWS && columns === tile;
        if (!inside) {
          if (rows < 2) a1 = a0;
          if (rows < 3) a2 = a0;
          if (rows < 4) a3 = a0;
          to = aside;
          toStride = bStep;
          if (start !== 0) {
            copyRows(aside, bStep, start, startStride, rows, columns);
            start = aside;
            startStride = bStep;
          }
        }
        if (tile === WIDE_COLUMNS)
          runsWide(
            to,
            toStride,
            start,
            startStride,
            a0,
            a1,
            a2,
            a3,
            sizeof<real>(),
            panel,
            bStep,
            run,
            runs,
            skip,
          );
        else
          runsNarrow(
            to,
            toStride,
            start,
            startStride,
            a0,
            a1,
            a2,
            a3,
            sizeof<real>(),
            panel,
            bStep,
            run,
            runs,
            skip,
          );
        if (!inside) copyRows(c, stride, aside, bStep, rows, columns);
        c += <usize>TILE_ROWS * stride;
      }
      panel += bytesOf(run * runs * tile);
    }
    if (from !== 0) from += bytesOf(tile);
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
  aside: usize,
): void {
  const filters = SHAPE.filters;
  const stride = bytesOf(filters);
  const outputWidth = SHAPE.outputWidth;
  const pixel = bytesOf(planeChannels());
  const step = <usize>SHAPE.strideWidth * pixel;
  const skip = <usize>(SHAPE.strideHeight * width) * pixel - <usize>outputWidth * step;
  const entries = SHAPE.kernelHeight * SHAPE.kernelWidth * SHAPE.channels;
  const wide = tileIsWide();
  let panel = panels;
  let tile = NARROW_COLUMNS;
  for (let j = 0; j < filters; j += tile) {
    tile = wide && filters - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    const bStep = bytesOf(tile);
    const columns = min(filters - j, tile);
    let c = dKernel + bytesOf(j);
    for (let e = 0; e < entries; e += TILE_ROWS) {
      const rows = min(entries - e, TILE_ROWS);
      const a0 = planes + entryAt(e, width, planePixels);
      const a1 = rows > 1 ? planes + entryAt(e + 1, width, planePixels) : a0;
      const a2 = rows > 2 ? planes + entryAt(e + 2, width, planePixels) : a0;
      const a3 = rows > 3 ? planes + entryAt(e + 3, width, planePixels) : a0;
      let to = c;
      let toStride = stride;
      const inside = rows === TILE_ROWS && columns === tile;
      if (!inside) {
        to = aside;
        toStride = bStep;
        copyRows(aside, bStep, c, stride, rows, columns);
      }
      if (tile === WIDE_COLUMNS)
        runsWide(to, toStride, to, toStride, a0, a1, a2, a3, step, panel, bStep, outputWidth, runs, skip);
      else
        runsNarrow(to, toStride, to, toStride, a0, a1, a2, a3, step, panel, bStep, outputWidth, runs, skip);
      if (!inside) copyRows(c, stride, aside, bStep, rows, columns);
      c += <usize>TILE_ROWS * stride;
    }
    panel += bytesOf(runs * outputWidth * tile);
  }
}

/** The part of a tile at an edge that exists, to or from the tile computed aside. */
function copyRows(to: usize, toStride: usize, from: usize, fromStride: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) store<real>(to + bytesOf(j), load<real>(from + bytesOf(j)));
    to += toStride;
    from += fromStride;
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

/** Bytes of a matrix [a x b x c terms][columns] in panels. */
function panelsBytes(a: i32, b: i32, c: i32, columns: i32): i64 {
  const panels = (<i64>columns + NARROW_COLUMNS - 1) / NARROW_COLUMNS;
  return reals4(a, b, c, panels * NARROW_COLUMNS);
}
