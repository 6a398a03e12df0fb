/** Choosing the register tile: the race, the check of the wide one, and what is told. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { KernelExports } from '../../src/kernel/abi.ts';
import { PENALTY_KINDS } from '../../src/kernel/abi.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { CHECKS } from '../../src/kernel/checks.generated.ts';
import { compileKernel, instantiateKernel, loadKernel } from '../../src/kernel/instantiate.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { CHECKED_PENALTIES, selfCheck } from '../../src/kernel/self-check.ts';
import { settleTile, type Tile } from '../../src/kernel/tile.ts';
import { raceTiles, type Timer } from '../../src/kernel/tile-race.ts';
import { compiledKernels } from '../kernels.ts';

/** The winner of a race on an engine that optimises after so many products of each tile, and how often it waited. */
function race(
  quick: [narrow: number, wide: number],
  optimised: [narrow: number, wide: number],
  after: number,
) {
  const done = { '4x8': 0, '4x16': 0 };
  const time: Timer = (tile, products) => {
    done[tile] += products;
    const [narrow, wide] = done[tile] > after ? optimised : quick;
    return products * (tile === '4x8' ? narrow : wide);
  };
  const steps = raceTiles(time);
  for (let waits = 0; ; waits++) {
    const { done: over, value } = steps.next();
    if (over) return { tile: value, waits };
  }
}

describe('the race', () => {
  it('goes to the wide tile where the optimised code of it is faster', () => {
    expect(race([13, 11], [3, 2], 40).tile).toBe('4x16');
  });

  it('goes to the narrow tile where only the quick code of the wide one is faster', () => {
    expect(race([13, 11], [3, 6], 40).tile).toBe('4x8');
    expect(race([13, 11], [3, 2], 1e9).tile).toBe('4x8');
  });

  it('is over soon after the engine has optimised', () => {
    expect(race([13, 11], [3, 2], 40).waits).toBeLessThan(8);
  });

  it('goes to the faster tile by far where the engine optimises at once', () => {
    expect(race([3, 2], [3, 2], 0).tile).toBe('4x16');
    expect(race([3, 2.9], [3, 2.9], 0).tile).toBe('4x8');
  });

  it('goes to the narrow tile at once where the clock stands still', () => {
    expect(race([0, 0], [0, 0], 0)).toEqual({ tile: '4x8', waits: 1 });
  });
});

describe('the check of the wide tile', async () => {
  const builds = await compiledKernels();
  const instanceOf = (module: object) => {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const { exports } = new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory } });
    return { exports: exports as unknown as KernelExports, memory };
  };
  const settled = (module: object, precision: 'f32' | 'f64', expected: string | undefined) =>
    settleTile(instanceOf(module), precision, expected, false).next().value;

  it('has a penalty of each family, by its number', () => {
    for (const [id, kind] of CHECKED_PENALTIES) expect(PENALTY_KINDS[id]).toBe(kind);
    const families = new Set(PENALTIES.map(({ family }) => family));
    const checked = PENALTIES.filter(({ id }) => CHECKED_PENALTIES.some(([each]) => each === id));
    expect(new Set(checked.map(({ family }) => family))).toEqual(families);
  });

  for (const { module, precision, variant, sha256 } of builds) {
    it(`finds the hash that is stored for ${variant} ${precision}, by either tile`, () => {
      for (const tile of [0, 1]) {
        const { exports, memory } = instanceOf(module);
        exports.chooseTile(tile);
        expect(selfCheck(exports, memory, precision)).toBe(CHECKS[sha256!]);
      }
      expect(settled(module, precision, CHECKS[sha256!])).toEqual({ tile: '4x16' });
    });

    it(`leaves the narrow tile of ${variant} ${precision} where the stored hash is another, and says so`, () => {
      expect(settled(module, precision, '0123456789abcdef')).toEqual({
        tile: '4x8',
        tileNote: expect.stringMatching(/^kernel: the wide tile \(4x16\) must give the bits .* narrow one/),
      });
    });
  }
});

describe('the tile of a kernel', () => {
  it.each(['4x8', '4x16'] as const)(
    'is %s where that is asked for, in every thread that gets it',
    async (tile) => {
      const compiled = await compileKernel({ variant: 'simd', tile });
      expect(compiled.tile).toBe(tile);
      const there = new Worker(
        "require('worker_threads').parentPort.postMessage(require('worker_threads').workerData.tile)",
        {
          eval: true,
          workerData: compiled,
        },
      );
      expect(await once(there, 'message')).toEqual([tile]);
      expect(instantiateKernel(compiled).tile).toBe(tile);
      expect((await loadKernel({ variant: 'simd', tile })).tile).toBe(tile);
    },
  );

  it('is found where it is not declared, once for a module', async () => {
    const { module } = await compileKernel({ variant: 'simd' });
    const kernel = instantiateKernel(module);
    expect(['4x8', '4x16'] satisfies Tile[]).toContain(kernel.tile);
    expect(instantiateKernel(module).tile).toBe(kernel.tile);
    expect(kernel.tileNote).toBe(null);
  });

  it('is none for the reference', () => {
    expect(createReferenceKernel()).toMatchObject({ tile: null, tileNote: null });
  });

  it('has one of two names', async () => {
    const refused = {
      code: 'UNKNOWN_TILE',
      message: expect.stringContaining("tile must be '4x8' or '4x16'"),
    };
    await expect(compileKernel({ tile: '8x8' as Tile })).rejects.toMatchObject(refused);
    const compiled = await compileKernel({ variant: 'simd' });
    expect(() => instantiateKernel({ ...compiled, tile: 'wide' as Tile })).toThrow(
      expect.objectContaining(refused),
    );
  });
});
