/** Comparisons of every task, with a validation split and without, against numbers that are worked out anew here. */
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { learningCurves } from '../../src/compare/curves.ts';
import { comparisonToCsv } from '../../src/compare/export.ts';
import { alignByStrength } from '../../src/compare/strength.ts';
import { uniformStream } from '../../src/random.ts';
import { renderComparison } from '../../src/render/comparison.ts';
import { renderTabSeparated } from '../../src/render/plain.ts';
import { verdictInWords } from '../../src/render/words.ts';
import { expectClose, expectProbability } from './expect-close.ts';
import { studentQuantile, studentTwoSidedP } from './student.ts';
import { SAMPLES, type TaskPoint, type TaskTrial, taskRun } from './tasks.ts';

const SEEDS = 4;
const REGRESSION = { kind: 'numbers', width: 1 } as const;
const AUTOENCODING = { kind: 'inputs' } as const;
const CLASSES = { kind: 'classes', classes: 3 } as const;

/** Points whose first quality falls in steps of `cost` from that of the baseline, and the correlation with it. */
function points(
  target: typeof REGRESSION | typeof AUTOENCODING | typeof CLASSES,
  validated: boolean,
): TaskPoint[] {
  const [first, second] = {
    numbers: ['r2', 'rmse'],
    inputs: ['reconstruction-loss'],
    classes: ['accuracy', 'balanced-accuracy'],
  }[target.kind] as [string, string?];
  const better = first === 'reconstruction-loss' ? -1 : 1;
  return [null, ['decov', 0.1], ['decov', 1], ['mean', 1]].map((penalty, index) => {
    const noise = uniformStream(3, 'check', index);
    // The last point is the least correlated on validation and the most on test: who chooses is seen.
    const scores = (cost: number, correlation: number) => ({
      quality: {
        [first]: 0.8 - better * cost + 0.001 * noise(),
        ...(second !== undefined && { [second]: 0.5 + cost + 0.001 * noise() }),
      },
      correlation: correlation + 0.005 * noise(),
    });
    const cost = [0, 0.001, 0.2, 0.002][index] as number;
    const onTest = [0.3, 0.2, 0.05, 0.25][index] as number;
    const onValidation = [0.3, 0.2, 0.05, 0.1][index] as number;
    const trials = Array.from({ length: SEEDS }, (): TaskTrial => {
      const train = { [first]: 0.9 + 0.001 * noise() };
      const held = validated ? { validation: scores(cost, onValidation) } : {};
      return { train, ...held, test: scores(cost, onTest) };
    });
    return { penalty: penalty as TaskPoint['penalty'], trials };
  });
}

type Read = (trial: TaskTrial) => number | undefined;

/** Every metric of a run by its name, read from what the trials were made of. */
function readers(quality: readonly string[], validated: boolean): [string, Read][] {
  const [first] = quality as [string];
  return [
    ...quality.map((name): [string, Read] => [`test.${name}`, ({ test: { quality: own } }) => own[name]]),
    [`train.${first}`, ({ train }) => train[first]],
    ['gap', ({ train, test: { quality: own } }) => (train[first] ?? 0) - (own[first] ?? 0)],
    ...(validated
      ? [
          ...quality.map((name): [string, Read] => [
            `validation.${name}`,
            (t) => t.validation?.quality[name],
          ]),
          ['mean-abs-correlation', (t) => t.validation?.correlation] as [string, Read],
          ['test.mean-abs-correlation', (t) => t.test.correlation] as [string, Read],
        ]
      : [['mean-abs-correlation', (t) => t.test.correlation] as [string, Read]]),
  ];
}

function moments(values: readonly number[]) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / (n - 1), 0) / n);
  return {
    mean,
    half: studentQuantile(0.05, n - 1) * deviation,
    p: studentTwoSidedP(mean / deviation, n - 1),
  };
}

const CASES = [
  ['regression', REGRESSION, ['r2', 'rmse'], false],
  ['regression with validation', REGRESSION, ['r2', 'rmse'], true],
  ['autoencoding', AUTOENCODING, ['reconstruction-loss'], false],
  ['autoencoding with validation', AUTOENCODING, ['reconstruction-loss'], true],
  ['classification with validation', CLASSES, ['accuracy', 'balanced-accuracy'], true],
] as const;

describe.each(CASES)('%s', (_name, target, quality, validated) => {
  const made = points(target, validated);
  const run = taskRun(made, target);
  const comparison = compareRuns([run]);
  const [first] = quality;
  const rowOf = (point: number) => comparison.rows.find((row) => row.point === `p${point}`);

  test.each(readers(quality, validated))('%s has its mean, interval, difference and p', (name, read) => {
    const valuesOf = (point: number) => (made[point]?.trials ?? []).map((trial) => read(trial) ?? Number.NaN);
    for (const point of made.keys()) {
      const own = moments(valuesOf(point));
      const found = rowOf(point)?.metrics[name];
      expectClose(found?.mean, own.mean);
      expectProbability((found?.halfWidth95 ?? Number.NaN) / own.half, 1);
      if (point === 0) continue;
      const change = moments(valuesOf(point).map((value, seed) => value - (valuesOf(0)[seed] ?? 0)));
      expectClose(found?.difference?.mean, change.mean);
      expectProbability((found?.difference?.halfWidth95 ?? Number.NaN) / change.half, 1);
      expectProbability(found?.difference?.p, change.p);
    }
  });

  test('has no metric that no trial has, in no column and no export', () => {
    const names = comparison.metrics.map((metric) => metric.name);
    const scores = names.filter((name) => /^(train|validation|test)\./.test(name));
    const splits = validated ? ['test', 'validation'] : ['test'];
    const expected = [
      ...splits.flatMap((split) => [...quality, 'loss'].map((name) => `${split}.${name}`)),
      `train.${first}`,
      'train.loss',
      'train.penalty',
      ...(validated ? ['test.mean-abs-correlation'] : []),
    ];
    expect(scores.filter((name) => (rowOf(1)?.metrics[name]?.n ?? 0) > 0).sort()).toEqual(expected.sort());
    expect(Object.keys(rowOf(1)?.metrics ?? {}).sort()).toEqual([...names].sort());
    const [head = ''] = comparisonToCsv(comparison).split('\n');
    for (const name of names) expect(head.split(',')).toContain(`${name}.mean`);
    if (!validated) expect(head).not.toContain('validation.');
  });

  test('marks, front and order are those of the split that ranks', () => {
    const split = validated ? 'validation' : 'test';
    const means = (read: Read) => made.map(({ trials }) => moments(trials.map((t) => read(t) ?? 0)).mean);
    const correlations = means((t) => (validated ? t.validation : t.test)?.correlation);
    const qualities = means((t) => (validated ? t.validation : t.test)?.quality[first]);
    const sign = first === 'reconstruction-loss' ? -1 : 1;
    const best = qualities.indexOf(sign * Math.max(...qualities.map((value) => sign * value)));
    expect(rowOf(best)?.best).toContain(`${split}.${first}`);
    const order = [1, 2, 3].sort((a, b) => (correlations[a] ?? 0) - (correlations[b] ?? 0));
    expect(comparison.rows.slice(1).map(({ point }) => point)).toEqual(order.map((point) => `p${point}`));
    for (const point of made.keys()) {
      const beaten = [...made.keys()].some(
        (other) =>
          (correlations[other] ?? 0) < (correlations[point] ?? 0) &&
          sign * (qualities[other] ?? 0) > sign * (qualities[point] ?? 0),
      );
      expect(rowOf(point)?.tradeOff).toBe(!beaten);
    }
    if (validated) expect(comparison.rows.flatMap((row) => row.best).join()).not.toContain('test.');
  });

  test('the verdict chooses by the split that ranks, and tells the test split', () => {
    const { winner, strongest, marginOf } = comparison.verdicts[0] ?? {};
    // decov at 1 costs too much of every quality; of the others mean is the least correlated on validation alone.
    expect(winner?.point).toBe(validated ? 'p3' : 'p1');
    expect(strongest?.point).toBe('p2');
    expect(marginOf).toBe(target.kind === 'classes' ? 'fraction' : 'baseline');
    const trials = made[validated ? 3 : 1]?.trials ?? [];
    expectClose(winner?.correlation.mean, moments(trials.map((t) => t.test.correlation)).mean);
    if (!validated) expect(winner?.validation).toBeNull();
    else {
      const chosen = moments(trials.map((t) => t.validation?.correlation ?? 0)).mean;
      expectClose(winner?.validation?.correlation.mean, chosen);
    }
  });

  test.each([60, 80, 120])(
    '%i columns wide it names the quality and how it was chosen, and fits',
    (width) => {
      const text = renderComparison(comparison, { width, color: false });
      const label = { numbers: 'R²', inputs: 'reconstruction loss', classes: 'accuracy' }[target.kind];
      const flat = text.replaceAll(/\s+/g, ' ');
      expect(flat).toContain(label);
      expect(flat).toContain(
        validated
          ? `Chosen on the validation split (${SAMPLES.validation} samples): order, marks and front; told on the test split (${SAMPLES.test} samples).`
          : `Selected on the test set (${SAMPLES.test} samples)`,
      );
      if (target.kind !== 'classes') expect(text).not.toMatch(/accuracy|points of/);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    },
  );

  test('in a pipe the told columns have the numbers of the test split', () => {
    const lines = renderTabSeparated(comparison, {
      columns: [`test.${first}`, validated ? 'test.mean-abs-correlation' : 'mean-abs-correlation'],
    }).split('\n');
    const cells = lines.filter((line) => !line.startsWith('#')).slice(1);
    const scale = target.kind === 'classes' ? 100 : 1;
    for (const [index, row] of comparison.rows.entries()) {
      const trials = made[Number(row.point.slice(1))]?.trials ?? [];
      const [told, correlation] = (cells[index] ?? '').split('\t').map((text) => Number(text.split(' ')[0]));
      expectClose(told, scale * moments(trials.map((t) => t.test.quality[first] ?? 0)).mean);
      expectClose(correlation, moments(trials.map((t) => t.test.correlation)).mean);
    }
  });

  test('a curve is of the split that ranks, with the value before training as epoch 0', () => {
    const name = validated ? `validation.${first}` : `test.${first}`;
    const records = run.records.map((record) => ({
      ...record,
      initial: {
        [validated ? 'validation' : 'test']: { loss: 1, [first]: 0.125 },
        layers: [],
      },
    }));
    const [curve] = learningCurves([{ ...run, records }], name);
    expect(curve?.at).toEqual([0, 1, 2]);
    const value = moments(
      (made[0]?.trials ?? []).map((t) => (validated ? t.validation : t.test)?.quality[first] ?? 0),
    ).mean;
    for (const [index, expected] of [0.125, value, value].entries())
      expectClose(curve?.values[index], expected);
  });
});

test('a step between two epochs lies where it was measured', () => {
  const run = taskRun(points(REGRESSION, false), REGRESSION);
  const trials = run.manifest.trials.map((spec) => ({
    ...spec,
    // 800 samples in batches of 100 are 8 steps an epoch.
    experiment: { ...spec.experiment, training: { batch_size: 100 } } as unknown as typeof spec.experiment,
  }));
  const records = run.records.map((record) => {
    const [first] = record.epochs;
    return first === undefined
      ? record
      : {
          ...record,
          steps: [
            { ...first, step: 4 },
            { ...first, epoch: 2, step: 12 },
          ],
        };
  });
  const [curve] = learningCurves([{ ...run, manifest: { ...run.manifest, trials }, records }], 'test.r2');
  expect(curve?.at).toEqual([0.5, 1, 1.5, 2]);
});

describe('the words', () => {
  test('of a quality that is better when smaller say what it costs, and of a gain that it comes with it', () => {
    const trial = (rmse: number, correlation: number): TaskTrial => ({
      train: { 'reconstruction-loss': rmse },
      test: { quality: { 'reconstruction-loss': rmse }, correlation },
    });
    const told = (rmse: number) =>
      verdictInWords(
        compareRuns(
          [
            taskRun(
              [
                { penalty: null, trials: [trial(0.5, 0.3), trial(0.5, 0.3)] },
                { penalty: ['decov', 1], trials: [trial(rmse, 0.1), trial(rmse + 0.01, 0.1)] },
              ],
              AUTOENCODING,
            ),
          ],
          { margin: 0.5 },
        ),
      )[0];
    // 0.02 and 0.03: 0.025 ± 12.706 · 0.005.
    expect(told(0.52)).toContain(
      'for +0.0250 ± 0.0635 of reconstruction loss: the least correlated point within 50 % of',
    );
    expect(told(0.48)).toContain('with −0.0150 ± 0.0635 of reconstruction loss');
  });

  test('a margin of a quality that is no fraction is a share of that of the baseline, and one outside it is refused', () => {
    const trial = (r2: number, correlation: number): TaskTrial => ({
      train: { r2 },
      test: { quality: { r2, rmse: 1 }, correlation },
    });
    const run = taskRun(
      [
        { penalty: null, trials: [trial(0.5, 0.3), trial(0.5, 0.3)] },
        { penalty: ['decov', 1], trials: [trial(0.49, 0.1), trial(0.49, 0.1)] },
      ],
      REGRESSION,
    );
    expect(compareRuns([run], { margin: 0.02 }).verdicts[0]?.winner?.point).toBe('p1');
    expect(compareRuns([run], { margin: 0.0199 }).verdicts[0]?.winner).toBeNull();
    expect(verdictInWords(compareRuns([run], { margin: 0.0199 }))[0]).toBe(
      "No penalty is within 1.99 % of the baseline's mean R².",
    );
  });

  test('of a run with validation say where it was chosen', () => {
    const [winner, tied] = verdictInWords(compareRuns([taskRun(points(CLASSES, true), CLASSES)]));
    expect(winner).toContain("within 0.5 points of the baseline's mean accuracy on the validation split");
    expect(winner).toContain('mean at 1 lowers mean |ρ| from 0.30');
    expect(tied).not.toContain('Tied');
  });
});

test('runs of different tasks share no quality, and are compared in what they share', () => {
  const runs = [
    taskRun(points(REGRESSION, false), REGRESSION, 'one'),
    taskRun(points(CLASSES, true), CLASSES, 'other'),
  ];
  const comparison = compareRuns(runs);
  const names = comparison.metrics.map(({ name }) => name);
  expect(names.filter((name) => /accuracy|r2|rmse/.test(name))).toEqual([]);
  expect(names).toContain('mean-abs-correlation');
  expect(comparison.verdicts.map(({ quality }) => quality.name)).toEqual(['r2', 'accuracy']);
  const text = renderComparison(comparison, { width: 120, color: false }).replaceAll(/\s+/g, ' ');
  expect(text).toContain('one: Selected on the test set');
  expect(text).toContain('other: Chosen on the validation split');
});

test('at equal strength the test split is told, and the validation split gives order and marks', () => {
  const made = points(CLASSES, true);
  const run = taskRun(made, CLASSES);
  const records = run.records.map((record) =>
    record.baseline
      ? record
      : {
          ...record,
          penalty: {
            weight: 1,
            start: { dense1: { penalty: 1, cosine: null, strength: record.point === 'p2' ? 2 : 1 } },
          },
        },
  );
  const { rows, metrics } = compareRuns([{ ...run, records }]);
  const { entries, ranking, metric, quality } = alignByStrength(rows, metrics);
  expect([metric.name, ranking.name, quality?.name]).toEqual([
    'test.mean-abs-correlation',
    'mean-abs-correlation',
    'test.accuracy',
  ]);
  const atOne = entries.filter(({ strength }) => strength === 1);
  expect(atOne.map(({ penalty, standing }) => [penalty.type, standing])).toEqual([
    ['mean', 'best'],
    ['decov', 'none'],
  ]);
  expectClose(atOne[0]?.value.mean, moments((made[3]?.trials ?? []).map((t) => t.test.correlation)).mean);
});

test('whether a gradient is exact stands in the manifest, whatever the catalogue says', () => {
  const run = taskRun(points(CLASSES, false), CLASSES);
  const penalties = { decov: { exact: false, degree: 4 } };
  const { rows } = compareRuns([{ ...run, manifest: { ...run.manifest, penalties } }]);
  expect(rows.flatMap(({ penalty }) => (penalty?.exact === false ? penalty.type : []))).toEqual([
    'decov',
    'decov',
  ]);
});
