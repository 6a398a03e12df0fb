/**
 * The covariance C = X_cᵀ·X_c/ν with ν = samples − ddof, its adjoint (VJP) and its directional derivative (JVP).
 * X is samples x units; X_c is X less its column means when centred, else X itself. Each operation stands beside the size of
 * its scratch memory, which makes the file as long as it is.
 */

import { centerColumns } from './columns';
import { mirrorLower, product, productScratch } from './gemm';
import { bytesOf, LANES, loadPart, multiplyAddWide, storePart, widenHigh, widenLow } from './simd';
import { reals } from './status';

/** Bytes of a matrix of floats, rounded up to whole cache lines. */
export function matrixBytes(rows: i32, columns: i32): i64 {
  return (reals(rows, columns) + 63) & ~63;
}

/** The place after a matrix of floats in scratch memory. */
export function after(pointer: usize, rows: i32, columns: i32): usize {
  return pointer + <usize>matrixBytes(rows, columns);
}

/** Bytes of scratch for {@link covariance}. */
export function covarianceScratch(samples: i32, units: i32): i64 {
  return matrixBytes(samples, units) + productScratch(units, units, samples);
}

/** c [units x units] = covariance of x. */
export function covariance(
  c: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  scratch: usize,
): void {
  const rest = after(scratch, samples, units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  gram(c, xc, true, units, samples, 1.0 / (<f64>samples - ddof), rest);
}

/** X_c: computed into `copy` when centred, else x itself. */
export function centeredOrSelf(copy: usize, x: usize, samples: i32, units: i32, centered: bool): usize {
  if (!centered) return x;
  centerColumns(copy, x, samples, units);
  return copy;
}

/** c [order x order] = alpha · AᵀA (`transpose`, A is inner x order) or alpha · AAᵀ (A is order x inner). */
export function gram(
  c: usize,
  a: usize,
  transpose: bool,
  order: i32,
  inner: i32,
  alpha: f64,
  scratch: usize,
): void {
  gramLower(c, a, transpose, order, inner, alpha, scratch);
  mirrorLower(c, order);
}

/** The lower triangle of {@link gram}; what is above it is not defined. */
export function gramLower(
  c: usize,
  a: usize,
  transpose: bool,
  order: i32,
  inner: i32,
  alpha: f64,
  scratch: usize,
): void {
  product(c, a, transpose, a, !transpose, order, order, inner, <real>alpha, false, true, scratch);
}

/** Bytes of scratch for {@link covarianceVjp}. */
export function covarianceVjpScratch(samples: i32, units: i32): i64 {
  return matrixBytes(samples, units) + matrixBytes(units, units) + productScratch(samples, units, units);
}

/** dx [samples x units] = X_c·(G + Gᵀ)/ν for the upstream gradient G [units x units]. */
export function covarianceVjp(
  dx: usize,
  x: usize,
  upstream: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  scratch: usize,
): void {
  const symmetric = after(scratch, samples, units);
  const rest = after(symmetric, units, units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  addTranspose(symmetric, upstream, units);
  const alpha = <real>(1.0 / (<f64>samples - ddof));
  product(dx, xc, false, symmetric, false, samples, units, units, alpha, false, false, rest);
}

/** Bytes of scratch for {@link covarianceJvp}. */
export function covarianceJvpScratch(samples: i32, units: i32): i64 {
  return 2 * matrixBytes(samples, units) + matrixBytes(units, units) + productScratch(units, units, samples);
}

/** dc [units x units] = (T_cᵀ·X_c + X_cᵀ·T_c)/ν along the tangent T [samples x units]. */
export function covarianceJvp(
  dc: usize,
  x: usize,
  tangent: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  scratch: usize,
): void {
  const other = after(scratch, samples, units);
  const half = after(other, samples, units);
  const rest = after(half, units, units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  const tc = centeredOrSelf(other, tangent, samples, units, centered);
  const alpha = <real>(1.0 / (<f64>samples - ddof));
  product(half, tc, true, xc, false, units, units, samples, alpha, false, false, rest);
  addTranspose(dc, half, units);
}

/** out = G + Gᵀ; both order x order and apart. */
function addTranspose(out: usize, g: usize, order: i32): void {
  const step = bytesOf(order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j += LANES) {
      const count = order - j;
      const column = g + <usize>j * step + bytesOf(i);
      let t = v128.splat<real>(load<real>(column));
      if (count > 1) t = v128.replace_lane<real>(t, 1, load<real>(column + step));
      if (sizeof<real>() === 4) {
        if (count > 2) t = f32x4.replace_lane(t, 2, load<f32>(column + 2 * step));
        if (count > 3) t = f32x4.replace_lane(t, 3, load<f32>(column + 3 * step));
      }
      const offset = <usize>i * step + bytesOf(j);
      storePart(out + offset, v128.add<real>(loadPart(g + offset, count, 0), t), count);
    }
  }
}

/** Samples handled at a time by {@link covarianceFloat64}: a panel of four columns stays in the first-level cache. */
const SAMPLE_BLOCK: i32 = 128;

/** Bytes of scratch for {@link covarianceFloat64}: the means, one block of widened samples, one tile. */
export function covarianceFloat64Scratch(samples: i32, units: i32): i64 {
  if (sizeof<real>() === 8) return covarianceScratch(samples, units);
  const padded = (<i64>units + 3) & ~3;
  return padded * 8 + padded * <i64>SAMPLE_BLOCK * 8 + 128;
}

/**
 * c [units x units, float64] = centred covariance of x with ddof 1, every operation in float64.
 *
 * The samples are widened and centred a block at a time into panels of four columns; a tile of 4 x 4 sums
 * is added to C for each block.
 */
export function covarianceFloat64(c: usize, x: usize, samples: i32, units: i32, scratch: usize): void {
  if (sizeof<real>() === 8) {
    covariance(c, x, samples, units, true, 1, scratch);
    return;
  }
  const panels = (units + 3) >> 2;
  const means = scratch;
  const block = means + ((<usize>panels) << 5);
  const tile = block + <usize>panels * <usize>SAMPLE_BLOCK * 32;
  const step = bytesOf(units);
  const order = (<usize>units) << 3;
  memory.fill(c, 0, <usize>units * order);
  for (let panel = 0; panel < panels; panel++) {
    const count = units - (panel << 2);
    let p = x + ((<usize>panel) << 4);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const v = loadPart(p, count, 0);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    const n = f64x2.splat(<f64>samples);
    v128.store(means + ((<usize>panel) << 5), f64x2.div(s0, n));
    v128.store(means + ((<usize>panel) << 5), f64x2.div(s1, n), 16);
  }
  for (let i0 = 0; i0 < samples; i0 += SAMPLE_BLOCK) {
    const terms = min(SAMPLE_BLOCK, samples - i0);
    for (let panel = 0; panel < panels; panel++) {
      const count = units - (panel << 2);
      const m0 = v128.load(means + ((<usize>panel) << 5));
      const m1 = v128.load(means + ((<usize>panel) << 5), 16);
      let p = x + <usize>i0 * step + ((<usize>panel) << 4);
      let to = block + <usize>panel * <usize>SAMPLE_BLOCK * 32;
      for (let i = 0; i < terms; i++) {
        const v = loadPart(p, count, 0);
        v128.store(to, f64x2.sub(widenLow(v), m0));
        v128.store(to, f64x2.sub(widenHigh(v), m1), 16);
        p += step;
        to += 32;
      }
    }
    for (let row = 0; row < panels; row++) {
      const a = block + <usize>row * <usize>SAMPLE_BLOCK * 32;
      const rows = min(4, units - (row << 2));
      for (let column = 0; column <= row; column++) {
        multiplyTile64(tile, a, block + <usize>column * <usize>SAMPLE_BLOCK * 32, terms);
        const columns = min(4, units - (column << 2));
        for (let i = 0; i < rows; i++) {
          const target = c + <usize>((row << 2) + i) * order + ((<usize>column) << 5);
          for (let j = 0; j < columns; j++) {
            const entry = target + ((<usize>j) << 3);
            store<f64>(entry, load<f64>(entry) + load<f64>(tile + ((<usize>((i << 2) + j)) << 3)));
          }
        }
      }
    }
  }
  const scale = 1.0 / (<f64>samples - 1.0);
  for (let i = 0; i < units; i++) {
    for (let j = 0; j <= i; j++) {
      const value = load<f64>(c + <usize>i * order + ((<usize>j) << 3)) * scale;
      store<f64>(c + <usize>i * order + ((<usize>j) << 3), value);
      store<f64>(c + <usize>j * order + ((<usize>i) << 3), value);
    }
  }
}

/** tile [4 x 4] = A-panelᵀ · B-panel in float64. */
function multiplyTile64(tile: usize, a: usize, b: usize, terms: i32): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  for (let p = 0; p < terms; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = multiplyAddWide(a0, b0, c00);
    c01 = multiplyAddWide(a0, b1, c01);
    const a1 = v128.load64_splat(a, 8);
    c10 = multiplyAddWide(a1, b0, c10);
    c11 = multiplyAddWide(a1, b1, c11);
    const a2 = v128.load64_splat(a, 16);
    c20 = multiplyAddWide(a2, b0, c20);
    c21 = multiplyAddWide(a2, b1, c21);
    const a3 = v128.load64_splat(a, 24);
    c30 = multiplyAddWide(a3, b0, c30);
    c31 = multiplyAddWide(a3, b1, c31);
    a += 32;
    b += 32;
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(tile, c10, 32);
  v128.store(tile, c11, 48);
  v128.store(tile, c20, 64);
  v128.store(tile, c21, 80);
  v128.store(tile, c30, 96);
  v128.store(tile, c31, 112);
}
