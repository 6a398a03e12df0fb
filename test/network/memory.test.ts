import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { loadDataset } from '../../src/data/load.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import { leastBytes, memoryProblem } from '../../src/network/memory.ts';
import { planSweep } from '../../src/plan/plan.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { TOLERANCES } from '../tolerances.ts';

const data = { features: 784, outputs: 10, train_samples: 60_000, test_samples: 10_000 };

test.each([
  ['an ordinary network fits', data, [256, 128], 128, undefined],
  ['a batch fits that asks for more samples than there are', data, [256], 1_000_000, undefined],
  ['two wide layers do not fit', data, [65_536, 65_536], 128, '67 GiB'],
  ['the covariance of one wide layer does not fit', { ...data, test_samples: 2 }, [24_000], 2, '4.5 GiB'],
  ['so many held-out samples do not fit', { ...data, test_samples: 10_000_000 }, [128], 128, '4.8 GiB'],
  ['so large a batch does not fit', { ...data, features: 20_000 }, [8], 60_000, '4.5 GiB'],
])('%s', (_, sizes, units, batch, needed) => {
  const model = units.map((dense, layer) => ({ dense, penalized: layer === 0 }));
  const problem = memoryProblem(sizes, model, batch);
  if (needed === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(needed);
});

test.each([
  ['wide layers', { test_samples: 100, units: [600, 500] }, 64],
  ['many held-out samples', { test_samples: 20_000, units: [64] }, 64],
  ['large batches', { test_samples: 100, units: [64, 64] }, 4000],
])(
  'what is asked for at least is never more than a trial uses, and not much less: %s',
  async (_, sizes, batch) => {
    const { test_samples, units } = sizes;
    const synthetic = {
      source: 'synthetic',
      train_samples: 4000,
      test_samples,
      features: 50,
      classes: 4,
    } as const;
    const model = units.map((dense, layer) => ({ dense, penalized: layer === 0 }));
    const text = JSON.stringify({
      name: 'memory',
      experiment: {
        data: synthetic,
        model,
        training: { epochs: 1, batch_size: batch, optimizer: { type: 'sgd', learning_rate: 0.1 } },
        penalty: { type: 'decov', weight: 0.1 },
      },
      sweep: { seeds: 1 },
    });
    const { trials } = planSweep(parseSweepConfig(text, 'memory.yaml'));
    const spec = trials.find(({ baseline }) => !baseline) as TrialSpec;
    const record = runTrial(
      await loadKernel({ variant: 'simd' }),
      spec,
      await loadDataset(spec.experiment.data),
    );
    const share =
      leastBytes({ ...synthetic, outputs: synthetic.classes }, model, batch) /
      (record.peakKernelBytes ?? Number.NaN);
    expect(share).toBeLessThanOrEqual(1);
    expect(share).toBeGreaterThan(TOLERANCES.memoryShare);
  },
);

test('of a convolution the same, its held-out positions bounded', async () => {
  const model = [
    { conv2d: 16, kernel_size: 3, activation: 'relu', penalized: true },
    { max_pooling2d: 2 },
    { conv2d: 16, kernel_size: 3, activation: 'relu' },
    { flatten: true },
    { dense: 32 },
  ];
  const text = JSON.stringify({
    name: 'memory',
    experiment: {
      data: { source: 'mnist', train_samples: 300, test_samples: 2000 },
      model,
      training: { epochs: 1, batch_size: 256, optimizer: { type: 'sgd', learning_rate: 0.1 } },
      penalty: { type: 'decov', weight: 0.1 },
    },
    sweep: { seeds: 1 },
  });
  const { trials } = planSweep(parseSweepConfig(text, 'memory.yaml'));
  const spec = trials.find(({ baseline }) => !baseline) as TrialSpec;
  const kernel = await loadKernel({ variant: 'simd' });
  const record = runTrial(kernel, spec, await loadDataset(spec.experiment.data));
  // 26 x 26 positions of 16 channels would be 86 MB; 2²⁴ numbers are 67.
  expect(record.epochs.at(-1)?.layers[0]).toMatchObject({ samples: 2000, positions: 524 });
  const sizes = { features: 784, shape: [28, 28, 1], outputs: 10, train_samples: 300, test_samples: 2000 };
  const share = leastBytes(sizes, spec.experiment.model, 256) / (record.peakKernelBytes ?? Number.NaN);
  expect(share).toBeLessThanOrEqual(1);
  expect(share).toBeGreaterThan(TOLERANCES.memoryShare);
});
