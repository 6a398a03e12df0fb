/**
 * Time and memory of reading and comparing a run of 10,000 trials, in a process of its own, the best and the median of some.
 * Run it by `node test/bench/comparison.mjs` after a build.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareRuns, METRICS, openRun, parseSweepConfig, runSweep } from 'covgrad';

const WEIGHTS = 1111;
const EPOCHS = 3;
const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
const SELF = fileURLToPath(import.meta.url);

const TEXT = `
name: comparison
experiment:
  data: {source: synthetic, train_samples: 64, test_samples: 32, features: 4, classes: 2}
  model: [{dense: 4, activation: relu, penalized: true}]
  training: {epochs: ${EPOCHS}, batch_size: 32, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep:
  seeds: 3
  parameters:
    penalty.type: {values: [decov, mean-abs, squared-correlation]}
    penalty.weight: {values: [${Array.from({ length: WEIGHTS }, (_, i) => (i + 1) / 100).join(', ')}]}
`;

async function main() {
  const root = mkdtempSync(join(tmpdir(), 'covgrad-comparison-'));
  try {
    const run = join(root, 'run');
    const config = parseSweepConfig(TEXT, 'comparison');
    await runSweep({ config, text: TEXT, directory: run, threads: 1, createExecutor: () => inventor });
    const rounds = Array.from({ length: ROUNDS }, () => {
      const { stdout, stderr } = spawnSync(process.execPath, [SELF, run], { encoding: 'utf8' });
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    });
    const [{ trials, points }] = rounds;
    const [wall, cpu, memory] = ['wallMs', 'cpuMs', 'bytes'].map((key) =>
      rounds.map((round) => round[key]).sort((a, b) => a - b),
    );
    const middle = ROUNDS >> 1;
    console.log(
      `${trials} trials, ${points} points: ${wall[0].toFixed(0)} ms best, ${wall[middle].toFixed(0)} ms median; ` +
        `${cpu[0].toFixed(0)} ms of processor time; ${(memory[middle] / MEBIBYTE).toFixed(0)} MiB resident at most`,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Reads and compares a run; reports once it has seen that nothing is missing. */
function compare(run) {
  const start = performance.now();
  const { manifest, records } = openRun(run);
  const { rows } = compareRuns([{ name: manifest.name, manifest, records }]);
  const wallMs = performance.now() - start;
  if (records.length !== manifest.trials.length || rows.length !== 3 * WEIGHTS + 1) {
    throw new Error(`${records.length} records and ${rows.length} points were read`);
  }
  const { user, system } = process.cpuUsage();
  const bytes = process.resourceUsage().maxRSS * 1024;
  console.log(
    JSON.stringify({
      trials: records.length,
      points: rows.length,
      wallMs,
      cpuMs: (user + system) / 1000,
      bytes,
    }),
  );
}

/** An executor that makes its records up instead of training. */
const inventor = {
  concurrency: 1,
  async run({ id, index, point, baseline, seed, settings }) {
    const noise = (salt) => ((index * 7919 + salt * 104_729) % 1000) / 1000;
    const epochs = Array.from({ length: EPOCHS }, (_, epoch) => ({
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

const [directory] = process.argv.slice(2);
if (directory === undefined) await main();
else compare(directory);
