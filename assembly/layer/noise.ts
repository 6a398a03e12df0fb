/** Dropout and additive noise: element i takes word i of the stream with the given seed and index, whoever computes it. */

import { normalLanes } from '../math';
import { randomWords, WORDS } from '../random';
import { bytesOf, LANES, loadPart, multiplyAdd, storePart } from '../simd';

/** The streams' purposes, as src/random.ts numbers them. */
export const DROPOUT: i32 = 3;
export const GAUSSIAN_NOISE: i32 = 11;

const BUFFER: usize = memory.data(64, 16);

/** Words below which dropout takes an entry: those whose uniform number, word·2⁻³², is below `rate`. */
export function droppedWords(rate: f64): f64 {
  return Math.ceil(rate * 4294967296.0);
}

/**
 * DROPOUT: out = 0 for the share `amount` of the entries, x/(1 − amount) for the others. GAUSSIAN_NOISE: out = x + amount·a normal
 * number. `out` may be `x`.
 */
export function disturb(
  purpose: i32,
  out: usize,
  x: usize,
  count: i32,
  amount: f64,
  seed: u64,
  index: u64,
): void {
  const factor = v128.splat<real>(<real>(purpose === DROPOUT ? 1.0 / (1.0 - amount) : amount));
  const dropped = i32x4.splat(<i32>(<u32>(purpose === DROPOUT ? droppedWords(amount) : 0)));
  for (let i = 0; i < count; i += WORDS) {
    randomWords(BUFFER, i >> 2, purpose, index, seed);
    const end = min(WORDS, count - i);
    for (let j = 0; j < end; j += LANES) {
      const left = end - j;
      let words: v128;
      if (sizeof<real>() === 4) words = v128.load(BUFFER + ((<usize>j) << 2));
      else words = v128.load64_zero(BUFFER + ((<usize>j) << 2));
      const at = bytesOf(i + j);
      let v = loadPart(x + at, left, 0);
      if (purpose === DROPOUT) {
        if (sizeof<real>() === 8) words = v128.shuffle<i32>(words, words, 0, 0, 1, 1);
        v = v128.and(v128.mul<real>(v, factor), i32x4.ge_u(words, dropped));
      } else v = multiplyAdd(normalLanes(words), factor, v);
      storePart(out + at, v, left);
    }
  }
}
