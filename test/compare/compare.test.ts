import { describe, expect, test } from 'vitest';
import { type Comparison, compareRuns, type RunInput } from '../../src/compare/compare.ts';
import type { RankedPoint } from '../../src/compare/standing.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import { expectClose, expectEstimate, expectProbability, T_1 } from './expect-close.ts';
import { exampleRun, FLOOR, handMadeRun, type Measured, SAMPLES } from './hand-made-run.ts';

/** The row of a penalty at a weight, or the first baseline. */
function rowOf({ rows }: Comparison, type: string | null, weight = 0): RankedPoint {
  const found = rows.find(({ penalty }) =>
    type === null ? penalty === null : penalty?.type === type && penalty.weight === weight,
  );
  if (found === undefined) {
    throw new Error(`no row of ${type} at ${weight}`);
  }
  return found;
}

function withRecords(
  run: RunInput,
  change: (records: readonly TrialRecord[]) => readonly TrialRecord[],
): RunInput {
  return { ...run, records: change(run.records) };
}

describe('a point over its seeds', () => {
  const comparison = compareRuns([exampleRun()]);

  test('every metric has the mean and the interval of the last epoch', () => {
    const { metrics, seeds } = rowOf(comparison, 'decov', 0.1);
    expect(seeds).toEqual([0, 1]);
    expectEstimate(metrics['test.accuracy'], 0.978, T_1 * 0.001, 2);
    expectEstimate(metrics['mean-abs-correlation'], 0.061, T_1 * 0.001, 2);
    expectEstimate(metrics['participation-ratio'], 61.5, T_1 * 0.5, 2);
    expectEstimate(metrics['activation-scale'], 0.43, T_1 * 0.01, 2);
    expectEstimate(metrics.seconds, 15.1, T_1 * 0.1, 2);
    expectEstimate(metrics['train.accuracy'], 0.99, 0, 2);
  });

  test('the floor for independent units and the excess over it stand beside the correlation', () => {
    const { metrics } = rowOf(comparison, 'decov', 0.1);
    expectClose(metrics['mean-abs-correlation']?.floor, FLOOR);
    expectClose(metrics['mean-abs-correlation']?.excess, 0.061 - FLOOR);
    expectClose(metrics['rms-correlation']?.floor, 1 / Math.sqrt(SAMPLES - 1));
    expect(metrics['test.accuracy']?.floor).toBeNull();
  });

  test('differences to the baseline are paired by seed', () => {
    const { metrics, baselinePoint } = rowOf(comparison, 'decov', 1);
    expect(baselinePoint).toBe(rowOf(comparison, null).point);
    // −0.020 with seed 0 and −0.019 with seed 1.
    expectEstimate(metrics['test.accuracy']?.difference, -0.0195, T_1 * 0.0005, 2);
    expectEstimate(metrics['mean-abs-correlation']?.difference, -0.1905, T_1 * 0.0005, 2);
  });

  test('a baseline is compared with nothing', () => {
    const baseline = rowOf(comparison, null);
    expect(baseline.baselinePoint).toBeNull();
    expect(baseline.metrics['test.accuracy']?.difference).toBeNull();
  });

  test('a penalty with a claimed gradient is marked inexact', () => {
    expect(rowOf(comparison, 'mean-abs-signed', 0.1).penalty?.exact).toBe(false);
    expect(rowOf(comparison, 'mean-abs', 1).penalty?.exact).toBe(true);
  });

  test('the rows lead with the baseline, go from the least correlated on, and end with unfinished points', () => {
    expect(
      comparison.rows.map(({ penalty }) => (penalty === null ? 'none' : `${penalty.type} ${penalty.weight}`)),
    ).toEqual([
      'none',
      'decov 1',
      'decov 0.1',
      'squared-correlation 0.1',
      'mean 0.01',
      'mean-abs-signed 0.1',
      'mean-abs 1',
      'decov 10',
      'smooth-abs 1',
    ]);
  });

  test('it is plain JSON: nothing is lost on the way through a file', () => {
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });
});

describe('the journal', () => {
  test('the order of its records changes nothing, to the last bit', () => {
    const expected = JSON.stringify(compareRuns([exampleRun()]));
    const reversed = withRecords(exampleRun(), (records) => records.toReversed());
    const interleaved = withRecords(exampleRun(), (records) => [
      ...records.filter(({ seed }) => seed === 1),
      ...records.filter(({ seed }) => seed === 0),
    ]);
    expect(JSON.stringify(compareRuns([reversed]))).toBe(expected);
    expect(JSON.stringify(compareRuns([interleaved]))).toBe(expected);
  });

  test('of several records of one trial the last one counts', () => {
    const run = withRecords(exampleRun(), (records) => [
      ...records
        .filter(({ id }) => id === 'p1-s0')
        .map((record) => ({ ...record, outcome: { status: 'interrupted', epoch: 1 } as const })),
      ...records,
    ]);
    expect(compareRuns([run])).toEqual(compareRuns([exampleRun()]));
    const worse = withRecords(run, (records) => records.toReversed());
    expect(rowOf(compareRuns([worse]), 'decov', 0.1).trials).toMatchObject({ complete: 1, interrupted: 1 });
  });

  test('a record of a trial that was not planned is left out', () => {
    const run = withRecords(exampleRun(), (records) => [
      ...records,
      ...records.filter(({ id }) => id === 'p1-s0').map((record) => ({ ...record, id: 'p1-s9', seed: 9 })),
    ]);
    expect(compareRuns([run])).toEqual(compareRuns([exampleRun()]));
  });
});

describe('trials that are not complete', () => {
  const comparison = compareRuns([exampleRun()]);

  test('they are counted by how they ended, for each point and for the run', () => {
    const unfinished = { pruned: 0, diverged: 0, timeout: 0, failed: 0, interrupted: 0, missing: 0 };
    const none = { planned: 2, complete: 1, ...unfinished };
    expect(rowOf(comparison, 'decov', 10).trials).toEqual({ ...none, diverged: 1 });
    expect(rowOf(comparison, 'smooth-abs', 1).trials).toEqual({ ...none, missing: 1 });
    expect(comparison.runs[0]?.trials).toEqual({
      planned: 18,
      complete: 16,
      ...unfinished,
      diverged: 1,
      missing: 1,
    });
  });

  test('the mean over the survivors is never best, although it would be', () => {
    const survivor = rowOf(comparison, 'decov', 10);
    expectEstimate(survivor.metrics['mean-abs-correlation'], 0.01, null, 1);
    expect(survivor.best).toEqual([]);
    expect(survivor.tradeOff).toBe(false);
    expect(rowOf(comparison, 'decov', 1).best).toContain('mean-abs-correlation');
  });

  test('a difference is over the seeds that both finished, and says over how many', () => {
    expectEstimate(rowOf(comparison, 'smooth-abs', 1).metrics['test.accuracy']?.difference, -0.002, null, 1);
  });

  test('a point without any complete trial has no values, and stays in the list', () => {
    const failed = { status: 'failed', code: 'OUT_OF_MEMORY', message: 'no memory' } as const;
    const run = handMadeRun([
      { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [failed] },
    ]);
    const row = rowOf(compareRuns([run]), 'decov', 1);
    expect(row.trials).toMatchObject({ planned: 1, complete: 0, failed: 1 });
    expect(row.metrics['test.accuracy']).toMatchObject({ mean: null, halfWidth95: null, n: 0 });
  });
});

describe('values that are no numbers', () => {
  test('a NaN is a missing value: it lowers n and never sorts first', () => {
    const run = handMadeRun([
      { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      { penalty: ['mean', 1], trials: [{ accuracy: 0.9, correlation: Number.NaN }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.9, correlation: 0.1 }] },
    ]);
    const comparison = compareRuns([run]);
    expect(rowOf(comparison, 'mean', 1).metrics['mean-abs-correlation']).toMatchObject({ mean: null, n: 0 });
    expect(comparison.rows.map(({ penalty }) => penalty?.type)).toEqual([undefined, 'decov', 'mean']);
  });

  test('a metric that one seed lacks is over the other, and n says so', () => {
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          { accuracy: 0.9, correlation: 0.2 },
          { accuracy: 0.9, correlation: null },
        ],
      },
    ]);
    const { metrics } = rowOf(compareRuns([run]), null);
    expectEstimate(metrics['mean-abs-correlation'], 0.2, null, 1);
    expectEstimate(metrics['test.accuracy'], 0.9, 0, 2);
  });
});

describe('other swept settings', () => {
  const slow = { 'training.optimizer.learning_rate': 0.01 };
  const fast = { 'training.optimizer.learning_rate': 0.1 };
  const run = handMadeRun([
    { penalty: null, settings: slow, trials: [{ accuracy: 0.9, correlation: 0.3 }] },
    { penalty: null, settings: fast, trials: [{ accuracy: 0.95, correlation: 0.4 }] },
    { penalty: ['decov', 1], settings: slow, trials: [{ accuracy: 0.89, correlation: 0.1 }] },
    { penalty: ['decov', 1], settings: fast, trials: [{ accuracy: 0.96, correlation: 0.2 }] },
  ]);
  const { rows } = compareRuns([run]);

  test('each point is compared with the baseline that shares them', () => {
    const [slowPoint, fastPoint] = rows.filter(({ baseline }) => !baseline);
    expectEstimate(slowPoint?.metrics['test.accuracy']?.difference, -0.01, null, 1);
    expectEstimate(fastPoint?.metrics['test.accuracy']?.difference, 0.01, null, 1);
  });

  test('a point whose baseline was not planned has no difference', () => {
    const orphan = handMadeRun([
      { penalty: null, settings: slow, trials: [{ accuracy: 0.9, correlation: 0.3 }] },
      { penalty: ['decov', 1], settings: fast, trials: [{ accuracy: 0.96, correlation: 0.2 }] },
    ]);
    const row = rowOf(compareRuns([orphan]), 'decov', 1);
    expect(row.baselinePoint).toBeNull();
    expect(row.metrics['test.accuracy']?.difference).toBeNull();
  });
});

test('what a penalty on two activations is set against tells its points apart, swept or not', () => {
  const trials = [{ accuracy: 0.9, correlation: 0.2 }];
  const { rows } = compareRuns([
    handMadeRun([
      { penalty: null, trials },
      { penalty: ['cross-covariance', 1, 'labels'], trials },
      {
        penalty: ['cross-covariance', 1, 'dense2'],
        settings: { 'penalty.against': 'dense2' },
        trials,
      },
      { penalty: ['decov', 1], trials },
    ]),
  ]);
  const against = rows.map(({ settings }) => settings['penalty.against']);
  expect(against).toEqual([undefined, 'labels', 'dense2', undefined]);
});

describe('several layers', () => {
  const run = handMadeRun([
    { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2, further: [0.4] }] },
    { penalty: ['decov', 1], trials: [{ accuracy: 0.9, correlation: 0.1, further: [null] }] },
  ]);

  test('a metric is the mean over the layers', () => {
    expectClose(rowOf(compareRuns([run]), null).metrics['mean-abs-correlation']?.mean, 0.3);
  });

  test('a layer without a value leaves the mean without one, not with that of the others', () => {
    expect(rowOf(compareRuns([run]), 'decov', 1).metrics['mean-abs-correlation']?.mean).toBeNull();
  });

  test('one layer can be looked at alone', () => {
    const comparison = compareRuns([run], { layer: 'dense2' });
    expectClose(rowOf(comparison, null).metrics['mean-abs-correlation']?.mean, 0.4);
    expect(comparison.runs[0]?.layers).toEqual([{ name: 'dense2', units: 256, samples: SAMPLES }]);
  });
});

describe('standing', () => {
  test('the best of each metric is marked, ties all of them, and what has no goal never', () => {
    const comparison = compareRuns([exampleRun()]);
    expect(rowOf(comparison, 'squared-correlation', 0.1).best).toEqual(['test.accuracy']);
    expect(rowOf(comparison, 'decov', 1).best).toEqual(['mean-abs-correlation', 'participation-ratio']);
    const quickest = comparison.rows.filter(({ best }) => best.includes('seconds'));
    expect(quickest.map(({ penalty }) => penalty?.type)).toEqual([undefined, 'mean', 'mean-abs-signed']);
    expect(comparison.rows.flatMap(({ best }) => best)).not.toContain('activation-scale');
  });

  test('the front holds exactly the points that no other beats in both accuracy and correlation', () => {
    const { rows } = compareRuns([exampleRun()]);
    expect(rows.filter(({ tradeOff }) => tradeOff).map(({ penalty }) => penalty)).toMatchObject([
      { type: 'decov', weight: 1 },
      { type: 'decov', weight: 0.1 },
      { type: 'squared-correlation', weight: 0.1 },
    ]);
  });

  test('a metric that one seed lacks is not best by the mean of the others', () => {
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          { accuracy: 0.9, correlation: 0.2 },
          { accuracy: 0.9, correlation: 0.2 },
        ],
      },
      {
        penalty: ['decov', 1],
        trials: [
          { accuracy: 0.9, correlation: 0.1 },
          { accuracy: 0.9, correlation: null },
        ],
      },
      {
        penalty: ['mean', 1],
        trials: [
          { accuracy: 0.9, correlation: 0.15 },
          { accuracy: 0.9, correlation: 0.15 },
        ],
      },
    ]);
    const comparison = compareRuns([run]);
    expect(rowOf(comparison, 'decov', 1)).toMatchObject({ best: [], tradeOff: false });
    expect(rowOf(comparison, 'mean', 1)).toMatchObject({ best: ['mean-abs-correlation'], tradeOff: true });
  });

  test('points on different data are not ranked together', () => {
    const better = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.99, correlation: 0.1 }] }], {
      name: 'other',
    });
    const data = { ...better.manifest.data, fingerprint: 'ef' };
    const other = { ...better, manifest: { ...better.manifest, data } };
    const apart = compareRuns([exampleRun(), other]);
    expect(rowOf(apart, 'squared-correlation', 0.1).best).toEqual(['test.accuracy']);
    const together = compareRuns([exampleRun(), better]);
    expect(rowOf(together, 'squared-correlation', 0.1).best).toEqual([]);
  });
});

describe('several runs', () => {
  const first = handMadeRun(
    [
      { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.89, correlation: 0.1 }] },
    ],
    { name: 'first' },
  );
  const second = handMadeRun(
    [
      { penalty: null, trials: [{ accuracy: 0.8, correlation: 0.5 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.81, correlation: 0.3 }] },
    ],
    { name: 'second' },
  );

  test('each point meets the baseline of its own run, although both runs name their points alike', () => {
    const { rows } = compareRuns([first, second]);
    const differences = rows
      .filter(({ baseline }) => !baseline)
      .map(({ metrics }) => metrics['test.accuracy']?.difference);
    expectEstimate(differences[0], -0.01, null, 1);
    expectEstimate(differences[1], 0.01, null, 1);
  });

  test('each run gets a verdict of its own', () => {
    const { verdicts } = compareRuns([first, second], { margin: 0.02 });
    expect(verdicts.map(({ run, winner }) => [run, winner?.correlation.mean])).toEqual([
      ['first', 0.1],
      ['second', 0.3],
    ]);
  });
});

describe('what was measured besides', () => {
  const penalised = (values: Partial<Measured>): Measured => ({ accuracy: 0.9, correlation: 0.1, ...values });

  test('the floor by permutation is the mean over the seeds, with the excess over it', () => {
    const run = handMadeRun([
      { penalty: ['decov', 1], trials: [penalised({ permuted: 0.01 }), penalised({ permuted: 0.03 })] },
    ]);
    const { metrics } = rowOf(compareRuns([run]), 'decov', 1);
    expectClose(metrics['mean-abs-correlation']?.permutedFloor, 0.02);
    expectClose(metrics['mean-abs-correlation']?.permutedExcess, 0.08);
    expect(metrics['rms-correlation']?.permutedFloor).toBeNull();
  });

  test('a floor that one seed lacks is none', () => {
    const run = handMadeRun([
      { penalty: ['decov', 1], trials: [penalised({ permuted: 0.01 }), penalised({})] },
    ]);
    const { metrics } = rowOf(compareRuns([run]), 'decov', 1);
    expect(metrics['mean-abs-correlation']).toMatchObject({ permutedFloor: null, permutedExcess: null });
  });

  test('strength, cosine and the change of the penalty are summarised like any metric', () => {
    const run = handMadeRun([
      {
        penalty: ['decov', 1],
        trials: [
          penalised({ strength: 0.2, cosine: 0.5, penalty: [4, 1] }),
          penalised({ strength: 0.4, cosine: 0.7, penalty: [4, 2] }),
        ],
      },
    ]);
    const { metrics } = rowOf(compareRuns([run]), 'decov', 1);
    expectEstimate(metrics.strength, 0.3, T_1 * 0.1, 2);
    expectEstimate(metrics['gradient-cosine'], 0.6, T_1 * 0.1, 2);
    expectEstimate(metrics['penalty-change'], -2.5, T_1 * 0.5, 2);
    expectEstimate(metrics.weight, 1, 0, 2);
  });

  test('runs of versions that measured none of it have no such values, and are compared all the same', () => {
    const { metrics } = rowOf(compareRuns([exampleRun()]), 'decov', 0.1);
    for (const name of ['weight', 'strength', 'final-strength', 'gradient-cosine', 'penalty-change']) {
      expect(metrics[name]).toMatchObject({ mean: null, n: 0 });
    }
    expect(compareRuns([exampleRun()]).freeBaselines).toEqual([]);
  });

  test('a weight that a strength has set is the mean over the seeds, and none before any is known', () => {
    const run = handMadeRun([
      {
        penalty: ['decov', 0],
        strength: 0.1,
        trials: [penalised({ strength: 0.1 }), penalised({ strength: 0.1 })],
      },
      { penalty: ['mean', 0], strength: 0.1, trials: [null, null] },
    ]);
    const penalties = compareRuns([run]).rows.map(({ penalty }) => penalty);
    expect(penalties).toEqual([
      { type: 'decov', weight: 150, strength: 0.1, exact: true },
      { type: 'mean', weight: null, strength: 0.1, exact: true },
    ]);
  });

  test('the free baseline is the mean over the seeds of the baseline, at its accuracy', () => {
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          penalised({ accuracy: 0.97, whitened: 0.012 }),
          penalised({ accuracy: 0.98, whitened: 0.014 }),
        ],
      },
    ]);
    const [free] = compareRuns([run]).freeBaselines;
    expect(free).toMatchObject({ run: 'by-hand', point: 'p0', layer: 'dense1', samples: 10_000 });
    expectEstimate(free?.quality, 0.975, T_1 * 0.005, 2);
    expectEstimate(free?.metrics['mean-abs-correlation'], 0.013, T_1 * 0.001, 2);
  });
});

test('a free baseline is one of the baseline, and of the layer that was whitened, however many others there are', () => {
  const trial = (further: readonly number[], whitened: number): Measured => ({
    accuracy: 0.97,
    correlation: 0.2,
    further,
    whitened,
  });
  const run = handMadeRun([
    { penalty: null, trials: [trial([0.4], 0.012)] },
    { penalty: ['decov', 1], trials: [trial([0.4], 0.5)] },
  ]);
  const { freeBaselines } = compareRuns([run]);
  expect(freeBaselines.map(({ point }) => point)).toEqual(['p0']);
  expectClose(freeBaselines[0]?.metrics['mean-abs-correlation']?.mean, 0.012);
});

describe('significance', () => {
  const trials = (...values: readonly number[]) =>
    values.map((correlation) => ({ accuracy: 0.9, correlation }));
  // Less the baseline −0.1 ± a spread; t = 0.1/(s/sqrt(3)) with 2 degrees of freedom.
  const run = handMadeRun([
    { penalty: null, trials: trials(0.3, 0.3, 0.3) },
    { penalty: ['decov', 1], trials: trials(0.199, 0.2, 0.201) },
    { penalty: ['decov', 2], trials: trials(0.19, 0.2, 0.21) },
    { penalty: ['decov', 3], trials: [...trials(0.1, 0.1001), null] },
  ]);
  const { rows } = compareRuns([run]);
  const p = (t: number): number => 1 - t / Math.sqrt(2 + t * t);

  test('each p is corrected for the finished points of its run', () => {
    const differences = [1, 2].map(
      (weight) => rowOf({ rows } as Comparison, 'decov', weight).metrics['mean-abs-correlation']?.difference,
    );
    const [strong, weak] = [p(100 * Math.sqrt(3)), p(10 * Math.sqrt(3))];
    expectProbability(differences[0]?.p, strong);
    expectProbability(differences[0]?.holmP, 2 * strong);
    expectProbability(differences[1]?.holmP, weak);
    expect(differences[1]).toMatchObject({ signFlipP: 0.25, smallestSignFlipP: 0.25, n: 3 });
  });

  test('a difference over fewer seeds than were planned is never called significant', () => {
    const difference = rowOf({ rows } as Comparison, 'decov', 3).metrics['mean-abs-correlation']?.difference;
    expect(difference).toMatchObject({ n: 2, holmP: null });
  });
});

describe('several objectives', () => {
  const point = (type: string, accuracy: number, correlation: number, seconds: number) =>
    ({ penalty: [type, 1], trials: [{ accuracy, correlation, seconds }] }) as const;
  const points = [
    { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.3, seconds: 10 }] },
    point('decov', 0.8, 0.1, 20),
    point('mean', 0.8, 0.2, 15),
    point('huber', 0.7, 0.2, 15),
  ] as const;
  const frontOf = (metrics?: readonly { name: string; goal: 'minimize' | 'maximize' }[]) => {
    const { manifest, ...run } = handMadeRun(points);
    const config = {
      sweep: { ...(metrics ? { metrics } : manifest.config.sweep) },
    } as typeof manifest.config;
    return compareRuns([{ ...run, manifest: { ...manifest, config } }])
      .rows.filter(({ tradeOff }) => tradeOff)
      .map(({ penalty }) => penalty?.type ?? 'none');
  };

  test('without metrics accuracy is traded against correlation', () => {
    expect(frontOf().sort()).toEqual(['decov', 'none']);
  });

  test('the Pareto set is that of the metrics of the sweep', () => {
    const all = [
      { name: 'test.accuracy', goal: 'maximize' },
      { name: 'mean-abs-correlation', goal: 'minimize' },
      { name: 'seconds', goal: 'minimize' },
    ] as const;
    expect(frontOf(all).sort()).toEqual(['decov', 'mean', 'none']);
    expect(frontOf(all.slice(2).concat(all.slice(0, 1))).sort()).toEqual(['none']);
  });
});
