/**
 * Helmert's contrasts Y [n − 1 x m] of the activations X [n x m], in place of X_c: YᵀY = X_cᵀX_c.
 *
 * With no more samples than units X_c·X_cᵀ is singular whatever the activations are, since every column of X_c sums to 0: to add ε and invert loses
 * digits where ε is small beside C. Y·Yᵀ lacks that null vector. Its rows are y_k = w_k·(x_k − (x_0 + … + x_{k−1})/k), w_k = sqrt(k/(k+1)),
 * which are orthonormal combinations of the rows of X, and orthogonal to the constants. Source: Lancaster, "The Helmert Matrices", American
 * Mathematical Monthly 72, 1965.
 */

import { padded, panelAt, ROW_BYTES, writeEntries } from '../panels';
import { bytesOf, loadPart, widenHigh, widenLow } from '../simd';

/** panels [samples − 1 x units] = the contrasts of scale·x. All differences are to the first sample, so that an offset takes no digits. */
export function packContrasts(panels: usize, x: usize, samples: i32, units: i32, scale: f64): void {
  const step = bytesOf(units);
  const rows = padded(samples - 1);
  for (let j = 0; j < units; j += 4) {
    const count = units - j;
    let from = x + bytesOf(j);
    let to = panelAt(panels, rows, j >> 2);
    const b0 = lowPart(from, count);
    const b1 = highPart(from, count);
    let m0 = f64x2.splat(0);
    let m1 = m0;
    const factor = f64x2.splat(scale);
    for (let k = 1; k < samples; k++) {
      from += step;
      const v0 = f64x2.sub(f64x2.mul(f64x2.sub(lowPart(from, count), b0), factor), m0);
      const v1 = f64x2.sub(f64x2.mul(f64x2.sub(highPart(from, count), b1), factor), m1);
      const weight = f64x2.splat(weightOf(k));
      v128.store(to, f64x2.mul(v0, weight));
      v128.store(to, f64x2.mul(v1, weight), 16);
      const share = f64x2.splat(1.0 / <f64>(k + 1));
      m0 = f64x2.add(m0, f64x2.mul(v0, share));
      m1 = f64x2.add(m1, f64x2.mul(v1, share));
      to += ROW_BYTES;
    }
    memory.fill(to, 0, <usize>(rows - samples + 1) * ROW_BYTES);
  }
}

/**
 * gradient [samples x units] = Hᵀ·(Y·diag(slopes) + factor·Z), added when `accumulate`, for the contrasts Y = H·X and Z [samples − 1 x units]:
 * row i is w_i·d_i − Σ_{k>i} w_k·d_k/k. The columns of the result sum to 0.
 */
export function unpackContrasts(
  gradient: usize,
  y: usize,
  slopes: usize,
  z: usize,
  factor: f64,
  samples: i32,
  units: i32,
  accumulate: bool,
): void {
  const rows = padded(samples - 1);
  const scale = f64x2.splat(factor);
  for (let j = 0; j < units; j += 4) {
    const s0 = v128.load(slopes);
    const s1 = v128.load(slopes, 16);
    slopes += ROW_BYTES;
    let after0 = f64x2.splat(0);
    let after1 = after0;
    for (let k = samples - 1; k > 0; k--) {
      const offset = <usize>(k - 1) * ROW_BYTES;
      const a = panelAt(y, rows, j >> 2) + offset;
      const b = panelAt(z, rows, j >> 2) + offset;
      const weight = weightOf(k);
      const w = f64x2.splat(weight);
      const d0 = f64x2.mul(w, f64x2.add(f64x2.mul(v128.load(b), scale), f64x2.mul(v128.load(a), s0)));
      const d1 = f64x2.mul(w, f64x2.add(f64x2.mul(v128.load(b, 16), scale), f64x2.mul(v128.load(a, 16), s1)));
      writeEntries(gradient, k, j, units, f64x2.sub(d0, after0), f64x2.sub(d1, after1), accumulate);
      const share = f64x2.splat(1.0 / <f64>k);
      after0 = f64x2.add(after0, f64x2.mul(d0, share));
      after1 = f64x2.add(after1, f64x2.mul(d1, share));
    }
    writeEntries(gradient, 0, j, units, f64x2.neg(after0), f64x2.neg(after1), accumulate);
  }
}

function weightOf(k: i32): f64 {
  return Math.sqrt(<f64>k / <f64>(k + 1));
}

/** The first two of up to four numbers, widened. */
function lowPart(from: usize, count: i32): v128 {
  return widenLow(loadPart(from, count, 0));
}

/** The last two of up to four numbers, widened; zeros where there are none. */
function highPart(from: usize, count: i32): v128 {
  if (sizeof<real>() === 4) return widenHigh(loadPart(from, count, 0));
  return count > 2 ? loadPart(from + 16, count - 2, 0) : f64x2.splat(0);
}
