/**
 * Which register tile an instance multiplies with: a race between both on this host, and a check of the wide one.
 *
 * No bit of a result depends on the tile; the wide one is faster where the engine joins pairs of vectors to 256 bits, or
 * has registers enough.
 */

import type { KernelExports, KernelMemory } from './abi.ts';
import { CHECKS } from './checks.generated.ts';
import { selfCheck } from './self-check.ts';
import { clockOf, raceTiles, timerOf } from './tile-race.ts';

/** Rows x columns of the part of a product that is computed at a time, in float32; half as many columns in float64. */
export type Tile = '4x8' | '4x16';

/** A tile, and why it is not the one that was faster or asked for. */
export interface TileChoice {
  readonly tile: Tile;
  readonly tileNote?: string;
}

/**
 * The tile for this host: the winner of the race, or the wide one without it. That only where it gives the `expected` hash, which
 * is stored for the build.
 *
 * Leaves the instance with some tile and its memory with anything.
 */
export function* settleTile(
  { exports, memory }: Probe,
  precision: 'f32' | 'f64',
  expected: string | undefined,
  races: boolean,
): Generator<undefined, TileChoice> {
  if (races) {
    const clock = clockOf();
    if (clock === undefined) return { tile: '4x8' };
    if ((yield* raceTiles(timerOf(exports, memory, clock, precision))) === '4x8') return { tile: '4x8' };
  }
  exports.chooseTile(1);
  if (selfCheck(exports, memory, precision) === expected) return { tile: '4x16' };
  return {
    tile: '4x8',
    tileNote:
      'kernel: the wide tile (4x16) must give the bits that are stored for the build, and on this host it does not. ' +
      'The narrow one (4x8) computes instead, more slowly. Start Node without --experimental-wasm-revectorize.',
  };
}

/** Node on x64 before V8 13, and on macOS there: no 256 bits, and not registers enough for the wide tile. */
function hopeless(): boolean {
  const { process } = globalThis as {
    process?: { arch?: string; platform?: string; versions?: { v8?: string } };
  };
  if (process?.arch !== 'x64') return false;
  return process.platform === 'darwin' || Number.parseInt(process.versions?.v8 ?? '', 10) < 13;
}

/** What was found out about a module in this realm. */
const CHOICES = new WeakMap<object, TileChoice>();

/** An instance that nothing else uses. */
export interface Probe {
  readonly exports: KernelExports;
  readonly memory: KernelMemory;
}

/** The build that a tile is looked for. */
interface Build {
  readonly module: object;
  readonly precision: 'f32' | 'f64';
  readonly sha256: string | null;
}

/** The tile of a module, found once; `probe` makes an instance where one is needed. */
export async function chooseTile(
  build: Build,
  wanted: Tile | 'auto',
  probe: () => Promise<Probe>,
): Promise<TileChoice> {
  const known = foreseen(build, wanted);
  if (known !== undefined) return known;
  try {
    const steps = settleTile(await probe(), build.precision, storedCheck(build), wanted === 'auto');
    for (;;) {
      const { done, value } = steps.next();
      if (done) return remember(build, wanted, value);
      // The engine compiles meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } catch {
    // No room for a second memory, or no timers: the narrow tile is as right.
    return remember(build, wanted, { tile: '4x8' });
  }
}

/** The same for callers who cannot wait. */
export function chooseTileNow(build: Build, probe: () => Probe): TileChoice {
  const known = foreseen(build, 'auto');
  if (known !== undefined) return known;
  try {
    const steps = settleTile(probe(), build.precision, storedCheck(build), true);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return remember(build, 'auto', value);
    }
  } catch {
    return remember(build, 'auto', { tile: '4x8' });
  }
}

/** The hash that is stored for a build; none for a module of another version. */
function storedCheck({ sha256 }: Build): string | undefined {
  return sha256 === null ? undefined : CHECKS[sha256];
}

/** What needs no instance. */
function foreseen(build: Build, wanted: Tile | 'auto'): TileChoice | undefined {
  if (wanted === '4x8' || storedCheck(build) === undefined) return { tile: '4x8' };
  if (wanted === '4x16') return undefined;
  return CHOICES.get(build.module) ?? (hopeless() ? { tile: '4x8' } : undefined);
}

function remember({ module }: Build, wanted: Tile | 'auto', choice: TileChoice): TileChoice {
  if (wanted === 'auto') CHOICES.set(module, choice);
  return choice;
}
