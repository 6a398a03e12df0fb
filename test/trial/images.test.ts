/** Trials of convolutions: what is measured of a layer that shows an image by its positions. */
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { readFinal, readFloors } from '../../src/record/measures.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';

const FEATURES = 36;
const kernels = await allKernels();
const dataset = blobs();

/** Images of 6 x 6 with a bright half: left or right. */
function blobs(): Dataset {
  const split = (samples: number, stream: number) => {
    const next = uniformStream(5, 'check', stream);
    const values = new Uint8Array(new SharedArrayBuffer(samples * FEATURES));
    const targets = new Uint8Array(new SharedArrayBuffer(samples));
    for (let s = 0; s < samples; s++) {
      targets[s] = next() < 0.5 ? 0 : 1;
      for (let i = 0; i < FEATURES; i++) {
        const bright = Number(i % 6 >= 3) === targets[s];
        values[s * FEATURES + i] = Math.floor(next() * (bright ? 255 : 60));
      }
    }
    return { samples, values, divisor: 255, targets };
  };
  const target = { kind: 'classes', classes: 2 } as const;
  return {
    name: 'blobs',
    fingerprint: '',
    features: FEATURES,
    shape: [6, 6, 1],
    target,
    train: split(96, 0),
    test: split(40, 1),
  };
}

function spec(layer: object, permutations = 0): TrialSpec {
  return {
    id: 'images',
    index: 0,
    point: 'images',
    baseline: false,
    seed: 2,
    settings: {},
    experiment: {
      data: { source: 'idx' },
      model: [
        { conv2d: 4, kernel_size: 3, activation: 'relu', penalized: true, ...layer },
        { flatten: true },
        { dense: 5, activation: 'relu' },
      ],
      training: {
        epochs: 2,
        batch_size: 16,
        optimizer: { type: 'sgd', learning_rate: 0.2, momentum: 0.9, nesterov: false, weight_decay: 0 },
      },
      penalty: { type: 'decov', weight: 0.1 },
      evaluation: { permutations, free_baseline: false },
    },
  };
}

describe.each(kernels.map((kernel) => ({ kernel, name: `${kernel.variant} ${kernel.precision}` })))(
  'on the $name kernel',
  ({ kernel }) => {
    test('a convolution is measured at every position of the held-out samples, and repeats to the bit', () => {
      const record = runTrial(kernel, spec({}, 2), dataset);
      expect(record.outcome).toEqual({ status: 'complete' });
      const last = record.epochs.at(-1)!;
      expect(last.layers).toMatchObject([
        { layer: 0, name: 'conv2d1', units: 4, samples: 40, positions: 16 },
      ]);
      expect(last.train.penalty).toBeGreaterThan(0);
      expect(last.test!.accuracy).toBeGreaterThan(0.9);
      const again = runTrial(kernel, spec({}, 2), dataset);
      expect({ ...again, timing: null }).toEqual({ ...record, timing: null });
    });

    test.each([
      ['mean', 4, undefined],
      ['flatten', 64, undefined],
      [5, 4, 5],
    ] as const)(
      'under on_positions: %s it is measured as the penalty sees it',
      (positions, units, measured) => {
        const record = runTrial(kernel, spec({ on_positions: positions }), dataset);
        const [layer] = record.epochs.at(-1)!.layers;
        expect([layer?.units, layer?.positions]).toEqual([units, measured]);
        expect(layer?.gradient?.strength).toBeGreaterThan(0);
      },
    );
  },
);

test('positions have no floor of independent samples, but one by permutation of whole images', () => {
  const kernel = createReferenceKernel();
  const record = runTrial(kernel, spec({}, 3), dataset);
  expect([...readFloors(record).values()]).toEqual([null, null, null, null]);
  const permuted = readFinal(record, 'permuted').get('mean-abs-correlation')!;
  const own = record.epochs.at(-1)!.layers[0]!.metrics['mean-abs-correlation']!;
  expect(permuted).toBeGreaterThan(0);
  expect(permuted).toBeLessThan(own);
  const pooled = runTrial(kernel, spec({ on_positions: 'mean' }), dataset);
  expect(readFloors(pooled).get('mean-abs-correlation')).toBeGreaterThan(0);
});
