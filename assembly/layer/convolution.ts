/**
 * The convolution and its gradients, summed as they are defined: implicit im2col. Nothing of the image is unfolded; in an image with its
 * zeros around it, a row of a window is one run of kernelWidth·channels numbers, and the tile reads four windows by their pointers.
 *
 *     y     as a product: rows are windows (four at a time), columns filters, terms (ky, kx, channel)
 *     dx    the same of dy with zeros around (and between, for strides above 1), with the kernel turned
 *     dW    rows are (ky, kx, channel), columns filters, terms the windows of a block of rows of one image
 *
 * The three passes share the image with its zeros and the packed kernel: this file is as long as they are.
 *
 * One image at a time. The order of every sum is fixed: the terms of a window in increasing order from 0, then the bias; of a gradient of the kernel the windows of
 * a block from 0, and the blocks in increasing order.
 */

import { columnSums } from '../columns';
import { packPanels } from '../pack';
import { bytesOf } from '../simd';
import {
  multiplyNarrow,
  multiplyWide,
  NARROW_COLUMNS,
  TILE_BYTES,
  TILE_ROWS,
  tileIsWide,
  WIDE_COLUMNS,
} from '../tile';
import { PLANE, packTurned, placeImage, placePlanes } from './convolution-images';
import { PASS, reals4, roundedUp, SHAPE } from './convolution-shape';

/** Windows of one sum of the kernel's gradient: their dy, as a panel, stays in the first-level cache. */
const WINDOW_BLOCK: i32 = 256;

/** Bytes of scratch for {@link directCorrelation}: a tile, the kernel in panels, an image with its zeros. */
export function directCorrelationScratch(): f64 {
  return (
    TILE_BYTES +
    panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, PASS.channels, PASS.filters) +
    reals4(touchedHeight(), touchedWidth(), PASS.channels, 1)
  );
}

/** y = biases, unless they are 0, + the correlation that {@link PASS} describes. */
export function directCorrelation(y: usize, x: usize, kernel: usize, biases: usize, scratch: usize): void {
  const channels = PASS.channels;
  const filters = PASS.filters;
  const width = <i32>touchedWidth();
  const height = <i32>touchedHeight();
  const positions = SHAPE.kernelHeight * SHAPE.kernelWidth;
  const panels = scratch + TILE_BYTES;
  const image = panels + <usize>panelsBytes(SHAPE.kernelHeight, SHAPE.kernelWidth, channels, filters);
  memory.fill(image, 0, bytesOf(height * width * channels));
  if (PASS.turned) packTurned(panels, tileIsWide(), kernel, positions, filters, channels);
  else packPanels(panels, tileIsWide(), kernel, filters, false, filters, positions * channels);
  // Strides may leave the last rows and columns of x untouched.
  const rows = PASS.turned ? PASS.inputHeight : min(PASS.inputHeight, height - PASS.top);
  const columns = PASS.turned ? PASS.inputWidth : min(PASS.inputWidth, width - PASS.left);
  for (let s = 0; s < SHAPE.samples; s++) {
    placeImage(
      image,
      width,
      PASS.top,
      PASS.left,
      x,
      PASS.inputWidth,
      channels,
      rows,
      columns,
      PASS.dilateHeight,
      PASS.dilateWidth,
    );
    correlate(y, image, panels, biases, width, scratch);
    x += bytesOf(PASS.inputHeight * PASS.inputWidth * channels);
    y += bytesOf(PASS.height * PASS.width * filters);
  }
}

/** Bytes of scratch for {@link directKernelGradient}: a tile, an image in planes, a block of dy in panels. */
export function directKernelGradientScratch(): f64 {
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
    placePlanes(
      planes,
      height * width,
      width,
      SHAPE.top,
      SHAPE.left,
      x,
      SHAPE.width,
      channels,
      planeChannels(),
      rows,
      columns,
    );
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
export function biasGradientScratch(): f64 {
  return reals4(SHAPE.filters, 8, 1, 1);
}

/** dBiases = Σ over all windows of dy, in float64. */
export function biasGradient(dBiases: usize, dy: usize, scratch: usize): void {
  columnSums(scratch, dy, SHAPE.samples * SHAPE.outputHeight * SHAPE.outputWidth, SHAPE.filters);
  for (let j = 0; j < SHAPE.filters; j++)
    store<real>(dBiases + bytesOf(j), <real>load<f64>(scratch + ((<usize>j) << 3)));
}

/** The output of one image [… x imageWidth x channels], placed among its zeros, from the panels of the kernel; `from` are the biases. */
function correlate(y: usize, image: usize, panels: usize, from: usize, imageWidth: i32, aside: usize): void {
  const channels = PASS.channels;
  const filters = PASS.filters;
  const width = PASS.width;
  const run = SHAPE.kernelWidth * channels;
  const rowBytes = <usize>imageWidth * bytesOf(channels);
  const skip = rowBytes - bytesOf(run);
  const step = <usize>PASS.strideWidth * bytesOf(channels);
  // From the end of a row of windows to the beginning of the next.
  const turn = <usize>PASS.strideHeight * rowBytes - <usize>width * step;
  const stride = bytesOf(filters);
  const windows = PASS.height * width;
  const wide = tileIsWide();
  let a0: usize = 0;
  let a1: usize = 0;
  let a2: usize = 0;
  let a3: usize = 0;
  let panel = panels;
  let tile = NARROW_COLUMNS;
  for (let j = 0; j < filters; j += tile) {
    tile = wide && filters - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    const bStep = bytesOf(tile);
    const columns = min(filters - j, tile);
    let a = image;
    let left = width;
    let c = y + bytesOf(j);
    for (let i = 0; i < windows; i += TILE_ROWS) {
      // Past the last window it is taken again.
      for (let r = 0; r < TILE_ROWS; r++) {
        a0 = a1;
        a1 = a2;
        a2 = a3;
        a3 = a;
        if (i + r + 1 < windows) {
          a += step;
          if (--left === 0) {
            a += turn;
            left = width;
          }
        }
      }
      let to = c;
      let toStride = stride;
      let start = from;
      let startStride: usize = 0;
      const rows = min(windows - i, TILE_ROWS);
      const inside = rows === TILE_ROWS && columns === tile;
      if (!inside) {
        to = aside;
        toStride = bStep;
        if (start !== 0) {
          copyRows(aside, bStep, start, startStride, rows, columns);
          start = aside;
          startStride = bStep;
        }
      }
      if (tile === WIDE_COLUMNS)
        multiplyWide(
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
          SHAPE.kernelHeight,
          skip,
          1,
        );
      else
        multiplyNarrow(
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
          SHAPE.kernelHeight,
          skip,
        );
      if (!inside) copyRows(c, stride, aside, bStep, rows, columns);
      c += <usize>TILE_ROWS * stride;
    }
    panel += bytesOf(run * SHAPE.kernelHeight * tile);
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
  let a0: usize = 0;
  let a1: usize = 0;
  let a2: usize = 0;
  let a3: usize = 0;
  let panel = panels;
  let tile = NARROW_COLUMNS;
  for (let j = 0; j < filters; j += tile) {
    tile = wide && filters - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    const bStep = bytesOf(tile);
    const columns = min(filters - j, tile);
    let c = dKernel + bytesOf(j);
    for (let e = 0; e < entries; e += TILE_ROWS) {
      const rows = min(entries - e, TILE_ROWS);
      // Past the last entry it is taken again.
      for (let r = 0; r < TILE_ROWS; r++) {
        a0 = a1;
        a1 = a2;
        a2 = a3;
        a3 = planes + entryAt(min(e + r, entries - 1), width, planePixels);
      }
      let to = c;
      let toStride = stride;
      const inside = rows === TILE_ROWS && columns === tile;
      if (!inside) {
        to = aside;
        toStride = bStep;
        copyRows(aside, bStep, c, stride, rows, columns);
      }
      if (tile === WIDE_COLUMNS)
        multiplyWide(
          to,
          toStride,
          to,
          toStride,
          a0,
          a1,
          a2,
          a3,
          step,
          panel,
          bStep,
          outputWidth,
          runs,
          skip,
          1,
        );
      else
        multiplyNarrow(
          to,
          toStride,
          to,
          toStride,
          a0,
          a1,
          a2,
          a3,
          step,
          panel,
          bStep,
          outputWidth,
          runs,
          skip,
        );
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

function planesBytes(): f64 {
  return reals4(paddedHeight(), paddedWidth(), planeChannels(), (SHAPE.channels - 1) / planeChannels() + 1);
}

/** Rows of windows of one sum. */
function blockRows(): i32 {
  return min(SHAPE.outputHeight, max(1, WINDOW_BLOCK / SHAPE.outputWidth));
}

/** Height of the image with its zeros: what some window touches. */
function paddedHeight(): f64 {
  return <f64>(SHAPE.outputHeight - 1) * <f64>SHAPE.strideHeight + <f64>SHAPE.kernelHeight;
}

function paddedWidth(): f64 {
  return <f64>(SHAPE.outputWidth - 1) * <f64>SHAPE.strideWidth + <f64>SHAPE.kernelWidth;
}

/** Height of the input with its zeros that some window of the pass touches. */
function touchedHeight(): f64 {
  return <f64>(PASS.height - 1) * <f64>PASS.strideHeight + <f64>SHAPE.kernelHeight;
}

function touchedWidth(): f64 {
  return <f64>(PASS.width - 1) * <f64>PASS.strideWidth + <f64>SHAPE.kernelWidth;
}

/** Bytes of a matrix [a x b x c terms][columns] in panels. */
function panelsBytes(a: i32, b: i32, c: i32, columns: i32): f64 {
  return reals4(a, b, c, roundedUp(columns, NARROW_COLUMNS));
}
