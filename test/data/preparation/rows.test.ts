/** Rows chosen class by class: shares, order, and limits that cannot be met. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRows, keepRows, separateRows } from '../../../src/data/preparation/rows.ts';
import type { SourceSplit as Split } from '../../../src/data/source.ts';
import { DataError } from '../../../src/errors.ts';

const CLASSES = 4;
const FEATURES = 2;
const TARGET = { kind: 'classes', classes: CLASSES } as const;

/** Each row holds its own number and its label, so that a sample can be recognised. */
function numbered(labels: readonly number[]): Split {
  const values = new Float32Array(new SharedArrayBuffer(labels.length * FEATURES * 4));
  values.set(labels.flatMap((label, sample) => [sample, label]));
  const bytes = new Uint8Array(new SharedArrayBuffer(labels.length));
  bytes.set(labels);
  return { samples: labels.length, values, divisor: 3, targets: bytes };
}

function take(split: Split, limit: number, stream = 0): Split {
  const choice = { count: limit, target: TARGET, purpose: 'subset', seed: 0, stream } as const;
  return keepRows(split, chooseRows(split, { ...choice, where: 'data.train_samples' }));
}

function rowNumbers(split: Split): number[] {
  return Array.from({ length: split.samples }, (_, row) => split.values[row * FEATURES] as number);
}

function countOf(labels: Split['targets'], label: number): number {
  return [...labels!].filter((other) => other === label).length;
}

const labelled = fc.array(fc.nat(CLASSES - 1), { minLength: 1, maxLength: 60 });
const cases = labelled.chain((labels) =>
  fc.tuple(fc.constant(labels), fc.integer({ min: 1, max: labels.length })),
);

describe('a subset', () => {
  test('has as many samples as asked for, and of each class its share to within one sample', () => {
    fc.assert(
      fc.property(cases, ([labels, limit]) => {
        const subset = take(numbered(labels), limit);
        expect(subset.targets).toHaveLength(limit);
        for (let label = 0; label < CLASSES; label++) {
          const share = (limit * countOf(numbered(labels).targets, label)) / labels.length;
          expect(Math.abs(countOf(subset.targets, label) - share)).toBeLessThan(1);
        }
      }),
      { seed: 1 },
    );
  });

  test('keeps the original order and each row with its label', () => {
    fc.assert(
      fc.property(cases, ([labels, limit]) => {
        const subset = take(numbered(labels), limit);
        const rows = rowNumbers(subset);
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        expect([...subset.targets!]).toEqual(rows.map((row) => labels[row]));
        expect(subset.values.filter((_, position) => position % FEATURES === 1)).toEqual(
          Float32Array.from(subset.targets!),
        );
      }),
      { seed: 1 },
    );
  });

  test('gives what is left over to the largest remainders, the lower class first', () => {
    const split = () => numbered([0, 0, 0, 1, 1, 1, 2, 2, 3, 3]);
    const counts = (limit: number) =>
      [0, 1, 2, 3].map((label) => countOf(take(split(), limit).targets, label));
    expect(counts(1)).toEqual([1, 0, 0, 0]);
    expect(counts(3)).toEqual([1, 1, 1, 0]);
    expect(counts(5)).toEqual([2, 1, 1, 1]);
  });

  test('is the same each time, another for another split, and no mere beginning', () => {
    const split = () => numbered(Array.from({ length: 400 }, (_, sample) => sample % CLASSES));
    expect(take(split(), 100)).toEqual(take(split(), 100));
    expect(take(split(), 100, 0)).not.toEqual(take(split(), 100, 1));
    expect(rowNumbers(take(split(), 100)).at(-1)).toBeGreaterThan(100);
  });

  test('keeps element type, divisor and shared memory, and costs nothing when it is the whole', () => {
    const split = numbered([0, 1, 2, 3]);
    const subset = take(split, 2);
    expect(subset.values).toBeInstanceOf(Float32Array);
    expect(subset.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(subset.divisor).toBe(split.divisor);
    const whole = numbered([0, 1, 2, 3]);
    expect(take(whole, 4)).toBe(whole);
  });

  test.each([5, 0, -1, 1.5, Number.NaN])('of %s out of four samples is refused', (limit) => {
    const split = numbered([0, 1, 2, 3]);
    expect(() => take(split, limit)).toThrow(DataError);
    expect(() => take(split, limit)).toThrow(
      `data.train_samples: the limit must be a whole number from 1 to the 4 samples there are, got ${limit}. `,
    );
  });
});

describe('a split in two', () => {
  test('has every row once, in order and with its target, in the memory that there was', () => {
    fc.assert(
      fc.property(cases, ([labels, count]) => {
        const split = numbered(labels);
        const marks = chooseRows(split, {
          count,
          target: TARGET,
          purpose: 'split',
          seed: 3,
          stream: 1,
          where: 'data.validation',
        });
        const { marked, rest } = separateRows(split, marks);
        for (const part of [marked, rest]) {
          const rows = rowNumbers(part);
          expect(rows).toEqual([...rows].sort((a, b) => a - b));
          expect([...part.targets!]).toEqual(rows.map((row) => labels[row]));
        }
        expect(marked.samples).toBe(count);
        expect([...rowNumbers(marked), ...rowNumbers(rest)].sort((a, b) => a - b)).toEqual(
          labels.map((_, row) => row),
        );
        expect([marked.values.buffer, rest.values.buffer]).toEqual([
          split.values.buffer,
          split.values.buffer,
        ]);
        expect(marked.values.byteOffset).toBe(rest.values.byteLength);
      }),
      { seed: 1 },
    );
  });

  test('of numbers is drawn at random', () => {
    const split = { ...numbered(new Array(100).fill(0)), targets: null };
    const target = { kind: 'numbers', width: 1 } as const;
    const choice = { count: 30, target, purpose: 'split', seed: 3, stream: 1, where: 'data.test' } as const;
    const marks = chooseRows(split, choice);
    expect(marks.reduce((sum, mark) => sum + mark, 0)).toBe(30);
    expect(marks.slice(0, 30)).not.toEqual(new Uint8Array(30).fill(1));
    expect(chooseRows(split, { ...choice, seed: 4 })).not.toEqual(marks);
  });
});
