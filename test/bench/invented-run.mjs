/** Runs of any size without training: a real sweep whose executor makes its records up. */
import { METRICS, parseSweepConfig, runSweep } from 'covgrad';

/** A sweep of `points` weights, drawn or as a grid, with `seeds` each; its trials claim `epochs` epochs. */
export function inventedSweep({ name = 'invented', points, seeds = 3, epochs = 3, method = 'random' }) {
  const weights = Array.from({ length: points }, (_, i) => (i + 1) / points).join(', ');
  const values =
    method === 'grid' ? `values: [${weights}]` : 'distribution: log_uniform_values, min: 1.0e-6, max: 1';
  return `
name: ${name}
experiment:
  data: {source: synthetic, train_samples: 64, test_samples: 32, features: 4, classes: 2}
  model: [{dense: 4, activation: relu, penalized: true}]
  training: {epochs: ${epochs}, batch_size: 32, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep:
  method: ${method}
  seeds: ${seeds}
  run_cap: ${points}
  parameters:
    penalty.weight: {${values}}
`;
}

/** Write the run of a sweep into a directory, or go on with it; the result is that of the sweep. */
export function inventRun(directory, text, options = {}) {
  const config = parseSweepConfig(text, 'invented.yaml');
  return runSweep({ config, text, directory, threads: 1, createExecutor: () => inventor, ...options });
}

/** An executor that makes its records up instead of training. */
export const inventor = {
  concurrency: 1,
  async run({ id, index, point, baseline, seed, settings, experiment }) {
    const noise = (salt) => ((index * 7919 + salt * 104_729) % 1000) / 1000;
    const epochs = Array.from({ length: experiment.training.epochs }, (_, epoch) => ({
      epoch: epoch + 1,
      train: { loss: noise(epoch), penalty: noise(epoch + 10), accuracy: noise(epoch + 20) },
      test: { loss: noise(epoch + 30), accuracy: noise(epoch + 40) },
      layers: [
        {
          layer: 0,
          name: 'dense1',
          units: 4,
          samples: 32,
          metrics: Object.fromEntries(METRICS.map(({ name }, i) => [name, noise(epoch + 50 + i)])),
        },
      ],
    }));
    const timing = { startedAt: '2025-01-01T00:00:00.000Z', seconds: 1 + noise(1), trainSeconds: 1 };
    const identity = { schemaVersion: 1, kind: 'trial', id, point, baseline, seed, settings };
    return { ...identity, outcome: { status: 'complete' }, epochs, timing };
  },
  stop() {},
  async close() {},
};
