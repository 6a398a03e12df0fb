/** What is refused once the data are known, in one message and before anything is trained. */
import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '../../src/data/dataset.ts';
import type { TargetKind } from '../../src/data/task.ts';
import { ConfigError } from '../../src/errors.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { checkDataFit } from '../../src/sweep/data-fit.ts';
import { refusal } from '../refusal.ts';
import { sampleManifest } from '../store/samples.ts';

const [sample] = sampleManifest().trials as [TrialSpec];

function spec(experiment: Partial<TrialSpec['experiment']>, baseline = false): TrialSpec {
  return { ...sample, baseline, experiment: { ...sample.experiment, ...experiment } };
}

const logistic = spec({ training: { ...sample.experiment.training, loss: 'binary-cross-entropy' } });

function floats(...values: number[]): Float32Array<SharedArrayBuffer> {
  const array = new Float32Array(new SharedArrayBuffer(4 * values.length));
  array.set(values);
  return array;
}

function split(values: Split['values'], targets: Split['targets'], more: Partial<Split> = {}): Split {
  return { samples: values.length / 2, values, divisor: 1, targets, ...more };
}

function dataset(target: TargetKind, train: Split, others: Partial<Dataset> = {}): Dataset {
  return { name: 'made', fingerprint: '', features: 2, shape: [2], target, train, test: train, ...others };
}

const INPUTS = { kind: 'inputs' } as const;
const x = floats(0, 0.25, 0.5, 1);

describe('under binary cross-entropy', () => {
  test('targets from 0 to 1 are let through', () => {
    const target = { kind: 'numbers', width: 1 } as const;
    expect(() => checkDataFit(logistic, dataset(target, split(floats(5, -5), floats(0, 1))))).not.toThrow();
    expect(() => checkDataFit(logistic, dataset(INPUTS, split(x, null)))).not.toThrow();
    const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(255);
    expect(() => checkDataFit(logistic, dataset(INPUTS, split(bytes, null, { divisor: 255 })))).not.toThrow();
  });

  test('a target outside is refused with its split, sample and column', () => {
    const target = { kind: 'numbers', width: 2, names: ['a', 'b'] } as const;
    const good = split(x, floats(0, 1, 0.5, 1));
    const bad = split(x, floats(0, 1, 0.5, 1.5));
    const refused = (data: Dataset): string =>
      refusal(ConfigError, () => checkDataFit(logistic, data)).message;
    const rule = 'experiment.training.loss: binary-cross-entropy must have targets from 0 to 1, got 1.5 in';
    const remedy = 'Scale the targets, or write another loss.';
    expect(refused(dataset(target, bad))).toBe(`${rule} train sample 2 (b). ${remedy}`);
    expect(refused(dataset(target, good, { test: bad }))).toBe(`${rule} test sample 2 (b). ${remedy}`);
    expect(refused(dataset(target, good, { validation: bad }))).toBe(
      `${rule} validation sample 2 (b). ${remedy}`,
    );
    // Again, for each trial of those data.
    const data = dataset(target, bad);
    expect(refused(data)).toBe(refused(data));
  });

  test('inputs that are targets are looked at as the network reads them', () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
    const standardization = { mean: floats(0.5, 0.5), deviation: floats(0.25, 0.25) };
    for (const [data, value] of [
      [split(bytes, null), 3],
      [split(bytes, null, { divisor: 255, standardization }), (3 / 255 - 0.5) / 0.25],
      [split(floats(-1, 0, 0, 0), null), -1],
      [split(floats(Number.NaN, 0, 0, 0), null), Number.NaN],
    ] as const) {
      const { message } = refusal(ConfigError, () => checkDataFit(logistic, dataset(INPUTS, data)));
      expect(message).toBe(
        `experiment.training.loss: binary-cross-entropy must have targets from 0 to 1, got ${value} in train sample 1. Write data.normalize: scale, or another loss.`,
      );
    }
  });

  test('other losses take any target', () => {
    const target = { kind: 'numbers', width: 2 } as const;
    expect(() => checkDataFit(spec({}), dataset(target, split(x, floats(9, 9, 9, 9))))).not.toThrow();
  });
});

describe('what only the files tell', () => {
  const data = dataset({ kind: 'numbers', width: 4 }, split(x, floats(...Array(8).fill(0))));

  test('units that a penalty cannot pair with the output are refused, but not for a baseline', () => {
    const penalty = { type: 'barlow-twins', weight: 1, against: 'output' };
    expect(refusal(ConfigError, () => checkDataFit(spec({ penalty }), data)).message).toBe(
      'experiment.penalty.against: must have as many units as each penalized layer, since barlow-twins pairs them, got 4 in output and 3 in dense1. Give dense1 and the other side as many units.',
    );
    expect(() => checkDataFit(spec({ penalty }, true), data)).not.toThrow();
  });

  test('a training beyond the memory of a kernel is refused', () => {
    const model = [65_536, 65_536].map((dense) => ({ ...sample.experiment.model[0]!, dense }));
    expect(refusal(ConfigError, () => checkDataFit(spec({ model }), data)).message).toMatch(
      /^experiment\.model: a training must fit into the 4 GiB of a kernel, got at least \d+\.?\d* GiB\./,
    );
  });
});
