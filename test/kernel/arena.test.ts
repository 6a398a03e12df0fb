import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import { Arena } from '../../src/kernel/arena.ts';
import { uniformStream } from '../../src/random.ts';

const HEAP_BASE = 1000;

describe('Arena', () => {
  it('hands out zeroed blocks that never overlap, whatever the order of taking and giving back', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), HEAP_BASE);
    const next = uniformStream(3, 'check', 0);
    const live: { block: ReturnType<Arena['floats']>; mark: number }[] = [];
    for (let round = 0; round < 2000; round++) {
      if (live.length > 0 && next() < 0.5) {
        const [{ block, mark }] = live.splice(Math.floor(next() * live.length), 1) as [(typeof live)[number]];
        expect(block.values.every((value) => value === mark)).toBe(true);
        arena.free(block.offsetBytes);
      } else {
        const block = arena.floats(1 + Math.floor(next() * 3000));
        expect(block.offsetBytes).toBeGreaterThanOrEqual(HEAP_BASE);
        expect(block.values.every((value) => value === 0)).toBe(true);
        block.values.fill(round + 1);
        live.push({ block, mark: round + 1 });
      }
    }
    for (const { block, mark } of live) expect(block.values.every((value) => value === mark)).toBe(true);
  });

  it('gives back everything: after all is freed, as much fits as before without growing', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), HEAP_BASE);
    const blocks = [5000, 40, 9000, 123].map((length) => arena.floats(length));
    const bytes = arena.bytes;
    for (const { offsetBytes } of blocks) arena.free(offsetBytes);
    for (const { offsetBytes } of blocks) arena.free(offsetBytes);
    for (const length of [123, 9000, 5000, 40]) arena.floats(length);
    expect(arena.bytes).toBe(bytes);
  });

  it('keeps its scratch until more is asked for', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), HEAP_BASE);
    const small = arena.scratch(100);
    expect(arena.scratch(50)).toBe(small);
    const block = arena.octets(10);
    const large = arena.scratch(100_000);
    expect(large < block.offsetBytes || large >= block.offsetBytes + 10).toBe(true);
    expect(arena.scratch(100_000)).toBe(large);
  });

  it('a larger scratch takes the place of the smaller one', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), HEAP_BASE);
    arena.scratch(60_000);
    arena.scratch(1_000_000);
    expect(arena.bytes).toBeLessThan(1_060_000);
  });

  it.each([Number.MAX_SAFE_INTEGER, 2 ** 32, 1.1e9])(
    'refuses %d numbers with a KernelError, and goes on',
    (length) => {
      const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), HEAP_BASE);
      expect(() => arena.floats(length)).toThrow(KernelError);
      expect(arena.floats(4).values).toHaveLength(4);
    },
  );
});
