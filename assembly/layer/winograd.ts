/**
 * The convolution and its gradients by Winograd's algorithm: F(2x2, 3x3), F(4x4, 3x3) and F(2x2, 5x5), for stride 1.
 *
 * An image is cut into tiles of m x m outputs. Each of the n x n points, n = m + k − 1, is one product over the channels:
 *
 *     y     V = Bᵀ·d·B of the tiles [points][tiles][channels], U = G·g·Gᵀ [points][channels][filters], P = V·U a point, y = Aᵀ·P·A
 *     dx    the same of dy with the kernel turned
 *     dW    Z = A·dy·Aᵀ [points][tiles][filters], dU = Vᵀ·Z a point, added image by image, dW = Gᵀ·dU·G: the exact adjoint
 *
 * The three passes share the tiles and the scratch, which makes the file as long as it is.
 *
 * One image at a time: V and P stay in the second-level cache. Biases enter P at the point (1, 1), which every output has once. The
 * order of every sum is fixed. A NaN or an infinity of an image spreads over the tiles that it is part of.
 */

import { packPanels } from '../pack';
import { bytesOf } from '../simd';
import { multiplyNarrow, multiplyWide, NARROW_COLUMNS, TILE_ROWS, tileIsWide, WIDE_COLUMNS } from '../tile';
import { placeImage } from './convolution-images';
import { PASS, reals4, roundedUp, SHAPE } from './convolution-shape';
import { INPUT, OUTPUT, SPREAD, transform, transformWeights } from './winograd-transforms';

/** Bytes behind an array that whole vectors read or write past its end. */
const SLACK: f64 = 64;
/** Channels and filters below which the transforms take more than the products save. */
const FEWEST_CHANNELS: i32 = 16;
/** Tiles of an image below which dW takes smaller ones: its products are sums over the tiles. */
const FEWEST_TILES: i32 = 24;

/**
 * Side of a tile of outputs for an image of height x width outputs with at least `fewest` tiles: 2, 4, or 0 where the direct form is as
 * fast. By the shape alone.
 */
function tileSide(height: i32, width: i32, fewest: i32): i32 {
  const k = SHAPE.kernelHeight;
  const square = k === SHAPE.kernelWidth && SHAPE.strideHeight === 1 && SHAPE.strideWidth === 1;
  if (SHAPE.exact || !square || min(SHAPE.channels, SHAPE.filters) < FEWEST_CHANNELS) return 0;
  // Products of an image; the transforms take about half as long again. Where they wrap, either form is as right.
  let least = 2 * k * k * height * width;
  let side = 0;
  for (let m = 2; m < (k === 3 ? 6 : k === 5 ? 4 : 0); m += 2) {
    const count = ((height + m - 1) / m) * ((width + m - 1) / m);
    const products = 3 * (m + k - 1) * (m + k - 1) * count;
    if (products < least && (m === 2 || count >= fewest)) {
      least = products;
      side = m;
    }
  }
  return side;
}

/** Side of a tile of the output of {@link PASS}. */
export function correlationSide(): i32 {
  return tileSide(PASS.height, PASS.width, 0);
}

/** Side of a tile of dy for the kernel's gradient. */
export function kernelGradientSide(): i32 {
  return tileSide(SHAPE.outputHeight, SHAPE.outputWidth, FEWEST_TILES);
}

/** Layout of a convolution: its tiles of outputs, and the place of each intermediate in the scratch, in bytes from its beginning. */
@unmanaged
class Tiling {
  /** Side of a tile of outputs, and of inputs: n = m + k − 1. */
  m: i32;
  n: i32;
  rows: i32;
  columns: i32;
  /** Bytes of a matrix tiles x channels for one point, and tiles x filters; the tiles rounded up to whole rows of a register tile. */
  inputPoint: usize;
  outputPoint: usize;
  /** U in panels, or dU. */
  u: usize;
  /** An image with its zeros, and one of dy. */
  image: usize;
  upstream: usize;
  /** V, and the products or Z. */
  v: usize;
  z: usize;
  /** A row of tiles after the first transform, and one of a tile after the second. */
  row: usize;
  part: usize;
}

const TILING: Tiling = changetype<Tiling>(memory.data(offsetof<Tiling>(), 8));

/**
 * Bytes of scratch for a pass that cuts height x width outputs of `channels` to `filters` into tiles of m x m. Sets {@link TILING}: its biases
 * come first.
 */
export function tilingScratch(m: i32, height: i32, width: i32, channels: i32, filters: i32): f64 {
  const k = SHAPE.kernelHeight;
  const n = m + k - 1;
  const inner = padded(channels);
  const outer = padded(filters);
  const most = max(inner, outer);
  const rows = Math.ceil(<f64>height / <f64>m);
  const columns = Math.ceil(<f64>width / <f64>m);
  const line = padded(((columns - 1) * m + n) * most);
  const imageBytes = reals4((rows - 1) * m + n, line, 1, 1) + SLACK;
  const count = roundedUp(rows * columns, TILE_ROWS);
  TILING.m = m;
  TILING.n = n;
  TILING.rows = <i32>rows;
  TILING.columns = <i32>columns;
  TILING.inputPoint = <usize>reals4(count, inner, 1, 1);
  TILING.outputPoint = <usize>reals4(count, outer, 1, 1);
  const u = reals4(most, 1, 1, 1);
  const image = u + reals4(n, n, inner, outer) + SLACK;
  const upstream = image + imageBytes;
  const v = upstream + imageBytes;
  const z = v + reals4(n, n, count, inner) + SLACK;
  const row = z + reals4(n, n, count, outer) + SLACK;
  const part = row + reals4(n, line, 1, 1) + SLACK;
  TILING.u = <usize>u;
  TILING.image = <usize>image;
  TILING.upstream = <usize>upstream;
  TILING.v = <usize>v;
  TILING.z = <usize>z;
  TILING.row = <usize>row;
  TILING.part = <usize>part;
  // A kernel half and wholly transformed takes the place of the images.
  return max(part + reals4(m, most, 1, 1), image + reals4(n, n + k, inner, outer));
}

/** dKernel = Σ over the windows of the window's pixels times dy, by tiles of m x m of dy. */
export function winogradKernelGradient(m: i32, dKernel: usize, dy: usize, x: usize, scratch: usize): void {
  tilingScratch(m, SHAPE.outputHeight, SHAPE.outputWidth, SHAPE.channels, SHAPE.filters);
  const k = SHAPE.kernelHeight;
  const n = TILING.n;
  const channels = roundedToTile(SHAPE.channels);
  const filters = roundedToTile(SHAPE.filters);
  const du = scratch + TILING.u;
  const image = scratch + TILING.image;
  const v = scratch + TILING.v;
  const z = scratch + TILING.z;
  memory.fill(du, 0, v - du);
  for (let s = 0; s < SHAPE.samples; s++) {
    tilesOfImage(
      INPUT,
      v,
      image,
      x,
      SHAPE.height,
      SHAPE.width,
      SHAPE.channels,
      SHAPE.top,
      SHAPE.left,
      scratch,
    );
    tilesOfImage(
      SPREAD,
      z,
      scratch + TILING.upstream,
      dy,
      SHAPE.outputHeight,
      SHAPE.outputWidth,
      SHAPE.filters,
      0,
      0,
      scratch,
    );
    for (let p = 0; p < n * n; p++) {
      const c = du + bytesOf(p * channels * filters);
      const a = v + <usize>p * TILING.inputPoint;
      const b = z + <usize>p * TILING.outputPoint;
      multiplyPoint(
        c,
        c,
        bytesOf(filters),
        a,
        sizeof<real>(),
        bytesOf(channels),
        b,
        bytesOf(filters),
        TILING.rows * TILING.columns,
        SHAPE.channels,
        filters,
      );
    }
    x += bytesOf(SHAPE.height * SHAPE.width * SHAPE.channels);
    dy += bytesOf(SHAPE.outputHeight * SHAPE.outputWidth * SHAPE.filters);
  }
  // dW = Gᵀ·dU·G: along the rows, then along the columns, then without the padding.
  const each = channels * filters;
  const half = image;
  const whole = half + bytesOf(n * k * each);
  for (let i = 0; i < n; i++) {
    transformWeights(
      true,
      false,
      n,
      k,
      half + bytesOf(i * k * each),
      bytesOf(each),
      du + bytesOf(i * n * each),
      bytesOf(each),
      each,
    );
  }
  transformWeights(true, false, n, k, whole, bytesOf(k * each), half, bytesOf(k * each), k * each);
  for (let p = 0; p < k * k; p++) {
    for (let c = 0; c < SHAPE.channels; c++) {
      memory.copy(
        dKernel + bytesOf((p * SHAPE.channels + c) * SHAPE.filters),
        whole + bytesOf((p * channels + c) * filters),
        bytesOf(SHAPE.filters),
      );
    }
  }
}

/** y = biases, unless they are 0, + the correlation that {@link PASS} describes, by tiles of m x m. */
export function winogradCorrelation(
  m: i32,
  y: usize,
  x: usize,
  kernel: usize,
  biases: usize,
  scratch: usize,
): void {
  const channels = PASS.channels;
  const filters = PASS.filters;
  tilingScratch(m, PASS.height, PASS.width, channels, filters);
  const n = TILING.n;
  const outer = roundedToTile(filters);
  const u = scratch + TILING.u;
  const image = scratch + TILING.image;
  const v = scratch + TILING.v;
  const products = scratch + TILING.z;
  transformKernel(u, kernel, n, image);
  memory.fill(scratch, 0, bytesOf(outer));
  if (biases !== 0) memory.copy(scratch, biases, bytesOf(filters));
  memory.fill(image, 0, products - image);
  for (let s = 0; s < SHAPE.samples; s++) {
    tilesOfImage(
      INPUT,
      v,
      image,
      x,
      PASS.inputHeight,
      PASS.inputWidth,
      channels,
      PASS.top,
      PASS.left,
      scratch,
    );
    for (let p = 0; p < n * n; p++) {
      multiplyPoint(
        products + <usize>p * TILING.outputPoint,
        biases !== 0 && p === n + 1 ? scratch : 0,
        0,
        v + <usize>p * TILING.inputPoint,
        bytesOf(roundedToTile(channels)),
        sizeof<real>(),
        u + bytesOf(p * channels * outer),
        0,
        channels,
        TILING.rows * TILING.columns,
        outer,
      );
    }
    imageOfTiles(y, products, scratch);
    x += bytesOf(PASS.inputHeight * PASS.inputWidth * channels);
    y += bytesOf(PASS.height * PASS.width * filters);
  }
}

/** u [points] = panels of G·g·Gᵀ [channels x filters] of the kernel of {@link PASS}. */
function transformKernel(u: usize, kernel: usize, n: i32, scratch: usize): void {
  const turned = PASS.turned;
  const channels = PASS.channels;
  const filters = PASS.filters;
  const k = SHAPE.kernelHeight;
  const each = channels * filters;
  // Whole vectors: what is written past the end of one must not reach the next.
  const halfStep = bytesOf(roundedToTile(k * each));
  const wholeStep = bytesOf(roundedToTile(each));
  const half = scratch;
  const whole = half + <usize>n * halfStep;
  // A copy, for whole vectors are read past the end of it.
  memory.copy(whole, kernel, bytesOf(k * k * each));
  transformWeights(false, turned, n, k, half, halfStep, whole, bytesOf(k * each), k * each);
  for (let i = 0; i < n; i++) {
    transformWeights(
      false,
      turned,
      n,
      k,
      whole + <usize>(i * n) * wholeStep,
      wholeStep,
      half + <usize>i * halfStep,
      bytesOf(each),
      each,
    );
  }
  const panels = bytesOf(channels * roundedToTile(filters));
  for (let p = 0; p < n * n; p++) {
    const from = whole + <usize>p * wholeStep;
    packPanels(
      u + <usize>p * panels,
      tileIsWide(),
      from,
      turned ? channels : filters,
      turned,
      filters,
      channels,
    );
  }
}

/**
 * target [points][tiles][channels, rounded up] = the transforms of the tiles of an image: its own tiles of n x n (INPUT), or those of m x m (SPREAD).
 * `place` holds zeros where no image comes to lie.
 */
function tilesOfImage(
  kind: i32,
  target: usize,
  place: usize,
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  scratch: usize,
): void {
  const m = TILING.m;
  const n = TILING.n;
  const rows = TILING.rows;
  const columns = TILING.columns;
  const row = scratch + TILING.row;
  const side = kind === INPUT ? n : m;
  const placeWidth = (columns - 1) * m + side;
  const placeHeight = (rows - 1) * m + side;
  const shownRows = min(height, placeHeight - top);
  placeImage(
    place,
    placeWidth,
    top,
    left,
    image,
    width,
    channels,
    shownRows,
    min(width, placeWidth - left),
    1,
    1,
  );
  const pixel = bytesOf(channels);
  const line = <usize>placeWidth * pixel;
  const rowStep = bytesOf(roundedToTile(placeWidth * channels));
  const tile = bytesOf(roundedToTile(channels));
  const point = kind === INPUT ? TILING.inputPoint : TILING.outputPoint;
  for (let i = 0; i < rows; i++) {
    transform(kind, n, m, row, rowStep, place + <usize>(i * m) * line, line, placeWidth * channels, 1, 0, 0);
    for (let p = 0; p < n; p++) {
      const to = target + <usize>(p * n) * point;
      const next = <usize>m * pixel;
      transform(kind, n, m, to, point, row + <usize>p * rowStep, pixel, channels, columns, tile, next);
    }
    target += <usize>columns * tile;
  }
}

/** y = Aᵀ·P·A of products [points][tiles][filters, rounded up]. */
function imageOfTiles(y: usize, products: usize, scratch: usize): void {
  const m = TILING.m;
  const n = TILING.n;
  const rows = TILING.rows;
  const columns = TILING.columns;
  const row = scratch + TILING.row;
  const part = scratch + TILING.part;
  const height = PASS.height;
  const width = PASS.width;
  const filters = PASS.filters;
  const pixel = bytesOf(filters);
  const tile = bytesOf(roundedToTile(filters));
  const line = <usize>columns * tile;
  const point = TILING.outputPoint;
  // Tiles that are written where they belong: whole ones of whole pairs of vectors.
  const whole = filters % NARROW_COLUMNS === 0 ? width / m : 0;
  for (let i = 0; i < rows; i++) {
    for (let p = 0; p < n; p++) {
      transform(
        OUTPUT,
        n,
        m,
        row + <usize>p * line,
        <usize>n * line,
        products + <usize>p * point,
        <usize>n * point,
        columns * roundedToTile(filters),
        1,
        0,
        0,
      );
    }
    for (let r = 0; r < min(m, height - i * m); r++) {
      let from = row + <usize>(r * n) * line;
      let to = y + <usize>((i * m + r) * width) * pixel;
      const next = <usize>m * pixel;
      transform(OUTPUT, n, m, to, pixel, from, line, filters, whole, next, tile);
      to += <usize>whole * next;
      from += <usize>whole * tile;
      for (let j = whole; j < columns; j++) {
        transform(OUTPUT, n, m, part, tile, from, line, filters, 1, 0, 0);
        for (let q = 0; q < min(m, width - j * m); q++)
          memory.copy(to + <usize>q * pixel, part + <usize>q * tile, pixel);
        to += next;
        from += tile;
      }
    }
    products += line;
  }
}

/**
 * C [rows x columns, whole tiles] = start + A·B for one point: rows of A are `aRow` bytes apart, its terms `aStep`. B is in panels, or
 * dense with `bRow` bytes a row. `start` is C, a row for all of them with stride 0, or 0.
 */
function multiplyPoint(
  c: usize,
  start: usize,
  stride: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  inner: i32,
  rows: i32,
  columns: i32,
): void {
  const cRow = bytesOf(columns);
  const wide = tileIsWide();
  let tile = NARROW_COLUMNS;
  for (let j = 0; j < columns; j += tile) {
    tile = wide && columns - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    const bStep = bRow !== 0 ? bRow : bytesOf(tile);
    let to = c + bytesOf(j);
    let from = start;
    let a0 = a;
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const a1 = a0 + aRow;
      const a2 = a1 + aRow;
      const a3 = a2 + aRow;
      if (tile === WIDE_COLUMNS)
        multiplyWide(to, cRow, from, stride, a0, a1, a2, a3, aStep, b, bStep, inner, 1, 0, 1);
      else multiplyNarrow(to, cRow, from, stride, a0, a1, a2, a3, aStep, b, bStep, inner, 1, 0);
      to += <usize>TILE_ROWS * cRow;
      from += <usize>TILE_ROWS * stride;
      a0 = a3 + aRow;
    }
    if (start !== 0) start += bytesOf(tile);
    b += bRow !== 0 ? bytesOf(tile) : bytesOf(inner * tile);
  }
}

/** Columns with those that fill the last tile of a product, and whole vectors. */
function padded(columns: f64): f64 {
  return roundedUp(columns, NARROW_COLUMNS);
}

/** {@link padded} of what is known to fit into the memory. */
function roundedToTile(columns: i32): i32 {
  return (columns + NARROW_COLUMNS - 1) & -NARROW_COLUMNS;
}
