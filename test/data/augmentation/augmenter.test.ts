/** Augmented samples: what each kind does to an image, and that a sample depends on seed, epoch and position alone. */
import { describe, expect, it, test } from 'vitest';
import {
  AUGMENTATIONS,
  type AugmentationConfig,
  augmentationProblem,
  augmentationSchema,
} from '../../../src/data/augmentation/augmentations.ts';
import { type AugmentedBatch, Augmenter } from '../../../src/data/augmentation/augmenter.ts';
import type { Split } from '../../../src/data/dataset.ts';
import { uniformStream } from '../../../src/random.ts';
import { TOLERANCES } from '../../tolerances.ts';

const [HEIGHT, WIDTH, CHANNELS] = [7, 5, 2];
const SHAPE = [HEIGHT, WIDTH, CHANNELS];
const SIZE = HEIGHT * WIDTH * CHANNELS;
const SAMPLES = 400;

function splitOf(values: Uint8Array | Float32Array, divisor: number): Split {
  const targets = Uint8Array.from({ length: SAMPLES }, (_, s) => s % 3);
  return { samples: SAMPLES, values, divisor, targets } as unknown as Split;
}

const next = uniformStream(1, 'check', 99);
/** Bytes from 1 to 255: a zero is something that came in. */
const BYTES = splitOf(
  Uint8Array.from({ length: SAMPLES * SIZE }, () => 1 + Math.floor(255 * next())),
  255,
);
/** The same as numbers. */
const NUMBERS = splitOf(
  Float32Array.from(BYTES.values, (byte) => byte / 255),
  1,
);
const ROWS = Uint32Array.from({ length: SAMPLES }, (_, s) => (s * 7) % SAMPLES);

function stepsOf(...steps: object[]): readonly AugmentationConfig[] {
  return augmentationSchema.parse(steps);
}

function augmented(
  steps: readonly AugmentationConfig[],
  split = NUMBERS,
  epoch = 1,
  seed = 0,
): AugmentedBatch {
  return new Augmenter(steps, SHAPE, split, seed).batch(epoch, ROWS, 0, SAMPLES);
}

/** Values of sample s of a batch, and of what it was made of. */
function pairs(batch: AugmentedBatch, split = NUMBERS): [out: number[], from: number[]][] {
  return Array.from(ROWS, (row, s) => [
    Array.from(batch.values.subarray(s * SIZE, (s + 1) * SIZE)),
    Array.from(split.values.subarray(row * SIZE, (row + 1) * SIZE)),
  ]);
}

const at = (image: readonly number[], row: number, column: number, channel: number): number =>
  row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH
    ? 0
    : image[(row * WIDTH + column) * CHANNELS + channel]!;

/** The image that has `pixel(row, column, channel)`. */
function imageOf(pixel: (row: number, column: number, channel: number) => number): number[] {
  return Array.from({ length: SIZE }, (_, i) =>
    pixel(Math.floor(i / (WIDTH * CHANNELS)), Math.floor(i / CHANNELS) % WIDTH, i % CHANNELS),
  );
}

/** How often each candidate is met; every sample must be one. */
function countMatches(
  batch: AugmentedBatch,
  candidates: (from: number[]) => Map<string, number[]>,
  split = NUMBERS,
) {
  const counts = new Map<string, number>();
  for (const [out, from] of pairs(batch, split)) {
    const found = [...candidates(from)].find(([, image]) => image.every((value, i) => value === out[i]));
    expect(found).toBeDefined();
    counts.set(found![0], (counts.get(found![0]) ?? 0) + 1);
  }
  return counts;
}

describe('each kind does what it says:', () => {
  test('random_crop moves the image by up to its padding, zeros coming in, every place alike', () => {
    const counts = countMatches(augmented(stepsOf({ type: 'random_crop', padding: 1 })), (from) => {
      const moves = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => [down, right] as const));
      return new Map(
        moves.map(([down, right]) => [
          `${down},${right}`,
          imageOf((r, c, k) => at(from, r - down, c - right, k)),
        ]),
      );
    });
    expect(counts.size).toBe(9);
    for (const count of counts.values()) expect(count).toBeGreaterThan(SAMPLES / 9 / 2);
  });

  test('random_shift moves it by up to a share of each side, its edges or zeros coming in', () => {
    for (const fill of ['edge', 'zero']) {
      const batch = augmented(stepsOf({ type: 'random_shift', fraction: 0.3, fill }));
      const clamp = (value: number, side: number): number => Math.min(Math.max(value, 0), side - 1);
      const counts = countMatches(batch, (from) => {
        const images = new Map<string, number[]>();
        for (let down = -2; down <= 2; down++) {
          for (let right = -2; right <= 2; right++) {
            const pixel = (r: number, c: number, k: number): number =>
              fill === 'zero'
                ? at(from, r - down, c - right, k)
                : at(from, clamp(r - down, HEIGHT), clamp(c - right, WIDTH), k);
            images.set(`${down},${right}`, imageOf(pixel));
          }
        }
        return images;
      });
      expect(counts.size).toBeGreaterThan(12);
    }
  });

  test('random_flip mirrors across, down, or each by itself, as often as it is asked to', () => {
    const candidates = (from: number[]) =>
      new Map([
        ['as it is', from],
        ['across', imageOf((r, c, k) => at(from, r, WIDTH - 1 - c, k))],
        ['down', imageOf((r, c, k) => at(from, HEIGHT - 1 - r, c, k))],
        ['both', imageOf((r, c, k) => at(from, HEIGHT - 1 - r, WIDTH - 1 - c, k))],
      ]);
    const kinds = (settings: object) => [
      ...countMatches(augmented(stepsOf({ type: 'random_flip', ...settings })), candidates).entries(),
    ];
    expect(
      kinds({})
        .map(([name]) => name)
        .sort(),
    ).toEqual(['across', 'as it is']);
    expect(kinds({ direction: 'vertical', probability: 1 })).toEqual([['down', SAMPLES]]);
    const each = new Map(kinds({ direction: 'both', probability: 0.2 }));
    expect([...each.keys()].sort()).toEqual(['across', 'as it is', 'both', 'down']);
    const share = (each.get('as it is') ?? 0) / SAMPLES;
    expect(Math.abs(share - 0.64)).toBeLessThan(
      TOLERANCES.standardErrors * Math.sqrt((0.64 * 0.36) / SAMPLES),
    );
  });

  test('random_rotation turns about the centre: straight slopes stay straight, and zeros come in', () => {
    const ramp = imageOf((r, c) => 100 + 2 * r + 3 * c);
    const values = new Float32Array(SAMPLES * SIZE);
    for (let s = 0; s < SAMPLES; s++) values.set(ramp, s * SIZE);
    const batch = augmented(stepsOf({ type: 'random_rotation', degrees: 30 }), splitOf(values, 1));
    const angles: number[] = [];
    for (const [out] of pairs(batch)) {
      const [row, column] = [(HEIGHT - 1) / 2, (WIDTH - 1) / 2];
      const down = at(out, row + 1, column, 0) - at(out, row, column, 0);
      const right = at(out, row, column + 1, 0) - at(out, row, column, 0);
      // The gradient (2, 3) of the slope, turned.
      expect(Math.hypot(down, right)).toBeCloseTo(Math.hypot(2, 3), 3);
      const angle = Math.atan2(down, right) - Math.atan2(2, 3);
      angles.push((angle * 180) / Math.PI);
      expect(at(out, row, column, 0)).toBeCloseTo(100 + 2 * row + 3 * column, 3);
      if (Math.abs(angle) > 0.3) expect(at(out, 0, 0, 0)).toBeLessThan(100);
    }
    expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(30.01);
    expect(Math.max(...angles)).toBeGreaterThan(25);
    expect(Math.min(...angles)).toBeLessThan(-25);
  });

  test('random_erasing sets one rectangle to 0, as often as it is asked to', () => {
    let erased = 0;
    for (const [out, from] of pairs(augmented(stepsOf({ type: 'random_erasing', probability: 0.5 })))) {
      const zeros = [...out.keys()].filter((i) => out[i] === 0);
      for (const [i, value] of out.entries()) if (value !== 0) expect(value).toBe(from[i]);
      if (zeros.length === 0) continue;
      erased += 1;
      const rows = new Set(zeros.map((i) => Math.floor(i / (WIDTH * CHANNELS))));
      const columns = new Set(zeros.map((i) => Math.floor(i / CHANNELS) % WIDTH));
      expect(zeros).toHaveLength(rows.size * columns.size * CHANNELS);
      expect(Math.max(...rows) - Math.min(...rows)).toBe(rows.size - 1);
    }
    expect(Math.abs(erased / SAMPLES - 0.5)).toBeLessThan(
      TOLERANCES.standardErrors * Math.sqrt(0.25 / SAMPLES),
    );
  });

  test('gaussian_noise adds numbers of its standard deviation', () => {
    const noise = pairs(augmented(stepsOf({ type: 'gaussian_noise', stddev: 0.2 }))).flatMap(([out, from]) =>
      out.map((value, i) => value - from[i]!),
    );
    const mean = noise.reduce((sum, each) => sum + each, 0) / noise.length;
    const variance = noise.reduce((sum, each) => sum + each * each, 0) / noise.length;
    const error = TOLERANCES.standardErrors / Math.sqrt(noise.length);
    expect(Math.abs(mean)).toBeLessThan(0.2 * error);
    expect(Math.abs(variance / 0.04 - 1)).toBeLessThan(Math.SQRT2 * error);
  });

  test.each([0.2, 1, 3])(
    'mixup with alpha %d mixes two samples and their targets, by shares of its distribution',
    (alpha) => {
      const batch = augmented(stepsOf({ type: 'mixup', alpha }));
      const { shares, targets } = batch.mixture!;
      const partners = new Set<number>();
      for (const [s, [out, from]] of pairs(batch).entries()) {
        const share = shares[s]!;
        const other = Array.from({ length: SAMPLES }, (_, row) => row).find((row) =>
          [0, SIZE - 1].every((i) => {
            const expected = share * from[i]! + (1 - share) * NUMBERS.values[row * SIZE + i]!;
            return Math.abs(out[i]! - expected) <= TOLERANCES.normalized;
          }),
        );
        expect(other).toBeDefined();
        if (share < 0.9) {
          expect(targets[s]).toBe(other! % 3);
          partners.add(other!);
        }
      }
      const mean = shares.reduce((sum, each) => sum + each, 0) / SAMPLES;
      const variance = shares.reduce((sum, each) => sum + (each - 0.5) ** 2, 0) / SAMPLES;
      const expected = 1 / (4 * (2 * alpha + 1));
      expect(Math.abs(mean - 0.5)).toBeLessThan(TOLERANCES.standardErrors * Math.sqrt(expected / SAMPLES));
      expect(Math.abs(variance / expected - 1)).toBeLessThan(TOLERANCES.betaVariance);
      if (alpha > 0.2) expect(partners.size).toBeGreaterThan(100);
    },
  );
});

const SETTINGS: Readonly<Record<string, object>> = {
  random_crop: { padding: 2 },
  random_rotation: { degrees: 20 },
  gaussian_noise: { stddev: 0.1 },
};
const ALL = stepsOf(...AUGMENTATIONS.map(({ type }) => ({ type, ...SETTINGS[type] })));

describe('a sample depends on seed, epoch and its position alone', () => {
  const whole = augmented(ALL);

  it('whatever the batches are', () => {
    const augmenter = new Augmenter(ALL, SHAPE, NUMBERS, 0);
    for (const [first, samples] of [
      [390, 10],
      [0, 3],
      [3, 50],
    ] as const) {
      const part = augmenter.batch(1, ROWS, first, samples);
      expect([...part.values]).toEqual([...whole.values.subarray(first * SIZE, (first + samples) * SIZE)]);
      expect([...part.mixture!.shares]).toEqual([...whole.mixture!.shares.subarray(first, first + samples)]);
    }
  });

  it('and each kind on what is drawn for it alone: another one beside it changes nothing', () => {
    const flips = augmented(stepsOf({ type: 'random_flip' }));
    const both = augmented(stepsOf({ type: 'random_flip' }, { type: 'gaussian_noise', stddev: 1e-9 }));
    for (const [i, value] of flips.values.entries()) expect(both.values[i]).toBeCloseTo(value, 6);
  });

  it('another seed, epoch or sample has others', () => {
    const plain = [...whole.values];
    expect([...augmented(ALL, NUMBERS, 2).values]).not.toEqual(plain);
    expect([...augmented(ALL, NUMBERS, 1, 1).values]).not.toEqual(plain);
    expect(new Set(whole.mixture!.shares).size).toBeGreaterThan(300);
  });
});

describe('bytes', () => {
  const exact = AUGMENTATIONS.filter(({ keepsBytes }) => keepsBytes).map(({ type }) => ({
    type,
    ...SETTINGS[type],
  }));

  it('stay bytes where pixels only move, with the numbers that the same steps have otherwise', () => {
    const bytes = augmented(stepsOf(...exact), BYTES);
    const numbers = augmented(stepsOf(...exact), NUMBERS);
    expect(bytes.values).toBeInstanceOf(Uint8Array);
    expect(bytes.divisor).toBe(255);
    for (const [i, byte] of bytes.values.entries()) expect(Math.fround(byte / 255)).toBe(numbers.values[i]);
  });

  it('become numbers where they are mixed or turned', () => {
    const batch = augmented(ALL, BYTES);
    expect(batch.values).toBeInstanceOf(Float32Array);
    expect(batch.divisor).toBe(1);
  });
});

test('samples that are no images are refused where images are needed, and padding as large as the image', () => {
  expect(augmentationProblem(stepsOf({ type: 'mixup' }, { type: 'random_flip' }), [20])).toEqual({
    position: 1,
    message:
      'random_flip must have images of the shape [height, width, channels], got samples of 20 features. Use data of images, or remove it',
  });
  expect(augmentationProblem(stepsOf({ type: 'random_crop', padding: 5 }), SHAPE)?.message).toBe(
    'random_crop must have a padding below the sides of the images, 7 x 5, got 5',
  );
  expect(
    augmentationProblem(stepsOf({ type: 'mixup' }, { type: 'gaussian_noise', stddev: 1 }), [20]),
  ).toBeUndefined();
});
