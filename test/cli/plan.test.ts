import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { estimateSeconds } from '../../src/cli/estimate.ts';
import { loadDataset } from '../../src/data/load.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { planSweep } from '../../src/plan/plan.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { countCost } from '../../src/sweep/cost.ts';
import { SMALL_SWEEP, smallConfig, smallSweep } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

function plan(text: string, ...words: string[]): ReturnType<typeof covgrad> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'small.yaml'), text);
  return covgrad(directory, 'plan', 'small.yaml', ...words);
}

test('the plan shows every point with its seeds, the baseline, the data and the cost', () => {
  const { code, stdout, stderr } = plan(SMALL_SWEEP, '--threads', '2');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('small: 10 trials, 5 points with the seeds 0, 1\n');
  expect(stdout).toMatch(/^ {2}penalty +weight +point$/m);
  expect(stdout).toMatch(/^ {2}baseline +— +\w{12}$/m);
  expect(stdout).toMatch(/^ {2}mean-abs +0\.1 +\w{12}$/m);
  expect(stdout).toContain('256 training and 128 test samples, 8 features, 3 classes');
  // 10 trials of 2 epochs of 256 / 32 steps.
  expect(stdout).toContain('160 optimizer steps');
  expect(stdout).toMatch(/about .* on 2 threads: an estimate/);
});

test('the plan shows the network of every model, layer by layer, and those of one size once', () => {
  const model = `[[{conv2d: 4, kernel_size: 5, strides: 2, activation: relu, penalized: true}, {residual: [{conv2d: 4, kernel_size: 3, padding: same}], name: block}], [{dense: 16, penalized: true}], [{dense: 16, penalized: true, l2: 0.1}]]`;
  const sweep = `name: small
experiment:
  data: {source: mnist, train_samples: 64, test_samples: 32}
  model: [{dense: 8, penalized: true}]
  training: {epochs: 1, batch_size: 32, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 1}
sweep:
  parameters: {model: {values: ${model}}}`;
  const { code, stdout, stderr } = plan(sweep);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^network of 2 points {2}input 28 x 28 x 1; a trial takes at least [\d.]+ MB of a kernel$/m,
  );
  // 5·5·4 weights and 4 biases, each used at 12 x 12 positions; 104 parameters with gradients and 256 x 576 outputs of 4 bytes.
  expect(stdout).toMatch(/^ {2}conv2d1, penalized +12 x 12 x 4 +104 +14,400 +591 kB +relu$/m);
  expect(stdout).toMatch(/^ {4}conv2d2 +12 x 12 x 4 +148 +20,736 +591 kB$/m);
  expect(stdout).toMatch(/^ {2}block \(residual\) +12 x 12 x 4 +590 kB$/m);
  expect(stdout).toMatch(/^ {2}output-flatten \(flatten\) +576$/m);
  expect(stdout).toMatch(/^ {2}in all +6,022 +40,896 /m);
  expect(stdout).toMatch(/^ {2}dense1, penalized +16 +12,560 +12,544 +117 kB +relu$/m);
  const { networks } = JSON.parse(plan(sweep, '--json').stdout);
  expect(networks.map((network: { layers: unknown[] }) => network.layers.length)).toEqual([5, 2]);
  expect(networks.map((network: { points: number }) => network.points)).toEqual([2, 4]);
  expect(networks[0].layers[1]).toMatchObject({ name: 'conv2d2', depth: 1, output: [12, 12, 4] });
});

test('equal combinations are named as dropped', () => {
  const { stdout } = plan(smallSweep(['values: [0.1, 1]', 'values: [0.1, 1, 0.1]']));
  expect(stdout).toContain(
    'small: 10 trials, 5 points with the seeds 0, 1; left out 2 combinations that repeat one of them\n',
  );
});

test('a bayes sweep shows its baselines, and how many points are to come', () => {
  const bayes = smallSweep(
    ['seeds: 2', 'seeds: 2\n  method: bayes\n  run_cap: 15'],
    ['values: [0.1, 1]', 'min: 0.1, max: 1'],
  );
  const { code, stdout, stderr } = plan(bayes);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ {2}baseline +— +\w{12}$/m);
  expect(stdout).toContain(
    'up to 15 points more for each seed: 10 drawn at random, the others chosen by the results',
  );
  // The baseline and 15 points with 2 seeds, 2 epochs of 256 / 32 steps each.
  expect(stdout).toContain(`${16 * 2 * 16} optimizer steps`);
});

test('drawn points that cannot be trained or repeat are named, and notes go to stderr', () => {
  const drawn = smallSweep(
    ['seeds: 2', 'seeds: 2\n  method: random'],
    ['values: [0.1, 1]', 'values: [0, 1, 2, 3]'],
  );
  const { code, stdout, stderr } = plan(drawn);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /; left out \d+ draws that repeat one of them; the space has no more than 6 to draw\n/,
  );
  expect(stderr).toContain('sweep.method: random would never end by itself, so it ends after 20 points.');
});

test('--set changes the plan, as often as it is given', () => {
  const sets = ['--set', 'sweep.seeds=1', '--set', 'sweep.parameters.penalty.weight.values=[1]'];
  expect(plan(SMALL_SWEEP, ...sets).stdout).toContain('small: 3 trials, 3 points');
  const { code, stderr } = plan(SMALL_SWEEP, '--set', 'experiment.training.epochs=0');
  expect([code, stderr]).toEqual([
    2,
    '--set experiment.training.epochs=0: must be a whole number from 1 to 100000, got 0.\n',
  ]);
});

test.each([60, 80, 120])('with %i columns no line is wider, and the penalty and its weight stay', (width) => {
  const many = smallSweep([
    '    penalty.type: {values: [decov, mean-abs]}\n',
    `    penalty.type: {values: [decov, mean-abs, vicreg]}
    penalty.variance_weight: {values: [1, 25]}
    training.optimizer.learning_rate: {values: [0.1, 0.2]}
    model.0.activation: {values: [relu, leaky-relu]}
    model.0.on: {values: [activation, preactivation]}
`,
  ]);
  const { code, stdout } = plan(many, '--width', String(width));
  expect(code).toBe(0);
  for (const line of stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  expect(stdout).toMatch(/^ {2}penalty +weight +/m);
  expect(stdout.includes('Left out to fit')).toBe(width < 120);
  const plain = plan(many).stdout;
  expect(plain).not.toContain('Left out to fit');
  expect(plain).toMatch(/^ {2}penalty +weight +learning_rate +.* +variance_weight +point$/m);
});

test('--ascii writes nothing else', () => {
  expect(plan(SMALL_SWEEP, '--ascii').stdout).toMatch(/^[\0-\x7f]*$/);
});

test('--json holds the plan as data', () => {
  const { code, stdout } = plan(SMALL_SWEEP, '--json', '--kernel', 'reference');
  expect(code).toBe(0);
  const planned = JSON.parse(stdout);
  expect(planned.trials.map(({ id }: TrialSpec) => id)).toEqual(
    planSweep(smallConfig()).trials.map(({ id }) => id),
  );
  expect(planned).toMatchObject({
    name: 'small',
    points: 5,
    estimate: { steps: 160, kernel: 'reference' },
    data: [{ name: 'synthetic', train: 256 }],
  });
  expect(planned.estimate.seconds).toBeGreaterThan(0);
});

test('operations are those of the matrix products, and the penalty costs what its products do', async () => {
  const { trials } = planSweep(smallConfig());
  const [baseline, penalised] = [trials.find((spec) => spec.baseline), trials.find((spec) => !spec.baseline)];
  const dataset = await loadDataset((baseline as TrialSpec).experiment.data);
  // Layers 8 x 8 and 8 x 3: forward 2·88, backward 2·88 for the weights and 2·24 for the inputs above the data.
  const training = 256 * (2 * 88 + 2 * 88 + 2 * 24);
  const evaluation = 128 * (2 * 88 + 2 * 64);
  expect(countCost(baseline as TrialSpec, dataset)).toEqual({
    steps: 16,
    // Evaluated before the first step as well.
    operations: 2 * training + 3 * evaluation,
  });
  expect(countCost(penalised as TrialSpec, dataset).operations).toBe(
    2 * (training + 256 * 4 * 64) + 3 * evaluation,
  );
});

test('a validation split is evaluated in place of the test split, which comes once; every_steps adds to it', async () => {
  const config = smallConfig();
  const spec = planSweep(config).trials.find(({ baseline }) => baseline) as TrialSpec;
  const { data } = spec.experiment;
  const dataset = await loadDataset({ ...data, validation: 56 });
  const perSample = 2 * 88 + 2 * 64;
  const training = 200 * (2 * 88 + 2 * 88 + 2 * 24);
  const operations = (changes: Partial<TrialSpec['experiment']> = {}): number =>
    countCost({ ...spec, experiment: { ...spec.experiment, ...changes } }, dataset).operations;
  expect(operations()).toBe(2 * training + (3 * 56 + 128) * perSample);
  // 7 steps an epoch: after 3, 6, 9 and 12 of 14.
  const evaluation = { permutations: 0, free_baseline: false, every_steps: 3 };
  expect(operations({ evaluation })).toBe(2 * training + ((3 + 4) * 56 + 128) * perSample);
  // The ends of the epochs are measured anyway.
  expect(operations({ evaluation: { ...evaluation, every_steps: 7 } })).toBe(operations());
});

test('a penalty on two activations costs its product and a gradient for each layer', async () => {
  const against = (other: string): TrialSpec => {
    const text = smallSweep(
      ['{type: decov, weight: 0.1}', `{type: cross-covariance, weight: 0.1, against: ${other}}`],
      ['- {dense: 8, penalized: true}', '- {dense: 8, penalized: true}\n    - {dense: 5}'],
      ['    penalty.type: {values: [decov, mean-abs]}\n', ''],
    );
    return planSweep(smallConfig(text)).trials.at(-1) as TrialSpec;
  };
  const dataset = await loadDataset(against('labels').experiment.data);
  const [labels, layer, output] = ['labels', 'dense2', 'output'].map(
    (other) => countCost(against(other), dataset).operations,
  ) as [number, number, number];
  // A product of 8 x 3 and one gradient, twice that where both are layers, and 8 x 5 instead.
  expect(output - labels).toBe(2 * 256 * 4 * 8 * 3);
  expect(layer - output).toBe(2 * 256 * 8 * 8 * (5 - 3));
});

test('every trial gets an estimate that grows with its steps and evaluations alike', async () => {
  const [spec] = planSweep(smallConfig()).trials as [TrialSpec];
  const dataset = await loadDataset(spec.experiment.data);
  const { training } = spec.experiment;
  const trials = [2, 4, 6].map((epochs) => ({
    ...spec,
    experiment: { ...spec.experiment, training: { ...training, epochs } },
  }));
  const costs = trials.map((trial) => countCost(trial, dataset));
  const [short, middle, long] = estimateSeconds(trials, costs, createReferenceKernel(), () => dataset) as [
    number,
    number,
    number,
  ];
  expect(short).toBeGreaterThan(0);
  expect((long - middle) / (middle - short)).toBeCloseTo(1);
  // 3 and 7 evaluations for 2 and 6 epochs of steps.
  expect(long / short).toBeGreaterThan(7 / 3);
  expect(long / short).toBeLessThan(3);
});

test('--schedule draws what changes in the course of training, each schedule once, and --json has its values', () => {
  const scheduled = smallSweep([
    'learning_rate: 0.1',
    'learning_rate: {schedule: cosine, initial: 0.1, warmup_epochs: 0.5}',
  ]);
  const { code, stdout, stderr } = plan(scheduled, '--schedule');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^training\.optimizer\.learning_rate by epoch$/m);
  expect(stdout).toMatch(/^a cosine, initial 0\.1, final 0, warmup_epochs 0\.5: .* → .*, 5 points$/m);
  expect(stdout).not.toMatch(/^b /m);
  const { schedules } = JSON.parse(plan(scheduled, '--schedule', '--json').stdout);
  expect(schedules).toHaveLength(1);
  const [{ path, schedules: drawn }] = schedules;
  expect([path, drawn.length, drawn[0].points, drawn[0].values.length]).toEqual([
    'training.optimizer.learning_rate',
    1,
    5,
    16,
  ]);
  expect(drawn[0].values.slice(0, 5)).toEqual(
    [0.025, 0.05, 0.1 * 0.75, 0.1, 0.1].map((value, step) => ({
      epoch: step / 8,
      value: expect.closeTo(value, 12),
    })),
  );
  expect(plan(SMALL_SWEEP, '--schedule').stdout).toContain(
    'Learning rate and weight stay: no point has a schedule.\n',
  );
});
