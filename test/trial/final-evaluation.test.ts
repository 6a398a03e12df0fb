/** What a trial measures once at its end, and only when it is asked to. */
import { describe, expect, it } from 'vitest';
import type { DataConfig, EvaluationConfig } from '../../src/config/schema.ts';
import { loadDataset } from '../../src/data/load.ts';
import { correlationFloor } from '../../src/metrics/metrics.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

const DATA = {
  source: 'synthetic',
  train_samples: 400,
  test_samples: 400,
  features: 12,
  classes: 3,
  correlation: 0.6,
  separation: 2,
  seed: 1,
} satisfies DataConfig;

const kernels = await allKernels();
const dataset = await loadDataset(DATA);

function specOf(evaluation?: EvaluationConfig, baseline = true): TrialSpec {
  return {
    id: 'p-s0',
    index: 0,
    point: 'p',
    baseline,
    seed: 0,
    settings: {},
    experiment: {
      data: DATA,
      model: [
        { dense: 20, activation: 'tanh', penalized: true, on: 'activation' },
        { dense: 30, activation: 'tanh', penalized: true, on: 'activation' },
        { dense: 8, activation: 'tanh', penalized: true, on: 'preactivation' },
      ],
      training: {
        epochs: 1,
        batch_size: 50,
        optimizer: { type: 'sgd', learning_rate: 0.05, momentum: 0, nesterov: false, weight_decay: 0 },
      },
      penalty: { type: 'decov', weight: baseline ? 0 : 0.1 },
      ...(evaluation && { evaluation }),
    },
  };
}

for (const kernel of kernels) {
  describe(`the end of a trial on the ${kernel.variant} ${kernel.precision} kernel`, () => {
    it('measures nothing more unless it is asked to', () => {
      expect(runTrial(kernel, specOf(), dataset)).not.toHaveProperty('final');
      const asked = specOf({ permutations: 0, free_baseline: true }, false);
      expect(runTrial(kernel, asked, dataset)).not.toHaveProperty('final');
    });

    it('changes nothing of the training', () => {
      const asked = runTrial(kernel, specOf({ permutations: 2, free_baseline: true }), dataset);
      expect(asked.epochs).toEqual(runTrial(kernel, specOf(), dataset).epochs);
    });

    it('permuted samples show the floor of independent units, and the same variances', () => {
      const record = runTrial(kernel, specOf({ permutations: 3, free_baseline: false }), dataset);
      expect(Object.keys(record.final ?? {})).toEqual(['dense1', 'dense2', 'dense3']);
      const { permuted } = record.final?.dense2 ?? {};
      const measured = record.epochs[0]?.layers[1]?.metrics ?? {};
      expect(permuted?.permutations).toBe(3);
      const floor = permuted?.metrics['mean-abs-correlation'] ?? Number.NaN;
      expect(Math.abs(floor / correlationFloor(400) - 1)).toBeLessThan(TOLERANCES.floor);
      expect(floor).toBeLessThan(measured['mean-abs-correlation'] ?? 0);
      const [scale, own] = [permuted?.metrics['activation-scale'], measured['activation-scale']];
      expect(Math.abs((scale ?? Number.NaN) / (own ?? 1) - 1)).toBeLessThanOrEqual(
        TOLERANCES.operation[kernel.precision],
      );
    });

    it('every trial is permuted alike', () => {
      const floors = [0, 1].map((seed) => {
        const spec = { ...specOf({ permutations: 1, free_baseline: false }), seed };
        return runTrial(kernel, spec, dataset).final?.dense1?.permuted?.metrics['rms-correlation'];
      });
      expect(floors[0]).toBe(
        runTrial(kernel, specOf({ permutations: 1, free_baseline: false }), dataset).final?.dense1?.permuted
          ?.metrics['rms-correlation'],
      );
      expect(floors[1]).not.toBe(floors[0]);
    });

    it('a baseline is whitened in its last penalised layer that a linear one follows, and comes near the floor', () => {
      const record = runTrial(kernel, specOf({ permutations: 0, free_baseline: true }), dataset);
      // The third layer is penalised before its tanh, so that no linear map follows what the penalty sees.
      expect(Object.keys(record.final ?? {})).toEqual(['dense2']);
      const { whitened } = record.final?.dense2 ?? {};
      expect(whitened?.samples).toBe(400);
      const free = whitened?.metrics['mean-abs-correlation'] ?? Number.NaN;
      const before = record.epochs[0]?.layers[1]?.metrics['mean-abs-correlation'] ?? Number.NaN;
      expect(free).toBeLessThan(before / 2);
      // Both the whitening and the measurement are of 400 samples: the errors of two covariances add up.
      expect(free).toBeLessThan(2 * correlationFloor(400));
    });

    it('measured on the very samples that it is made from, the whitening leaves no correlation', () => {
      const same = { ...dataset, test: dataset.train };
      const { final } = runTrial(kernel, specOf({ permutations: 0, free_baseline: true }), same);
      const { metrics } = final?.dense2?.whitened ?? {};
      expect(metrics?.['mean-abs-correlation']).toBeLessThanOrEqual(TOLERANCES.whitening);
      expect(metrics?.['dead-units']).toBe(0);
    });
  });
}
