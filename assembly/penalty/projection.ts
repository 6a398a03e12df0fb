/**
 * The chain rule through the length of a column: what the correlations and `barlow-twins` share.
 *
 * Let y = x/s with s² = ‖x‖²/ν + ε, and D = ∂L/∂y. With r = ⟨D, y⟩/⟨y, y⟩, ∂L/∂x = (D − r·κ·y)/s, where
 * κ = ‖x‖²/ν/s² is the share of the variance in s²: exact for every ε, and κ = 1 without one. Where D lies along y the difference
 * cancels down to its ε part, so it is taken in float64. A centred column stays centred.
 */

import { columnDots } from '../columns';
import { bytesOf, LANES, loadPart, multiplyAdd, narrow, storePart, widenHigh, widenLow } from '../simd';

/**
 * gradient [samples x units] = (D − Y·diag(r·κ))·diag(1/s), added when `accumulate`.
 *
 * `squares` = ⟨y, y⟩ and `shares` = κ [units, float64 each], `inverses` = 1/s [units]; `along` is room for units float64 numbers,
 * and is read up to the end of its last vector.
 */
export function projectColumns(
  gradient: usize,
  d: usize,
  y: usize,
  squares: usize,
  shares: usize,
  inverses: usize,
  samples: i32,
  units: i32,
  accumulate: bool,
  along: usize,
): void {
  // A gradient that nobody asked for.
  if (gradient === 0) return;
  columnDots(along, d, y, samples, units);
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 3;
    const square = load<f64>(squares + at);
    // A unit without variance has no direction to project on.
    const r = square === 0 ? 0 : load<f64>(along + at) / square;
    store<f64>(along + at, r * load<f64>(shares + at));
  }
  const zero = v128.splat<real>(0);
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const dv = loadPart(d, count, 0);
      const yv = loadPart(y, count, 0);
      const at = along + ((<usize>j) << 3);
      const low = f64x2.sub(widenLow(dv), f64x2.mul(widenLow(yv), v128.load(at)));
      const high = f64x2.sub(widenHigh(dv), f64x2.mul(widenHigh(yv), v128.load(at, 16)));
      const across = narrow(low, high);
      const before = accumulate ? loadPart(gradient, count, 0) : zero;
      storePart(gradient, multiplyAdd(across, loadPart(inverses + bytesOf(j), count, 0), before), count);
      const bytes = bytesOf(min(LANES, count));
      d += bytes;
      y += bytes;
      gradient += bytes;
    }
  }
}
