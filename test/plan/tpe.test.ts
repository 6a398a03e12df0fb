/** The tree-structured Parzen estimator: that it learns, and from what. */
import jstat from 'jstat';
import { describe, expect, test } from 'vitest';
import { STARTUP_POINTS } from '../../src/plan/plan.ts';
import { WINDOW } from '../../src/plan/planner.ts';
import { type Axis, type Coordinates, suggest } from '../../src/plan/tpe.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';
import { KNOWN_FUNCTIONS, type KnownFunction } from './known-functions.ts';

const POINTS = 50;
const SEEDS = 20;

function drawAt({ axes, settle }: KnownFunction, seed: number, index: number): Coordinates {
  const uniform = uniformStream(seed, 'sampler', index);
  return settle(
    axes.map((axis) => {
      const unit = uniform();
      if (axis.kind === 'category') return Math.floor(unit * axis.prior.length);
      return axis.levels === undefined ? unit : (Math.floor(unit * axis.levels) + 0.5) / axis.levels;
    }),
  );
}

function bestOfRandom(known: KnownFunction, seed: number): number {
  return Math.min(...Array.from({ length: POINTS }, (_, index) => known.at(drawAt(known, seed, index))));
}

/** As a sweep does it: some points at random, then each by the results of all but the last few before it. */
function bestOfLearning(known: KnownFunction, seed: number): number {
  const points: Coordinates[] = [];
  const values: number[] = [];
  for (let index = 0; index < POINTS; index += 1) {
    let point = drawAt(known, seed, index);
    if (index >= STARTUP_POINTS) {
      const finished = [...points.keys()].slice(0, index - WINDOW + 1);
      const ranked = finished.toSorted((a, b) => (values[a] as number) - (values[b] as number));
      const { candidates, score } = suggest(
        known.axes,
        ranked.map((position) => points[position] as Coordinates),
        uniformStream(seed, 'sampler', POINTS + index),
      );
      const scored = candidates
        .map(known.settle)
        .map((candidate) => ({ candidate, score: score(candidate) }));
      point = scored.toSorted((a, b) => b.score - a.score)[0]?.candidate ?? point;
    }
    points.push(point);
    values.push(known.at(point));
  }
  return Math.min(...values);
}

describe('against random search', () => {
  test(`the best of ${POINTS} points is better on every known function, by mean rank over ${SEEDS} seeds`, () => {
    const lines: string[] = [];
    let total = 0;
    for (const known of KNOWN_FUNCTIONS) {
      let ranks = 0;
      for (let seed = 0; seed < SEEDS; seed += 1) {
        // Random search draws other points than those that learning begins with.
        const [random, learning] = [bestOfRandom(known, SEEDS + seed), bestOfLearning(known, seed)];
        ranks += learning < random ? 1 : learning === random ? 1.5 : 2;
      }
      const mean = ranks / SEEDS;
      total += mean;
      lines.push(`${known.name}: ${mean.toFixed(2)} against ${(3 - mean).toFixed(2)}`);
      expect(mean, known.name).toBeLessThan(TOLERANCES.meanRank.each);
    }
    const mean = total / KNOWN_FUNCTIONS.length;
    console.log(
      `mean rank of TPE ${mean.toFixed(2)}, of random search ${(3 - mean).toFixed(2)}, at ${POINTS} points over ${SEEDS} seeds\n${lines.join('\n')}`,
    );
    expect(mean).toBeLessThan(TOLERANCES.meanRank.all);
  });
});

describe('a suggestion', () => {
  const line: readonly Axis[] = [{ kind: 'number' }];
  const uniform = () => uniformStream(0, 'sampler', 1);

  test('is a function of the ranked points and the random numbers', () => {
    const ranked = [[0.2], [0.4], [0.9]];
    const draw = () => suggest(line, ranked, uniform()).candidates;
    expect(draw()).toEqual(draw());
    expect(suggest(line, ranked.toReversed(), uniform()).candidates).not.toEqual(draw());
  });

  test('scores by the logarithm of how much likelier a point is among the good ones', () => {
    // One good point at 0.2, one other at 0.7, each mixed in equal parts with the uniform prior.
    const { score } = suggest(line, [[0.2], [0.7]], uniform());
    const width = 0.15;
    const kernel = (at: number, centre: number): number =>
      Math.exp(-0.5 * ((at - centre) / width) ** 2) /
      (width * Math.sqrt(2 * Math.PI)) /
      (jstat.normal.cdf(1, centre, width) - jstat.normal.cdf(0, centre, width));
    for (const at of [0.1, 0.2, 0.5, 0.7, 0.95]) {
      const expected = Math.log((kernel(at, 0.2) + 1) / (kernel(at, 0.7) + 1));
      expect(Math.abs(score([at]) - expected)).toBeLessThanOrEqual(TOLERANCES.probability);
    }
  });

  test('scores highest near the good points and lowest near the others', () => {
    const ranked = [0.21, 0.2, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1].map((at) => [at]);
    const { score } = suggest(line, ranked, uniform());
    expect(score([0.2])).toBeGreaterThan(score([0.5]));
    expect(score([0.5])).toBeGreaterThan(score([0.85]));
  });

  test('prefers the category of the good points, and never draws an impossible one', () => {
    const axes: readonly Axis[] = [{ kind: 'category', prior: [0.5, 0.5, 0] }];
    const ranked = [[1], [1], ...Array.from({ length: 12 }, () => [0])];
    const { candidates, score } = suggest(axes, ranked, uniform());
    expect(score([1])).toBeGreaterThan(score([0]));
    expect(candidates.flat()).not.toContain(2);
    expect(candidates.flat().filter((category) => category === 1).length).toBeGreaterThan(12);
  });

  test('lies on the steps of a counted axis and inside any axis', () => {
    const axes: readonly Axis[] = [{ kind: 'number', levels: 4 }, { kind: 'number' }];
    const { candidates } = suggest(
      axes,
      [
        [0.125, 0],
        [0.875, 1],
      ],
      uniform(),
    );
    for (const [step, share = 0] of candidates) {
      expect([0.125, 0.375, 0.625, 0.875]).toContain(step);
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
    }
  });

  test('says nothing about an axis that no point has', () => {
    const axes: readonly Axis[] = [{ kind: 'number' }, { kind: 'number' }];
    const { score } = suggest(
      axes,
      [
        [0.2, undefined],
        [0.8, undefined],
        [0.9, undefined],
      ],
      uniform(),
    );
    expect(score([0.2, 0.1])).toBeCloseTo(score([0.2, undefined]));
  });
});
