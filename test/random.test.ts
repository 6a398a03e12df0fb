/** The generator against the published answers, and what covgrad asks of its streams beyond them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CovgradError } from '../src/errors.ts';
import { type Purpose, philox4x32, shuffledIndices, uniformStream } from '../src/random.ts';
import { TOLERANCES } from './tolerances.ts';

type Block = [number, number, number, number];

const PURPOSES: readonly Purpose[] = [
  'weights',
  'order',
  'dropout',
  'synthetic',
  'subset',
  'sampler',
  'check',
  'permutation',
];
const ONES = 0xffffffff;

function take(next: () => number, count: number): number[] {
  return Array.from({ length: count }, () => next());
}

function block(counter: Block, key: [number, number]): number[] {
  const out = new Uint32Array(4);
  philox4x32(out, counter, key);
  return [...out];
}

function expectWithin(estimate: number, expected: number, standardError: number): void {
  expect(Math.abs(estimate - expected) / standardError).toBeLessThan(TOLERANCES.standardErrors);
}

describe('philox 4x32-10', () => {
  test.each<[string, Block, [number, number], Block]>([
    ['zeros', [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    ['ones', [ONES, ONES, ONES, ONES], [ONES, ONES], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [
      'the digits of pi',
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the answer of Random123 for %s', (_, counter, key, expected) => {
    expect(block(counter, key)).toEqual(expected);
  });
});

describe('uniform streams', () => {
  test('are the words of successive blocks, times 2⁻³²', () => {
    const seed = 5 * 2 ** 32 + 7;
    const index = 3 * 2 ** 32 + 11;
    const expected = [0, 1, 2].flatMap((position) => block([position, 2, 11, 3], [7, 5]));
    expect(take(uniformStream(seed, 'order', index), 12)).toEqual(expected.map((word) => word / 2 ** 32));
  });

  test('differ by every bit of seed and index and by purpose', () => {
    const bits = Array.from({ length: 53 }, (_, bit) => 2 ** bit);
    const streams = [
      ...PURPOSES.map((purpose) => uniformStream(0, purpose, 0)),
      ...bits.map((seed) => uniformStream(seed, 'weights', 0)),
      ...bits.map((index) => uniformStream(0, 'weights', index)),
    ];
    const starts = new Set(streams.map((next) => take(next, 4).join()));
    expect(starts.size).toBe(PURPOSES.length + 2 * bits.length);
  });

  test('do not depend on what is read from other streams', () => {
    const alone = take(uniformStream(1, 'weights', 2), 9);
    const first = uniformStream(1, 'weights', 2);
    const other = uniformStream(1, 'weights', 3);
    const interleaved = alone.map(() => {
      other();
      return first();
    });
    expect(interleaved).toEqual(alone);
  });

  test('have the mean and the variance of uniform numbers and no correlation between neighbours', () => {
    const count = 200_000;
    const numbers = take(uniformStream(0, 'check', 0), count);
    const deviations = numbers.map((number) => number - 1 / 2);
    const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / count;
    const variance = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0) / count;
    const product =
      deviations.reduce((sum, deviation, i) => sum + deviation * (deviations[i + 1] ?? 0), 0) / count;
    expectWithin(mean, 0, Math.sqrt(1 / 12 / count));
    expectWithin(variance, 1 / 12, Math.sqrt(1 / 180 / count));
    expectWithin(product, 0, 1 / 12 / Math.sqrt(count));
    expect(Math.min(...numbers.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers.slice(0, 10_000))).toBeLessThan(1);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuse %s as seed and as index',
    (bad) => {
      const message = `must be a whole number from 0 to 9007199254740991, got ${bad}. `;
      expect(() => uniformStream(bad, 'check', 0)).toThrow(`the seed ${message}`);
      expect(() => uniformStream(0, 'check', bad)).toThrow(`the index ${message}`);
      expect(() => uniformStream(bad, 'check', 0)).toThrow(CovgradError);
    },
  );
});

describe('shuffled indices', () => {
  test('hold every index once, for small counts and for a whole epoch', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 60_000]) {
      const order = shuffledIndices(3, 'order', count, count);
      expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, index) => index));
    }
  });

  test('are the same for the same key and others for another epoch', () => {
    expect(shuffledIndices(1, 'order', 4, 100)).toEqual(shuffledIndices(1, 'order', 4, 100));
    expect(shuffledIndices(1, 'order', 4, 100)).not.toEqual(shuffledIndices(1, 'order', 5, 100));
  });

  test('are Fisher–Yates with numbers drawn from the stream', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 2, max: 40 }), (index, count) => {
        const uniform = uniformStream(9, 'order', index);
        const expected = Array.from({ length: count }, (_, position) => position);
        for (let last = count - 1; last > 0; last--) {
          const chosen = Math.floor(uniform() * (last + 1));
          [expected[last], expected[chosen]] = [expected[chosen] as number, expected[last] as number];
        }
        // No word is redrawn here: with bounds this small that happens once in a hundred million words.
        expect([...shuffledIndices(9, 'order', index, count)]).toEqual(expected);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('redraw the words that would make large bounds uneven', () => {
    const count = 60_000;
    let redrawn = 0;
    const uniform = uniformStream(9, 'order', 16);
    const word = (): bigint => BigInt(uniform() * 2 ** 32);
    const expected = Uint32Array.from({ length: count }, (_, position) => position);
    for (let last = count - 1; last > 0; last--) {
      const bound = BigInt(last + 1);
      let product = word() * bound;
      for (; product % 2n ** 32n < 2n ** 32n % bound; product = word() * bound) redrawn++;
      const chosen = Number(product >> 32n);
      [expected[last], expected[chosen]] = [expected[chosen] as number, expected[last] as number];
    }
    expect(redrawn).toBeGreaterThan(0);
    expect(shuffledIndices(9, 'order', 16, count)).toEqual(expected);
  });

  test('take each of the 24 orders of four equally often', () => {
    const draws = 24_000;
    const counts = new Map<string, number>();
    for (let index = 0; index < draws; index++) {
      const order = shuffledIndices(0, 'check', index, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = draws / 24;
    const squares = [...counts.values()].map((count) => (count - expected) ** 2 / expected);
    const chiSquare = squares.reduce((sum, square) => sum + square, 0);
    expect(counts.size).toBe(24);
    expectWithin(chiSquare, 23, Math.sqrt(2 * 23));
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN])('refuse %s as count', (count) => {
    expect(() => shuffledIndices(0, 'order', 0, count)).toThrow(`from 0 to 4294967295, got ${count}. `);
  });
});
