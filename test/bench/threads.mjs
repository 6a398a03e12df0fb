/** The same sweep on one thread and on two, in turn; the records must be equal before the times count. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRun, parseSweepConfig, runSweep } from 'covgrad';
import { median } from './timing.mjs';

const TEXT = `
name: bench
experiment:
  data: {source: mnist, train_samples: 20000, test_samples: 5000}
  model:
    - {dense: 256, activation: relu, penalized: true}
    - {dense: 128, activation: relu}
  training: {epochs: 2, batch_size: 128, optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.9}}
  penalty: {type: decov, weight: 0.1}
sweep:
  method: grid
  seeds: 1
  parameters:
    penalty.type: {values: [mean, decov, squared-correlation]}
    penalty.weight: {values: [0.001, 0.01, 0.1, 1, 10]}
`;
const ROUNDS = 5;

/** Seconds of each round, and the median of the rounds' speed-ups. */
export async function benchThreads(progress) {
  const config = parseSweepConfig(TEXT, 'bench');
  const root = mkdtempSync(join(tmpdir(), 'covgrad-bench-'));
  const oneThreadSeconds = [];
  const twoThreadsSeconds = [];
  let trials = 0;
  try {
    let expected;
    for (let round = 0; round < ROUNDS; round++) {
      for (const [threads, seconds] of [
        [1, oneThreadSeconds],
        [2, twoThreadsSeconds],
      ]) {
        const directory = join(root, `${round}-${threads}`);
        progress(`threads: ${threads}, round ${round + 1} of ${ROUNDS}`);
        const start = performance.now();
        await runSweep({ config, text: TEXT, directory, threads });
        seconds.push((performance.now() - start) / 1000);
        const { records } = openRun(directory);
        trials = records.length;
        const found = JSON.stringify(
          records
            .map(({ id, outcome, epochs }) => ({ id, outcome, epochs }))
            .sort((a, b) => (a.id < b.id ? -1 : 1)),
        );
        expected ??= found;
        if (found !== expected) throw new Error(`the records of ${threads} threads differ`);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const speedUp = median(oneThreadSeconds.map((seconds, round) => seconds / twoThreadsSeconds[round]));
  return { trials, oneThreadSeconds, twoThreadsSeconds, speedUp };
}
