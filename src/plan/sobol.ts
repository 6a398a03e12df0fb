/**
 * The Sobol sequence, scrambled: points that fill a cube evenly, of which any beginning does so too.
 *
 * Source: Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30
 * (2008): the primitive polynomials and first direction numbers below are the first of their table new-joe-kuo-6,
 * copyright (c) 2008, Frances Y. Kuo and Stephen Joe, used by their permission to all who name them.
 * The scrambling is Owen's, by a hash: Burley, "Practical Hash-based Owen Scrambling", JCGT 9 (2020).
 */
import { uniformStream } from '../random.ts';

/** Degree and coefficients of a primitive polynomial, and the first odd numbers m of its dimension. */
const TABLE: readonly (readonly [degree: number, coefficients: number, m: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
  [7, 7, [1, 1, 3, 13, 7, 35, 63]],
  [7, 8, [1, 3, 5, 9, 1, 25, 53]],
  [7, 14, [1, 3, 1, 13, 9, 35, 107]],
  [7, 19, [1, 3, 1, 5, 27, 61, 31]],
  [7, 21, [1, 1, 5, 11, 19, 41, 61]],
  [7, 28, [1, 3, 5, 3, 3, 13, 69]],
  [7, 31, [1, 1, 7, 13, 1, 19, 1]],
  [7, 32, [1, 3, 7, 5, 13, 19, 59]],
  [7, 37, [1, 1, 3, 9, 25, 29, 41]],
  [7, 41, [1, 3, 5, 13, 23, 1, 55]],
  [7, 42, [1, 3, 7, 3, 13, 59, 17]],
  [7, 50, [1, 3, 1, 3, 5, 53, 69]],
  [7, 55, [1, 1, 5, 5, 23, 33, 13]],
  [7, 56, [1, 1, 7, 7, 1, 61, 123]],
  [7, 59, [1, 1, 7, 9, 13, 61, 49]],
  [7, 62, [1, 3, 3, 5, 3, 55, 33]],
  [8, 14, [1, 3, 1, 15, 31, 13, 49, 245]],
  [8, 21, [1, 3, 5, 15, 31, 59, 63, 97]],
  [8, 22, [1, 3, 1, 11, 11, 11, 77, 249]],
];

const BITS = 32;
const TWO_32 = 2 ** 32;

/**
 * The points of a scrambled sequence as a function of their index, each with `dimensions` numbers in (0, 1).
 *
 * Shapes: at most 40 dimensions.
 */
export function scrambledSobol(seed: number, dimensions: number): (index: number) => number[] {
  const scrambling = uniformStream(seed, 'sampler', 0);
  const all = Array.from({ length: dimensions }, (_, dimension) => ({
    directions: directionNumbers(dimension),
    // Each dimension has a seed of its own, and none depends on how many follow.
    key: Math.floor(scrambling() * TWO_32),
  }));
  return (index) =>
    all.map(({ directions, key }) => (scramble(sobolWord(directions, index), key) + 0.5) / TWO_32);
}

/** The number of one dimension, as 32 bits, for a point of the sequence as Sobol defines it. */
export function sobolWord(directions: Uint32Array, index: number): number {
  let word = 0;
  let rest = index;
  for (let bit = 0; rest > 0; bit += 1) {
    if (rest % 2 === 1) word ^= directions[bit] ?? 0;
    rest = Math.floor(rest / 2);
  }
  return word >>> 0;
}

/** The direction numbers of a dimension, counted from 0, as 32-bit fractions. */
export function directionNumbers(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  const [degree, coefficients, m] = TABLE[dimension - 1] ?? [0, 0, []];
  for (let bit = 0; bit < BITS; bit += 1) {
    if (dimension === 0 || bit < degree) {
      directions[bit] = (m[bit] ?? 1) << (BITS - 1 - bit);
      continue;
    }
    const back = directions[bit - degree] as number;
    let word = back ^ (back >>> degree);
    for (let term = 1; term < degree; term += 1) {
      if ((coefficients >>> (degree - 1 - term)) & 1) word ^= directions[bit - term] as number;
    }
    directions[bit] = word;
  }
  return directions;
}

/** Owen's scrambling: each bit is turned over or not by a hash of the bits above it. */
function scramble(word: number, key: number): number {
  let bits = (reverseBits(word) + key) | 0;
  bits ^= Math.imul(bits, 0x6c50b47c);
  bits ^= Math.imul(bits, 0xb82f1e52);
  bits ^= Math.imul(bits, 0xc7afe638);
  bits ^= Math.imul(bits, 0x8d22f6e6);
  return reverseBits(bits) >>> 0;
}

function reverseBits(word: number): number {
  let reversed = 0;
  for (let bit = 0; bit < BITS; bit += 1) reversed |= ((word >>> bit) & 1) << (BITS - 1 - bit);
  return reversed;
}
