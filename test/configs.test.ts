/** The sweeps in configs/: their data are there, and a penalty lowers the correlation that it is swept for. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadSweepConfig } from '../src/config/load.ts';
import { loadDataset } from '../src/data/load.ts';
import { compileKernel, instantiateKernel } from '../src/kernel/instantiate.ts';
import { planSweep } from '../src/plan/plan.ts';
import { GAP, readMetric } from '../src/record/measures.ts';
import type { TrialRecord } from '../src/record/record.ts';
import { runTrial } from '../src/trial/trial.ts';

/** Where Debian's package dataset-fashion-mnist puts the files. */
const FASHION = '/usr/share/datasets/fashion-mnist';
const kernel = instantiateKernel(await compileKernel({ variant: 'simd' }));

/** The baseline and the strongest point of the first penalty, trained with one seed. */
async function trainEnds(name: string, settings: readonly string[]) {
  const file = fileURLToPath(new URL(`../configs/${name}.yaml`, import.meta.url));
  const { config, base } = await loadSweepConfig(file, ['sweep.seeds=1', ...settings]);
  const { data, task } = config.experiment;
  const dataset = await loadDataset(data, { task, base });
  const { trials } = planSweep(config);
  const baseline = trials.find((trial) => trial.baseline)!;
  const type = trials.find((trial) => !trial.baseline)!.experiment.penalty.type;
  const strongest = trials.findLast(({ experiment }) => experiment.penalty.type === type)!;
  return { dataset, records: [baseline, strongest].map((spec) => runTrial(kernel, spec, dataset)) };
}

/** Mean |ρ| on held-out samples after the last epoch. */
function correlation({ epochs }: TrialRecord): number {
  return epochs.at(-1)?.layers[0]?.metrics['mean-abs-correlation'] ?? Number.NaN;
}

test('tabular.yaml: the table that is shipped, whose classes keep their names', async () => {
  const { dataset, records } = await trainEnds('tabular', ['experiment.training.epochs=10']);
  expect(dataset.target).toEqual({ kind: 'classes', classes: 2, names: ['benign', 'malignant'] });
  expect([dataset.train.samples, dataset.validation?.samples, dataset.test.samples]).toEqual([320, 107, 142]);
  const [free, penalised] = records as [TrialRecord, TrialRecord];
  expect(correlation(penalised)).toBeLessThan(correlation(free));
  expect(free.epochs.at(-1)?.test?.accuracy).toBeGreaterThan(0.9);
});

test('autoencoder.yaml: the codes decorrelate, and the digits are reconstructed', async () => {
  const fewer = ['experiment.data.train_samples=3000', 'experiment.data.validation=1000'];
  const { records } = await trainEnds('autoencoder', [...fewer, 'experiment.data.test_samples=500']);
  const [free, penalised] = records as [TrialRecord, TrialRecord];
  expect(correlation(penalised)).toBeLessThan(correlation(free));
  const losses = free.epochs.map(({ train }) => train['reconstruction-loss'] as number);
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
});

test.skipIf(!existsSync(FASHION))('fashion.yaml: Fashion-MNIST as it was published', async () => {
  const files = ['train', 'test'].flatMap((split) => {
    const name = `${FASHION}/${split === 'train' ? 'train' : 't10k'}`;
    return [
      `experiment.data.${split}.images=${name}-images-idx3-ubyte.gz`,
      `experiment.data.${split}.labels=${name}-labels-idx1-ubyte.gz`,
    ];
  });
  const fewer = ['experiment.data.train_samples=5000', 'experiment.data.validation=1000'];
  const { dataset, records } = await trainEnds('fashion', [...files, ...fewer]);
  expect(dataset.shape).toEqual([28, 28, 1]);
  expect(dataset.test.samples).toBe(10_000);
  const [free, penalised] = records as [TrialRecord, TrialRecord];
  expect(correlation(penalised)).toBeLessThan(correlation(free));
  expect(free.epochs.at(-1)?.test?.accuracy).toBeGreaterThan(0.6);
});

test('lenet.yaml: dropout and decov on the features of images', async () => {
  const fewer = ['experiment.data.train_samples=600', 'experiment.data.validation=200'];
  const { records } = await trainEnds('lenet', [
    ...fewer,
    'experiment.data.test_samples=200',
    'experiment.training.epochs=2',
  ]);
  const [free, penalised] = records as [TrialRecord, TrialRecord];
  expect(free.epochs.at(-1)?.layers.map(({ name }) => name)).toEqual(['features']);
  expect(correlation(penalised)).toBeLessThan(correlation(free));
  expect(free.epochs.at(-1)?.test?.accuracy).toBeGreaterThan(0.6);
});

test('rivals.yaml: every rival alone and with each penalty', async () => {
  const file = fileURLToPath(new URL('../configs/rivals.yaml', import.meta.url));
  const { config, base } = await loadSweepConfig(file, ['sweep.seeds=1', 'experiment.training.epochs=2']);
  const { data, task } = config.experiment;
  const { trials } = planSweep(config);
  expect(trials.map(({ baseline }) => baseline)).toEqual([...Array(8).fill(true), ...Array(16).fill(false)]);
  const rivals = trials.filter(({ baseline }) => baseline).map(({ settings }) => settings);
  expect(rivals.map((settings) => settings['model.1.dropout'] ?? null)).toEqual([
    0,
    0.1,
    0.3,
    0.5,
    0.7,
    0,
    0,
    null,
  ]);
  const dataset = await loadDataset(data, { task, base });
  // The plain network, those of weight decay and batch normalisation, and decov on the plain one.
  const gaps = [0, 5, 7, 8].map((at) => {
    const record = runTrial(kernel, trials[at]!, dataset);
    expect(record.outcome.status).toBe('complete');
    return readMetric(GAP, record);
  });
  expect(gaps.every((gap) => Number.isFinite(gap))).toBe(true);
});
