import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import type { Finding, Verdict } from '../../src/compare/verdict.ts';
import { expectClose } from './expect-close.ts';
import { exampleRun, type HandMadePoint, handMadeRun, type Measured } from './hand-made-run.ts';

function verdictOn(points: readonly HandMadePoint[], margin?: number): Verdict {
  const [verdict] = compareRuns([handMadeRun(points)], { margin }).verdicts;
  if (verdict === undefined) {
    throw new Error('no verdict');
  }
  return verdict;
}

function nameOf(finding: Finding | null): string | null {
  return finding === null ? null : `${finding.penalty.type} ${finding.penalty.weight}`;
}

const BASELINE: HandMadePoint = { penalty: null, trials: [one(0.98, 0.2), one(0.98, 0.2)] };

function one(accuracy: number, correlation: number | null, scale = 0.5): Measured {
  return { accuracy, correlation, scale };
}

describe('the winner', () => {
  test('is the least correlated point within the margin of accuracy, not the least correlated of all', () => {
    const [verdict] = compareRuns([exampleRun()]).verdicts;
    expect(nameOf(verdict?.winner ?? null)).toBe('decov 0.1');
    expect(nameOf(verdict?.strongest ?? null)).toBe('decov 1');
    expect(verdict?.margin).toBe(0.005);
    expect(verdict?.obstacle).toBeNull();
  });

  test('a loss of exactly the margin is within it', () => {
    const points = [BASELINE, { penalty: ['decov', 1], trials: [one(0.975, 0.1), one(0.975, 0.1)] } as const];
    expect(nameOf(verdictOn(points).winner)).toBe('decov 1');
    expect(verdictOn(points, 0.0049).winner).toBeNull();
    expect(verdictOn(points, 0.0049).obstacle).toBe('quality');
  });

  test('carries what its sentence needs: both correlations, the floor and the price', () => {
    const { winner } = verdictOn([
      BASELINE,
      { penalty: ['decov', 1], trials: [one(0.979, 0.1), one(0.977, 0.1)] },
    ]);
    expectClose(winner?.qualityDifference.mean, -0.002);
    expectClose(winner?.correlation.mean, 0.1);
    expectClose(winner?.baseline.correlation, 0.2);
    expectClose(winner?.correlationDifference.mean, -0.1);
    expect(winner?.floor).toBeGreaterThan(0);
  });

  test('is also the strongest when nothing is stronger, and is then not named twice', () => {
    expect(
      verdictOn([BASELINE, { penalty: ['decov', 1], trials: [one(0.98, 0.1), one(0.98, 0.1)] }]).strongest,
    ).toBeNull();
  });

  test('is never a point with a diverged trial', () => {
    const diverged = { status: 'diverged', epoch: 1, step: 1, reason: 'the loss is NaN' } as const;
    const verdict = verdictOn([
      BASELINE,
      { penalty: ['decov', 1], trials: [one(0.99, 0.01), diverged] },
      { penalty: ['decov', 0.1], trials: [one(0.98, 0.1), one(0.98, 0.1)] },
    ]);
    expect(nameOf(verdict.winner)).toBe('decov 0.1');
    expect(verdict.strongest).toBeNull();
  });
});

describe('ties', () => {
  const winner: HandMadePoint = { penalty: ['decov', 1], trials: [one(0.98, 0.099), one(0.98, 0.101)] };

  // Less the winner: 0.001 and 0.003, t = 2, p = 0.295; and 0.0245 and 0.0255, t = 50, p = 0.0127, twice that with Holm.
  test('are the points that a paired test cannot tell from the winner', () => {
    const verdict = verdictOn([
      BASELINE,
      winner,
      { penalty: ['mean', 1], trials: [one(0.98, 0.1), one(0.98, 0.104)] },
      { penalty: ['mean', 2], trials: [one(0.98, 0.1235), one(0.98, 0.1265)] },
    ]);
    expect(nameOf(verdict.winner)).toBe('decov 1');
    expect(verdict.ties.map(nameOf)).toEqual(['mean 1']);
  });

  // Three of p = 0.0255 (t = 25): one alone is told apart, all three together are not.
  test('take into account how many points are tested', () => {
    const far: HandMadePoint['trials'] = [one(0.98, 0.099 + 0.024), one(0.98, 0.101 + 0.026)];
    const points = [1, 2, 3].map((weight): HandMadePoint => ({ penalty: ['mean', weight], trials: far }));
    expect(verdictOn([BASELINE, winner, ...points.slice(0, 1)]).ties).toEqual([]);
    expect(verdictOn([BASELINE, winner, ...points]).ties.map(nameOf)).toEqual(['mean 1', 'mean 2', 'mean 3']);
  });

  test('are not hidden by overlapping intervals: seeds that shift both alike are paired', () => {
    const verdict = verdictOn([
      BASELINE,
      { penalty: ['decov', 1], trials: [one(0.98, 0.05), one(0.98, 0.15)] },
      { penalty: ['mean', 1], trials: [one(0.98, 0.0701), one(0.98, 0.1699)] },
    ]);
    expect(verdict.ties).toEqual([]);
  });

  test('are not claimed with one seed, where there are no intervals', () => {
    const verdict = verdictOn([
      { penalty: null, trials: [one(0.98, 0.2)] },
      { penalty: ['decov', 1], trials: [one(0.98, 0.1)] },
      { penalty: ['mean', 1], trials: [one(0.98, 0.1)] },
    ]);
    expect(verdict.ties).toEqual([]);
    expect(verdict.winner?.correlation.halfWidth95).toBeNull();
  });
});

describe('shrinking', () => {
  test('is a smaller scale without a lower correlation', () => {
    const [verdict] = compareRuns([exampleRun()]).verdicts;
    expect(verdict?.shrinking.map(nameOf)).toEqual(['mean-abs-signed 0.1', 'mean-abs 1']);
  });

  test('is not what made its penalty grow, nor a correlation that fell for sure; one that fell by chance is', () => {
    const shrunk = (values: Partial<Measured>, ...correlations: readonly number[]): HandMadePoint['trials'] =>
      correlations.map((correlation) => ({
        accuracy: 0.98,
        correlation,
        scale: 0.1,
        strength: 1,
        ...values,
      }));
    const verdict = verdictOn([
      { penalty: null, trials: [one(0.98, 0.2), one(0.98, 0.2)] },
      { penalty: ['decov', 1], trials: shrunk({ penalty: [1, 2] }, 0.21, 0.21) },
      { penalty: ['decov', 2], trials: shrunk({}, 0.199, 0.1991) },
      { penalty: ['decov', 3], trials: shrunk({ cosine: 0.9 }, 0.18, 0.21) },
    ]);
    expect(verdict.shrinking.map(nameOf)).toEqual(['decov 3']);
    expect(verdict.shrinking[0]?.gradientCosine).toBe(0.9);
  });

  test('is not a smaller scale with a lower correlation, nor a scale that is about the same', () => {
    const verdict = verdictOn([
      { penalty: null, trials: [one(0.98, 0.2, 1)] },
      { penalty: ['decov', 1], trials: [one(0.98, 0.1, 0.2)] },
      { penalty: ['mean', 1], trials: [one(0.98, 0.3, 0.95)] },
    ]);
    expect(verdict.shrinking).toEqual([]);
  });
});

describe('why there is no winner', () => {
  test('nothing but baselines', () => {
    expect(verdictOn([BASELINE]).obstacle).toBe('no-points');
  });

  test('no point has all its trials', () => {
    expect(verdictOn([BASELINE, { penalty: ['decov', 1], trials: [one(0.98, 0.1), null] }]).obstacle).toBe(
      'unfinished',
    );
  });

  test('the baseline is not there', () => {
    const points = [
      { penalty: null, trials: [null] },
      { penalty: ['decov', 1], trials: [one(0.98, 0.1)] },
    ] as const;
    expect(verdictOn(points).obstacle).toBe('not-comparable');
  });

  // The survivor's accuracy is 0.98; the point, at 0.976, is within the margin of the seed they share and not of the mean.
  test('the baseline lacks a trial: a survivor is no baseline', () => {
    const diverged = { status: 'diverged', epoch: 1, step: 1, reason: 'the loss is NaN' } as const;
    const points = [
      { penalty: null, trials: [diverged, one(0.98, 0.2)] },
      { penalty: ['decov', 1], trials: [one(0.972, 0.1), one(0.98, 0.1)] },
    ] as const;
    expect(verdictOn(points).winner).toBeNull();
    expect(verdictOn(points).obstacle).toBe('not-comparable');
  });

  test('one seed has no correlation: the mean of the others is not set against that of all', () => {
    const lacking = [one(0.98, null), one(0.98, 0.2)];
    const whole = [one(0.98, 0.1), one(0.98, 0.1)];
    const winnerOf = (baseline: Measured[], point: Measured[]): string | null =>
      nameOf(
        verdictOn([
          { penalty: null, trials: baseline },
          { penalty: ['decov', 1], trials: point },
        ]).winner,
      );
    expect(winnerOf(lacking, whole)).toBeNull();
    expect(winnerOf(whole, lacking)).toBeNull();
    expect(winnerOf(whole, whole)).toBe('decov 1');
  });

  test('no layer was measured', () => {
    const points = [
      { penalty: null, trials: [one(0.98, null)] },
      { penalty: ['decov', 1], trials: [one(0.98, null)] },
    ] as const;
    expect(verdictOn(points).obstacle).toBe('not-comparable');
  });

  test('every point costs too much; the strongest is named all the same', () => {
    const verdict = verdictOn([BASELINE, { penalty: ['decov', 1], trials: [one(0.9, 0.1), one(0.9, 0.1)] }]);
    expect(verdict.obstacle).toBe('quality');
    expect(nameOf(verdict.strongest)).toBe('decov 1');
  });
});
