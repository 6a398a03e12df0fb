/** Race between the register tiles: which of them multiplies faster on this host. */

import type { KernelExports, KernelMemory } from './abi.ts';
import type { Tile } from './tile.ts';

/** A product that both tiles fill. */
const [ROWS, COLUMNS, INNER] = [16, 16, 256];
/** Rounds of so many products each: as the engine has compiled them at first, while waiting for better, and in the end. */
const FIRST = { rounds: 2, products: 2 };
const POLL = { rounds: 2, products: 8 };
const FINAL = { rounds: 5, products: 16 };
/** Polls before the optimising compiler is taken to be away. */
const POLLS = 25;
/** What is left of the first time after the optimising compiler, at most: engines begin with quick code. */
const OPTIMISED = { narrow: 0.6, wide: 0.75 };
/** How many times as fast the wide tile must be: in optimised code, and in any, where quick code favours it by 1.25. */
const CLEARLY = 1.08;
const BY_FAR = 1.35;

/** Time of so many products with a tile, in any unit; 0 where the clock is too coarse. */
export type Timer = (tile: Tile, products: number) => number;

/** The race, which pauses where the engine may compile: the caller may wait there, or go on at once. */
export function* raceTiles(time: Timer): Generator<undefined, Tile> {
  const best = ({ rounds, products }: { rounds: number; products: number }) => {
    const times = { narrow: Number.POSITIVE_INFINITY, wide: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      times.narrow = Math.min(times.narrow, time('4x8', products) / products);
      times.wide = Math.min(times.wide, time('4x16', products) / products);
    }
    return times;
  };
  const wins = ({ narrow, wide }: { narrow: number; wide: number }, times: number): boolean =>
    narrow > 0 && wide > 0 && narrow > times * wide;
  const first = best(FIRST);
  for (let poll = 0; poll < POLLS; poll++) {
    yield;
    const now = best(POLL);
    if (!(now.narrow > 0 && now.wide > 0)) return '4x8';
    if (now.narrow < OPTIMISED.narrow * first.narrow && now.wide < OPTIMISED.wide * first.wide)
      return wins(best(FINAL), CLEARLY) ? '4x16' : '4x8';
  }
  return wins(best(FINAL), BY_FAR) ? '4x16' : '4x8';
}

/** The host's clock, where it has one. */
export function clockOf(): (() => number) | undefined {
  const { performance } = globalThis as { performance?: { now?: () => number } };
  return typeof performance?.now === 'function' ? () => performance.now!() : undefined;
}

export function timerOf(
  exports: KernelExports,
  memory: KernelMemory,
  clock: () => number,
  precision: 'f32' | 'f64',
): Timer {
  const width = precision === 'f64' ? 8 : 4;
  const c = ((exports.heapBase() >>> 0) + 63) & ~63;
  const a = c + ROWS * COLUMNS * width;
  const b = a + ROWS * INNER * width;
  const scratch = b + INNER * COLUMNS * width;
  const missing = scratch + exports.gemmScratch(ROWS, COLUMNS, INNER) - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return (tile, products) => {
    exports.chooseTile(tile === '4x16' ? 1 : 0);
    const start = clock();
    for (let i = 0; i < products; i++) exports.gemm(c, a, b, 0, ROWS, COLUMNS, INNER, 1, 0, scratch);
    return clock() - start;
  };
}
