/**
 * Memory of a sweep with 1, 2, 4 and 8 threads over the whole MNIST, each in a process of its own: the data is in it once,
 * whatever the number of threads. Run it by `node test/bench/memory.mjs` after a build.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDataset, parseSweepConfig, runSweep } from 'covgrad';

const MEBIBYTE = 2 ** 20;
const text = (trials) => `
name: memory
experiment:
  data: {source: mnist}
  model: [{dense: 64, activation: relu, penalized: true}]
  training: {epochs: 1, batch_size: 128, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep: {seeds: ${trials}}
`;

/** Run a sweep of one trial a thread and print the largest resident set, in bytes. */
async function measure(threads) {
  let largest = 0;
  const look = () => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const directory = mkdtempSync(join(tmpdir(), 'covgrad-memory-'));
  try {
    const file = text(threads);
    const config = parseSweepConfig(file, 'memory');
    await runSweep({ config, text: file, directory: join(directory, 'run'), threads, onEvent: look });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(JSON.stringify({ threads, largest }));
}

const [asked] = process.argv.slice(2);
if (asked === undefined) {
  const { train, test } = await loadDataset({ source: 'mnist' });
  const dataBytes = train.values.byteLength + test.values.byteLength;
  console.log(`data ${(dataBytes / MEBIBYTE).toFixed(0)} MiB`);
  let previous;
  for (const threads of [1, 2, 4, 8]) {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), String(threads)],
      {
        encoding: 'utf8',
      },
    );
    if (stdout === '') throw new Error(stderr);
    const { largest } = JSON.parse(stdout);
    const each = previous && (largest - previous.largest) / (threads - previous.threads) / MEBIBYTE;
    const more = each === undefined ? '' : `, ${each.toFixed(0)} MiB for each thread more`;
    console.log(`${threads} threads: ${(largest / MEBIBYTE).toFixed(0)} MiB resident${more}`);
    previous = { threads, largest };
  }
} else {
  await measure(Number(asked));
}
