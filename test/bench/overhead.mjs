/**
 * What a sweep costs beside its training: the coordinator's share of each trial, the time until the command line answers, and
 * the time until the first trial of a sweep begins. Run it by `node test/bench/overhead.mjs` after a build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRun, parseSweepConfig, runSweep } from 'covgrad';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const ROUNDS = 7;
const TRIALS = 200;

const sweepFile = (data, seeds, epochs) => `
name: overhead
experiment:
  data: ${data}
  model: [{dense: 8, activation: relu, penalized: true}]
  training: {epochs: ${epochs}, batch_size: 128, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep: {seeds: ${seeds}}
`;
const SMALL = '{source: synthetic, train_samples: 256, test_samples: 128, features: 8, classes: 3}';

const root = mkdtempSync(join(tmpdir(), 'covgrad-overhead-'));
try {
  const oneEpoch = await overhead(1);
  const tenEpochs = await overhead(10);
  print(`coordinator: ${oneEpoch.toFixed(2)} ms a trial of one epoch on one thread`);
  print(`each epoch's report and answer: ${((tenEpochs - oneEpoch) / 9).toFixed(2)} ms`);
  print(`covgrad --help: ${best(() => timeToEnd(['--help'])).toFixed(0)} ms`);
  print(`node, doing nothing: ${best(() => timeToEnd(undefined)).toFixed(0)} ms`);
  for (const [name, data] of [
    ['small synthetic data', SMALL],
    ['all of MNIST', '{source: mnist}'],
  ]) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await timeToFirstTrial(data, `${name}-${round}`));
    print(`sweep of ${name} until its first trial begins: ${Math.min(...times).toFixed(0)} ms`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Milliseconds of wall time a trial that are not in its own record, the best of some sweeps. */
async function overhead(epochs) {
  const text = sweepFile(SMALL, TRIALS / 2, epochs);
  const config = parseSweepConfig(text, 'overhead');
  const results = [];
  for (let round = 0; round < ROUNDS; round++) {
    const directory = join(root, `${epochs}-${round}`);
    let [begun, ended] = [0, 0];
    const onEvent = ({ type }) => {
      if (type === 'trialFinished') ended = performance.now();
      // The first trial also starts the thread.
      if (type === 'trialFinished') begun ||= ended;
    };
    await runSweep({ config, text, directory, threads: 1, onEvent });
    const { records } = openRun(directory);
    const trained = records.slice(1).reduce((sum, { timing }) => sum + timing.seconds * 1000, 0);
    results.push((ended - begun - trained) / (records.length - 1));
  }
  return Math.min(...results);
}

function timeToEnd(words) {
  const start = performance.now();
  spawnSync(process.execPath, words === undefined ? ['-e', '0'] : [MAIN, ...words]);
  return performance.now() - start;
}

/** Milliseconds from the start of the process to the event. */
function timeToFirstTrial(data, name) {
  const file = join(root, 'sweep.yaml');
  writeFileSync(file, sweepFile(data, 1, 1));
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [
      MAIN,
      'sweep',
      file,
      '--json',
      '--directory',
      join(root, name.replaceAll(' ', '-')),
    ]);
    let begun;
    let [text, errors] = ['', ''];
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (begun === undefined && /trialProgress|trialFinished/.test(text)) begun = performance.now() - start;
    });
    child.on('close', () => (begun === undefined ? reject(new Error(errors)) : resolve(begun)));
  });
}

function best(measure) {
  return Math.min(...Array.from({ length: ROUNDS }, measure));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
