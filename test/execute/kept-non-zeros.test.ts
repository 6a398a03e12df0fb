/** What a pool adds to a data set before it passes it to its threads. */
import { expect, it } from 'vitest';
import type { Split } from '../../src/data/dataset.ts';
import { fingerprint } from '../../src/data/dataset.ts';
import { withNonZeros } from '../../src/execute/kept-non-zeros.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest } from '../store/samples.ts';
import { NO_DATA } from './no-data.ts';

function splitOf(bytes: number[]): Split {
  const values = new Uint8Array(new SharedArrayBuffer(bytes.length));
  values.set(bytes);
  return { samples: bytes.length / 4, values, divisor: 255, targets: null };
}

it('the non-zeros of the splits that are mostly zeros are found once, and change no fingerprint', () => {
  const [sparse, dense] = [splitOf([0, 0, 5, 0, 0, 0, 0, 9]), splitOf([1, 2, 3, 4])];
  const dataset = { ...NO_DATA, features: 4, shape: [4], train: sparse, test: dense };
  const spec = sampleManifest().trials[0] as TrialSpec;
  const prepared = withNonZeros(dataset, spec);
  expect(prepared.train.nonZeros?.starts.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(prepared.train.values).toBe(sparse.values);
  expect(prepared.test).toBe(dense);
  expect(withNonZeros(dataset, spec)).toBe(prepared);
  expect(fingerprint(prepared)).toBe(fingerprint(dataset));
});

it('a network that begins with a convolution reads none, and none are found for it', () => {
  const dataset = { ...NO_DATA, features: 4, shape: [2, 2, 1], train: splitOf([0, 0, 5, 0]) };
  const spec = sampleManifest().trials[0] as TrialSpec;
  const model = [
    { conv2d: 1, kernel_size: 1 },
    { flatten: true },
    ...spec.experiment.model,
  ] as TrialSpec['experiment']['model'];
  const convolved: TrialSpec = { ...spec, experiment: { ...spec.experiment, model } };
  expect(withNonZeros(dataset, convolved)).toBe(dataset);
  const flat: TrialSpec = { ...spec, experiment: { ...spec.experiment, model: model.slice(1) } };
  expect(withNonZeros(dataset, flat).train.nonZeros).toBeDefined();
});
