/**
 * The counter-based generator, four blocks at a time: the same words as src/random.ts.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox 4x32-10).
 */

/** Words that one call makes. */
export const WORDS: i32 = 16;

/** High words of the 64-bit products of four words with a multiplier. */
function highProducts(c: v128, multiplier: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(c, multiplier);
  const high = i64x2.extmul_high_i32x4_u(c, multiplier);
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** words [16, uint32] = those from 4·block on of the stream with this seed, purpose and index. */
export function randomWords(words: usize, block: i32, purpose: i32, index: u64, seed: u64): void {
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  // A lane is a block.
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(purpose);
  let c2 = i32x4.splat(<i32>index);
  let c3 = i32x4.splat(<i32>(index >> 32));
  let k0 = <i32>seed;
  let k1 = <i32>(seed >> 32);
  for (let round = 0; round < 10; round++) {
    const high0 = highProducts(c0, multiplier0);
    const high1 = highProducts(c2, multiplier1);
    const low0 = i32x4.mul(c0, multiplier0);
    const low1 = i32x4.mul(c2, multiplier1);
    c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
    c1 = low1;
    c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
    c3 = low0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  // From words of four blocks to blocks of four words.
  const a = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const b = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const d = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(words, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(words, v128.shuffle<i64>(a, b, 1, 3), 16);
  v128.store(words, v128.shuffle<i64>(c, d, 0, 2), 32);
  v128.store(words, v128.shuffle<i64>(c, d, 1, 3), 48);
}
