/** Each number of a comparison against one that is worked out anew here, from the definitions and by other means. */
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import type { RankedPoint } from '../../src/compare/standing.ts';
import { uniformStream } from '../../src/random.ts';
import { renderTabSeparated } from '../../src/render/plain.ts';
import { verdictInWords } from '../../src/render/words.ts';
import { expectClose, expectProbability } from './expect-close.ts';
import { FLOOR, type HandMadePoint, handMadeRun, type Measured } from './hand-made-run.ts';
import { studentQuantile, studentTwoSidedP } from './student.ts';

const SEEDS = 6;
const METRICS = ['test.accuracy', 'mean-abs-correlation', 'activation-scale', 'seconds'] as const;
const GOALS = { 'test.accuracy': 1, 'mean-abs-correlation': -1, 'activation-scale': 0, seconds: -1 } as const;
type Metric = (typeof METRICS)[number];
type Trials = readonly (Measured | null)[];

/** Random trials of a point: one centre, and a shift that each seed has in all points alike. */
function trialsAround(centre: number, name: number): Trials {
  const shift = uniformStream(1, 'check', 0);
  const noise = uniformStream(2, 'check', name);
  return Array.from({ length: SEEDS }, () => {
    const common = shift();
    return {
      accuracy: 0.97 - 0.002 * centre + 0.004 * common + 0.001 * noise(),
      correlation: 0.2 / (1 + centre) + 0.01 * common + 0.01 * noise(),
      scale: 0.5 / (1 + centre) + 0.01 * noise(),
      seconds: 10 + noise(),
    };
  });
}

const POINTS: readonly { readonly penalty: HandMadePoint['penalty']; readonly trials: Trials }[] = [
  { penalty: null, trials: trialsAround(0, 1) },
  { penalty: ['decov', 0.1], trials: trialsAround(0.9, 2) },
  { penalty: ['decov', 1], trials: trialsAround(4, 3) },
  { penalty: ['mean', 1], trials: trialsAround(0, 4) },
  { penalty: ['mean', 10], trials: trialsAround(0.88, 5) },
  { penalty: ['huber', 1], trials: [...trialsAround(9, 6).slice(0, SEEDS - 1), null] },
];
const run = handMadeRun(POINTS);
const comparison = compareRuns([run]);

function numberOf(trial: Measured | null, metric: Metric): number | null {
  if (trial === null) return null;
  const { accuracy, correlation, scale = null, seconds = null } = trial;
  return {
    'test.accuracy': accuracy,
    'mean-abs-correlation': correlation,
    'activation-scale': scale,
    seconds,
  }[metric];
}

/** Values of a point, in the order of the seeds; a missing trial has none. */
function valuesOf(point: number, metric: Metric): number[] {
  return (POINTS[point]?.trials ?? []).flatMap((trial) => numberOf(trial, metric) ?? []);
}

/** Mean and half of the interval, by sums of values and of squares about the first value. */
function summary(values: readonly number[]): {
  mean: number;
  half: number;
  standardError: number;
  n: number;
} {
  const n = values.length;
  const [first = 0] = values;
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value - first;
    squares += (value - first) ** 2;
  }
  const standardError = Math.sqrt((squares - sum ** 2 / n) / (n - 1) / n);
  return { mean: first + sum / n, half: studentQuantile(0.05, n - 1) * standardError, standardError, n };
}

/** Against another point: over the seeds of both, which are the first ones here. */
function differenceOf(point: number, other: number, metric: Metric): number[] {
  const others = valuesOf(other, metric);
  return valuesOf(point, metric)
    .slice(0, others.length)
    .map((value, seed) => value - (others[seed] ?? Number.NaN));
}

function pOf(differences: readonly number[]): number {
  const { mean, standardError, n } = summary(differences);
  return studentTwoSidedP(mean / standardError, n - 1);
}

/** Holm from its definition: each p times the number of those that are not smaller, and no p below a smaller one's. */
function holm(ps: readonly number[]): number[] {
  const scaled = (p: number): number => Math.min(1, p * ps.filter((other) => other >= p).length);
  return ps.map((p) => Math.max(...ps.filter((other) => other <= p).map(scaled)));
}

/** The share of all choices of signs whose sum is as far from zero. */
function signFlip(differences: readonly number[]): number {
  const sumOf = (signs: number): number =>
    Math.abs(differences.reduce((sum, d, bit) => sum + ((signs >> bit) & 1 ? -d : d), 0));
  const all = Array.from({ length: 2 ** differences.length }, (_, signs) => sumOf(signs));
  return all.filter((sum) => sum >= sumOf(0) * (1 - 1e-12)).length / all.length;
}

function rowOf(point: number): RankedPoint {
  return comparison.rows.find((row) => row.point === `p${point}`) as RankedPoint;
}

const FINISHED = [0, 1, 2, 3, 4];
const meanOf = (point: number, metric: Metric): number => summary(valuesOf(point, metric)).mean;
const bestPoint = (metric: Metric): number =>
  FINISHED.reduce((best, point) =>
    (meanOf(point, metric) - meanOf(best, metric)) * GOALS[metric] > 0 ? point : best,
  );

describe.each(METRICS)('%s', (metric) => {
  test.each([0, 1, 2, 3, 4, 5])('point %i has the mean and the interval of its values', (point) => {
    const { mean, half, n } = summary(valuesOf(point, metric));
    const found = rowOf(point).metrics[metric];
    expectClose(found?.mean, mean);
    expectProbability((found?.halfWidth95 ?? Number.NaN) / half, 1);
    expect(found?.n).toBe(n);
  });

  test.each([1, 2, 3, 4, 5])('point %i has the paired difference to the baseline with its tests', (point) => {
    const differences = differenceOf(point, 0, metric);
    const { mean, half, n } = summary(differences);
    const found = rowOf(point).metrics[metric]?.difference;
    expectClose(found?.mean, mean);
    expectProbability((found?.halfWidth95 ?? Number.NaN) / half, 1);
    expect(found?.n).toBe(n);
    expectProbability(found?.p, pOf(differences));
    expectProbability(found?.signFlipP, signFlip(differences));
    expect(found?.smallestSignFlipP).toBe(2 / 2 ** n);
  });

  test('the correction is over the finished points', () => {
    const points = FINISHED.slice(1);
    const expected = holm(points.map((point) => pOf(differenceOf(point, 0, metric))));
    for (const [index, point] of points.entries()) {
      expectProbability(rowOf(point).metrics[metric]?.difference?.holmP, expected[index] ?? Number.NaN);
    }
    expect(rowOf(5).metrics[metric]?.difference?.holmP).toBeNull();
  });

  test('the best and what is not told apart from it are marked, where there is a goal', () => {
    const marked = (kind: 'best' | 'tied'): number[] =>
      [0, 1, 2, 3, 4, 5].filter((point) => rowOf(point)[kind].includes(metric));
    if (GOALS[metric] === 0) {
      expect([marked('best'), marked('tied')]).toEqual([[], []]);
      return;
    }
    const best = bestPoint(metric);
    const others = FINISHED.filter((point) => point !== best);
    const ps = holm(others.map((point) => pOf(differenceOf(point, best, metric))));
    expect(marked('best')).toEqual([best]);
    expect(marked('tied')).toEqual(others.filter((_, index) => (ps[index] ?? 0) > 0.05));
  });
});

test('the floor is sqrt(2/(π(n − 1))), and the excess what is above it', () => {
  const found = rowOf(2).metrics['mean-abs-correlation'];
  expectClose(found?.floor, FLOOR);
  expectClose(found?.excess, meanOf(2, 'mean-abs-correlation') - FLOOR);
});

test('the front is what no finished point beats in accuracy and correlation', () => {
  const beaten = (point: number): boolean =>
    FINISHED.some(
      (other) =>
        meanOf(other, 'test.accuracy') > meanOf(point, 'test.accuracy') &&
        meanOf(other, 'mean-abs-correlation') < meanOf(point, 'mean-abs-correlation'),
    );
  const front = [0, 1, 2, 3, 4, 5].filter((point) => rowOf(point).tradeOff);
  expect(front).toEqual(FINISHED.filter((point) => !beaten(point)));
  expect(front.length).toBeLessThan(FINISHED.length);
});

test('the table in a pipe has each of them, with every digit', () => {
  const lines = renderTabSeparated(comparison).split('\n');
  const [head = [], ...rows] = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
  const check = (point: number, column: string, values: readonly number[], scale = 1): void => {
    const cell = rows[comparison.rows.indexOf(rowOf(point))]?.[head.indexOf(column)] ?? 'nothing';
    const [mean, half] = cell.split(' ± ').map(Number);
    const expected = summary(values);
    expectClose(mean, expected.mean * scale);
    expectClose(half, expected.half * scale);
    // A difference says its sign.
    expect(cell.startsWith('+')).toBe(column.startsWith('Δ') && expected.mean > 0);
  };
  for (const point of FINISHED.slice(1)) {
    check(point, 'accuracy (%)', valuesOf(point, 'test.accuracy'), 100);
    check(point, 'Δ accuracy (points)', differenceOf(point, 0, 'test.accuracy'), 100);
    check(point, 'mean |ρ| (floor 0.008)', valuesOf(point, 'mean-abs-correlation'));
    check(point, 'Δ mean |ρ|', differenceOf(point, 0, 'mean-abs-correlation'));
    check(point, 'time (s)', valuesOf(point, 'seconds'));
  }
});

test('the verdict has the numbers of the least correlated point that costs at most half a point, and its ties', () => {
  const cost = (point: number): number => summary(differenceOf(point, 0, 'test.accuracy')).mean;
  const affordable = FINISHED.slice(1)
    .filter((point) => cost(point) >= -0.005)
    .sort((a, b) => meanOf(a, 'mean-abs-correlation') - meanOf(b, 'mean-abs-correlation'));
  const [winner = Number.NaN, ...others] = affordable;
  const accuracy = summary(differenceOf(winner, 0, 'test.accuracy'));
  const change = differenceOf(winner, 0, 'mean-abs-correlation');
  const family = FINISHED.slice(1);
  const holmP = holm(family.map((point) => pOf(differenceOf(point, 0, 'mean-abs-correlation'))))[
    family.indexOf(winner)
  ];
  const tiePs = holm(others.map((point) => pOf(differenceOf(point, winner, 'mean-abs-correlation'))));
  const ties = others.filter((_, index) => (tiePs[index] ?? 0) > 0.05);
  const nameOf = (point: number): string => (POINTS[point]?.penalty ?? []).join(' at ');
  const correlation = (point: number): string => meanOf(point, 'mean-abs-correlation').toFixed(3);
  const p = (holmP ?? 0) < 0.0005 ? (holmP ?? 0).toExponential(1) : (holmP ?? 0).toFixed(3);
  const [first, second] = verdictInWords(comparison);
  expect(affordable).toHaveLength(3);
  expect(ties).toHaveLength(1);
  expect(first?.replaceAll('−', '-')).toBe(
    `${nameOf(winner)} lowers mean |ρ| from ${correlation(0)} to ${correlation(winner)} (floor 0.008) for ` +
      `${(100 * accuracy.mean).toFixed(2)} ± ${(100 * accuracy.half).toFixed(2)} points of accuracy: the least correlated point ` +
      "within 0.5 points of the baseline's mean accuracy. Over 6 seeds the difference in mean |ρ| is significant (paired t-test, " +
      `p = ${p} corrected for all points; sign-flip test, p = ${signFlip(change).toFixed(3)}, the least that 6 seeds can give).`,
  );
  expect(second).toBe(
    `Tied with it in mean |ρ|, by a paired t-test corrected for all ties: ${ties.map(nameOf).join()}.`,
  );
});
