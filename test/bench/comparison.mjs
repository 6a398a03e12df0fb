/**
 * Time and memory of the commands that read a run of 10,002 and of 30,003 trials, each in a process of its own, the best and
 * the median of some: whether they grow with the run, and not faster. Run it by `node test/bench/comparison.mjs` after a
 * build; arguments choose commands (`compare report`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS, openRun, parseSweepConfig, runSweep } from 'covgrad';

/** Weights of each of three types, or of four: with the baseline 3,334 and 10,001 points of three seeds each. */
const SIZES = [
  { types: ['decov', 'mean-abs', 'squared-correlation'], weights: 1111 },
  { types: ['decov', 'mean-abs', 'squared-correlation', 'smooth-abs'], weights: 2500 },
];
const EPOCHS = 3;
const ROUNDS = 3;
const MEBIBYTE = 2 ** 20;
const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Says at the end of a process what it took. */
function meter() {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const taken = { cpuMs: (userCPUTime + systemCPUTime) / 1000, bytes: maxRSS * 1024 };
    process.stderr.write(`\n${JSON.stringify(taken)}`);
  });
}
const METER = `data:text/javascript,${encodeURIComponent(`(${meter})()`)}`;

const COMMANDS = {
  compare: (run) => ['compare', run],
  table: (run) => ['compare', run, '--width', '120'],
  csv: (run) => ['compare', run, '--csv'],
  report: (run) => ['report', run, '--output', join(run, '..', 'report.html')],
  watch: (run) => ['watch', run],
  runs: (run) => ['runs', run],
  show: (run) => ['show', run],
};

const textOf = ({ types, weights }) => `
name: comparison
experiment:
  data: {source: synthetic, train_samples: 64, test_samples: 32, features: 4, classes: 2}
  model: [{dense: 4, activation: relu, penalized: true}]
  training: {epochs: ${EPOCHS}, batch_size: 32, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep:
  seeds: 3
  parameters:
    penalty.type: {values: [${types.join(', ')}]}
    penalty.weight: {values: [${Array.from({ length: weights }, (_, i) => (i + 1) / 100).join(', ')}]}
`;

async function main() {
  const asked = process.argv.slice(2);
  const root = mkdtempSync(join(tmpdir(), 'covgrad-comparison-'));
  try {
    for (const [index, size] of SIZES.entries()) {
      const run = join(root, `run-${index}`);
      const text = textOf(size);
      const config = parseSweepConfig(text, 'comparison');
      await runSweep({ config, text, directory: run, threads: 1, createExecutor: () => inventor });
      const { records, manifest } = openRun(run);
      const points = new Set(records.map(({ point }) => point)).size;
      if (records.length !== manifest.trials.length || points !== size.types.length * size.weights + 1) {
        throw new Error(`${records.length} records and ${points} points were read`);
      }
      console.log(`${records.length} trials, ${points} points`);
      for (const [name, argumentsOf] of Object.entries(COMMANDS)) {
        if (asked.length === 0 || asked.includes(name)) console.log(`  ${measure(name, argumentsOf(run))}`);
      }
    }
    const report = statSync(join(root, 'report.html'), { throwIfNoEntry: false });
    if (report !== undefined) console.log(`the larger report has ${(report.size / MEBIBYTE).toFixed(1)} MiB`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs a command some times. */
function measure(name, given) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const options = { encoding: 'utf8', maxBuffer: 2 ** 30 };
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', METER, COMMAND_LINE, ...given],
      options,
    );
    const wallMs = performance.now() - start;
    if (status !== 0 || stdout === '') throw new Error(`${given.join(' ')}: ${stderr}`);
    return { wallMs, ...JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) };
  });
  const [wall, cpu, memory] = ['wallMs', 'cpuMs', 'bytes'].map((key) =>
    rounds.map((round) => round[key]).sort((a, b) => a - b),
  );
  const middle = ROUNDS >> 1;
  return (
    `${name.padEnd(8)} ${wall[0].toFixed(0)} ms best, ${wall[middle].toFixed(0)} ms median; ` +
    `${cpu[0].toFixed(0)} ms of processor time; ${(memory[middle] / MEBIBYTE).toFixed(0)} MiB resident at most`
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

await main();
