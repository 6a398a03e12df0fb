/** A split that is evaluated batch by batch, against the same split at once. */
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load.ts';
import { outputsOf } from '../../src/data/task.ts';
import { ArrayScope } from '../../src/network/array-scope.ts';
import { createNetwork } from '../../src/network/network.ts';
import { createEvaluator } from '../../src/trial/evaluation.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

const SAMPLES = 90;

const { train, ...shape } = await loadDataset({
  source: 'synthetic',
  train_samples: SAMPLES,
  test_samples: 2,
  features: 10,
  classes: 3,
  correlation: 0.6,
  separation: 2,
  seed: 1,
});

for (const kernel of await allKernels()) {
  describe(`an evaluation on the ${kernel.variant} ${kernel.precision} kernel`, () => {
    it('is of all samples, whatever the size of its batches', () => {
      const scope = new ArrayScope(kernel.operations);
      const network = createNetwork(kernel, {
        inputs: shape.features,
        layers: [
          { units: 7, activation: 'tanh', penalized: true },
          { units: outputsOf(shape), activation: 'identity' },
        ],
        loss: 'cross-entropy',
        optimizer: { type: 'sgd', learning_rate: 0.1 },
      });
      const probe = { measure: () => new Map(), weightFor: () => 1 };
      const [whole, parts] = [SAMPLES, 32].map((batch) => {
        const evaluator = createEvaluator(kernel, scope, network, {
          split: train,
          target: shape.target,
          batch,
          probe,
        });
        const evaluation = evaluator.evaluate();
        const [layer] = evaluator.measureLayers();
        return { evaluation, layer, activations: evaluator.observed[0]!.activations.values.slice() };
      });
      const tolerance = TOLERANCES.operation[kernel.precision];
      expect(parts!.evaluation.accuracy).toBe(whole!.evaluation.accuracy);
      expect(Math.abs(parts!.evaluation.loss / whole!.evaluation.loss - 1)).toBeLessThanOrEqual(tolerance);
      for (const [at, value] of whole!.activations.entries()) {
        expect(Math.abs(parts!.activations[at]! - value)).toBeLessThanOrEqual(tolerance);
      }
      expect(parts!.layer).toMatchObject({ name: 'dense1', units: 7, samples: SAMPLES });
      network.dispose();
      scope.release();
    });
  });
}
