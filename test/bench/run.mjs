/**
 * `npm run bench [kernel] [steps] [sweep] [-- --json]`: the speed of the kernel, of training steps and of a sweep, beside
 * PyTorch on one thread where a Python that has it is found.
 *
 * Machines differ and drift: compare ratios within one run, best against best.
 */
import { setFlagsFromString } from 'node:v8';
import { compileKernel, PENALTIES, relaxedSimdSupported } from 'covgrad/kernel';
import { benchPenalties, benchProducts } from './kernel.mjs';
import { findTorch, measureTorch } from './peers.mjs';
import { benchSteps } from './steps.mjs';
import { benchSweep } from './sweep.mjs';

if (!relaxedSimdSupported()) setFlagsFromString('--experimental-wasm-relaxed-simd');

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const json = process.argv.includes('--json');
const wanted = (name) => names.length === 0 || names.includes(name);
const variants = (await compileKernel()).variant === 'fma' ? ['simd', 'fma'] : ['simd'];
const torch = findTorch();
const result = {};

if (wanted('kernel')) {
  const peers = torch === undefined ? new Map() : measureTorch(torch, 'penalties');
  const ids = PENALTIES.map(({ id }) => id);
  const rows = [
    ...(await benchProducts([128, 256, 512, 1024], variants)),
    ...(await benchPenalties(ids, variants)),
  ];
  result.kernel = rows.map((row) => ({ ...row, ...peers.get(`${row.task} ${row.shape}`) }));
  show('Value and gradient; shapes are units x samples', result.kernel);
}
if (wanted('steps')) {
  const peers = torch === undefined ? new Map() : measureTorch(torch, 'steps');
  const rows = await benchSteps(variants);
  result.steps = rows.map((row) => ({ ...row, ...peers.get(`${row.task} ${row.shape}`) }));
  show('Training steps on MNIST with DeCov', result.steps);
}
if (wanted('sweep')) {
  result.sweep = await benchSweep();
  const { trials, oneThreadSeconds, twoThreadsSeconds, ratios } = result.sweep;
  const median = [...ratios].sort((a, b) => a - b)[ratios.length >> 1];
  print(
    `\nSweep of ${trials} trials: best ${Math.min(...oneThreadSeconds).toFixed(2)} s on one thread, ` +
      `${Math.min(...twoThreadsSeconds).toFixed(2)} s on two; speed-up ${median.toFixed(2)} ` +
      `(median of ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
  );
}
if (json) console.log(JSON.stringify(result, null, 2));

/** A table of best times; for a peer, how many times as long as the best build it takes, and the geometric means of that. */
function show(title, rows) {
  if (torch === undefined) print('\nPyTorch was not found: set PYTHON to a Python that has it.');
  print(`\n${title}: best µs, for peers the ratio to ${variants.at(-1)}.\n`);
  const peers = ['torch', 'torch by hand'].filter((peer) => rows.some((row) => row[peer] !== undefined));
  print(line('', '', [...variants, ...peers]));
  const means = new Map();
  for (const row of rows) {
    const own = row[variants.at(-1)].bestUs;
    const cells = variants.map((variant) => {
      const { bestUs, gflops } = row[variant];
      return gflops === undefined ? bestUs.toFixed(1) : `${bestUs.toFixed(1)} ${gflops.toFixed(0)} GF/s`;
    });
    for (const peer of peers) {
      if (row[peer] === undefined) {
        cells.push('');
        continue;
      }
      const ratio = row[peer].bestUs / own;
      cells.push(`${row[peer].bestUs.toFixed(1)} ${ratio.toFixed(2)}x`);
      const key = `${row.task}: ${peer}`;
      means.set(key, [...(means.get(key) ?? []), ratio]);
    }
    print(line(row.task, row.shape, cells));
  }
  for (const [key, ratios] of means) {
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    print(
      `${key} takes ${mean.toFixed(2)} times as long in the geometric mean, least ${Math.min(...ratios).toFixed(2)}`,
    );
  }
}

function line(task, shape, cells) {
  return `${task.padEnd(28)}${shape.padEnd(18)}${cells.map((cell) => cell.padStart(18)).join('')}`;
}

function print(text) {
  if (!json) console.log(text);
}
