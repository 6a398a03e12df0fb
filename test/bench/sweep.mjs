/**
 * A whole sweep from its start to its end, on two workers, beside the same trials in PyTorch: one epoch of MNIST each.
 * Ours also trains the baseline, measures the decorrelation on all held-out samples and stores and compares everything.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRun } from 'covgrad';
import { measureCommand } from './footprint.mjs';
import { mnistFiles } from './steps.mjs';
import { findTorch, ONE_THREAD_ENVIRONMENT, peerScript } from './subjects.mjs';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SETTINGS = {
  sizes: [784, 128, 64, 10],
  batch: 64,
  learningRate: 0.05,
  momentum: 0.9,
  workers: 2,
  penalties: ['decov', 'mean-abs', 'squared-correlation'],
  weights: [0.0001, 0.001, 0.01, 0.1],
};
const TEXT = `
name: bench
experiment:
  data: {source: mnist}
  model:
    - {dense: ${SETTINGS.sizes[1]}, activation: relu, penalized: true}
    - {dense: ${SETTINGS.sizes[2]}, activation: relu}
  training:
    epochs: 1
    batch_size: ${SETTINGS.batch}
    optimizer: {type: sgd, learning_rate: ${SETTINGS.learningRate}, momentum: ${SETTINGS.momentum}}
  penalty: {type: decov, weight: 0.1, centered: true}
sweep:
  method: grid
  seeds: 1
  parameters:
    penalty.type: {values: [${SETTINGS.penalties.join(', ')}]}
    penalty.weight: {values: [${SETTINGS.weights.join(', ')}]}
`;
const TRIALS = SETTINGS.penalties.length * SETTINGS.weights.length;
const ROUNDS = 3;
/** Every trial must have learned this much, the most heavily penalised too. */
const ACCURACY = 0.85;

/** Trials, and footprints of each round by side: `{trials, covgrad: [...], pytorch: [...]}`; ours names a Node that is not this one. */
export async function benchSweep({ nodes, peers }, progress) {
  const torch = peers.includes('pytorch') ? findTorch() : undefined;
  const own = nodes.map(({ path, version }) => ({
    side: path === process.execPath ? 'covgrad' : `covgrad on ${version}`,
    path,
  }));
  const root = mkdtempSync(join(tmpdir(), 'covgrad-bench-'));
  const names = [...own.map(({ side }) => side), ...(torch === undefined ? [] : ['pytorch'])];
  const sides = Object.fromEntries(names.map((side) => [side, []]));
  try {
    const file = join(root, 'sweep.yaml');
    writeFileSync(file, TEXT);
    for (let round = 0; round < ROUNDS; round++) {
      progress(`sweep ${round + 1} of ${ROUNDS}`);
      for (const [i, { side, path }] of own.entries()) {
        const name = `${round}-${i}`;
        const flags = ['--threads', String(SETTINGS.workers), '--directory', root, '--name', name];
        const footprint = await measureCommand([path, MAIN, 'sweep', file, ...flags], process.env);
        const { records } = openRun(join(root, name));
        verify(side, records.filter(({ baseline }) => !baseline).map(accuracyOf));
        sides[side].push(footprint);
      }
      if (torch === undefined) continue;
      const { train, test } = mnistFiles();
      const settings = { ...SETTINGS, train: Object.values(train), test: Object.values(test) };
      const command = [torch, peerScript('pytorch_sweep.py'), JSON.stringify(settings)];
      const theirs = await measureCommand(command, ONE_THREAD_ENVIRONMENT);
      verify('PyTorch', JSON.parse(theirs.output).accuracies);
      sides.pytorch.push(theirs);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  for (const footprints of Object.values(sides)) for (const footprint of footprints) delete footprint.output;
  return { trials: TRIALS, workers: SETTINGS.workers, ...sides };
}

function accuracyOf({ outcome, epochs }) {
  return outcome.status === 'complete' ? epochs.at(-1).test.accuracy : 0;
}

function verify(side, accuracies) {
  const least = Math.min(...accuracies);
  if (accuracies.length === TRIALS && least >= ACCURACY) return;
  throw new Error(`${side}: ${TRIALS} trials must reach ${ACCURACY}, got ${accuracies.length} with ${least}`);
}
