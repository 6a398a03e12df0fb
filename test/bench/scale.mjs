/**
 * Time and memory of a large sweep without its training, each stage in a process of its own: planning, the whole sweep,
 * reading it, going on with it where nothing is missing. Run it by `node test/bench/scale.mjs [points]` after a build;
 * `--keep <directory>` leaves the run there, to try other commands on it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openRun, parseSweepConfig, planSweep } from 'covgrad';
import { inventedSweep, inventRun } from './invented-run.mjs';

const SELF = fileURLToPath(import.meta.url);
const MEBIBYTE = 2 ** 20;
const POINTS = 10_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'string' },
    stage: { type: 'string' },
    method: { type: 'string', default: 'random' },
    seeds: { type: 'string', default: '3' },
  },
});
const points = Number(positionals[0] ?? POINTS);
const { method, seeds } = options;
const text = inventedSweep({ points, method, seeds: Number(seeds) });
const config = parseSweepConfig(text, 'scale.yaml');

const STAGES = {
  plan: () => planSweep(config).trials.length,
  sweep: async (directory) => {
    let planned = 0;
    let lastStored = 0;
    const onEvent = ({ type }) => {
      if (type === 'planned') planned = performance.now();
      if (type === 'trialFinished') lastStored = performance.now();
    };
    const { trials } = await inventRun(directory, text, { onEvent });
    const end = performance.now();
    return `${trials.complete}, first trial after ${seconds(planned)}, end took ${seconds(end - lastStored)}`;
  },
  read: (directory) => openRun(directory).records.length,
  resume: async (directory) => {
    const { trials } = await inventRun(directory, text, { resume: true });
    return trials.complete;
  },
};

if (options.stage !== undefined) await measure(options.stage, options.keep);
else runStages(options.keep ?? join(mkdtempSync(join(tmpdir(), 'covgrad-scale-')), 'run'));

async function measure(stage, directory) {
  const start = performance.now();
  const result = await STAGES[stage](directory);
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage();
  const resident = (process.resourceUsage().maxRSS * 1024) / MEBIBYTE;
  console.log(
    `${stage.padEnd(7)} ${seconds(wall)} wall, ${seconds((user + system) / 1000)} processor, ${resident.toFixed(0)} MiB: ${result} trials`,
  );
}

function runStages(directory) {
  try {
    for (const stage of Object.keys(STAGES)) {
      const words = [SELF, String(points), '--method', method, '--seeds', seeds];
      words.push('--stage', stage, '--keep', directory);
      const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
      if (status !== 0) process.exitCode = 1;
    }
    for (const name of readdirSync(directory)) {
      console.log(`${name}: ${(statSync(join(directory, name)).size / MEBIBYTE).toFixed(1)} MiB`);
    }
  } finally {
    if (options.keep === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
