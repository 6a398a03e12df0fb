/** docs/data.md: every example of a source is trained on, and every Python program writes what the section below it reads. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { loadSweepConfig } from '../src/config/load.ts';
import { loadDataset } from '../src/data/load.ts';
import { SOURCES } from '../src/data/sources.ts';
import { outputsOf } from '../src/data/task.ts';
import { createReferenceKernel } from '../src/kernel/reference.ts';
import { planSweep } from '../src/plan/plan.ts';
import { qualitiesOf } from '../src/record/quality.ts';
import { runTrial } from '../src/trial/trial.ts';
import { idxBytes } from './codec/idx-bytes.ts';
import { temporaryDirectory } from './store/samples.ts';

const PAGE = readFileSync(new URL('../docs/data.md', import.meta.url), 'utf8');
const ROWS = 60;

/** The blocks of a language in the page, with the heading that each stands below. */
function blocks(language: string): { heading: string; text: string; at: number }[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => {
    const before = PAGE.slice(0, match.index);
    return { heading: before.match(/^#+ .*$/gm)?.at(-1) ?? '', text: match[1] ?? '', at: match.index };
  });
}

const PROGRAMS = blocks('python');
/** Of each program the section of the sweep file that reads what it writes. */
const EXAMPLES = blocks('yaml').map((block) => {
  const program = PROGRAMS.findLast(({ heading, at }) => at < block.at && heading === block.heading);
  return { ...block, program };
});

/** A number that looks drawn. */
function drawn(position: number): number {
  return Math.sin(position * position + 1);
}

/** All files that the examples name, small. */
function projectWithFiles(): string {
  const directory = temporaryDirectory();
  const write = (name: string, content: Uint8Array | string): void =>
    writeFileSync(join(directory, name), content);
  const rows = Array.from({ length: ROWS }, (_, i) => [
    i,
    ['good', 'bad'][i % 2],
    i % 9 === 4 ? '' : drawn(i).toFixed(3),
    drawn(i + 70).toFixed(3),
    ['x', 'y', 'z'][i % 3],
  ]);
  write('measured.csv', `id,quality,depth,width,kind\n${rows.map((row) => row.join()).join('\n')}\n`);
  const column = (offset: number): number[] => Array.from({ length: ROWS }, (_, i) => drawn(i + offset));
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'depth', data: column(0), type: 'DOUBLE' },
      { name: 'colour', data: column(1).map((value) => (value > 0 ? 'up' : 'down')), type: 'STRING' },
      { name: 'width', data: column(3), type: 'DOUBLE' },
      { name: 'height', data: column(4), type: 'DOUBLE' },
    ],
  });
  write('measured.parquet', new Uint8Array(parquet));
  for (const split of ['train', 'test']) {
    write(`x_${split}.npy`, npy([ROWS, 5], drawn));
    write(
      `y_${split}.npy`,
      npy([ROWS], (i) => i % 3),
    );
  }
  mkdirSync(join(directory, 'fashion'));
  for (const split of ['train', 't10k']) {
    const pixels = Uint8Array.from({ length: ROWS * 16 }, (_, i) => 255 * Math.abs(drawn(i)));
    const labels = Uint8Array.from({ length: ROWS }, (_, i) => i % 4);
    write(`fashion/${split}-images-idx3-ubyte.gz`, gzipSync(idxBytes(0x08, [ROWS, 4, 4], pixels)));
    write(`fashion/${split}-labels-idx1-ubyte.gz`, gzipSync(idxBytes(0x08, [ROWS], labels)));
  }
  mkdirSync(join(directory, 'cifar'));
  const records = Uint8Array.from({ length: 30 * 3073 }, (_, i) =>
    i % 3073 === 0 ? Math.floor(i / 3073) % 10 : 255 * Math.abs(drawn(i)),
  );
  for (const name of ['data_batch_1', 'data_batch_2', 'test_batch']) write(`cifar/${name}.bin`, records);
  write('data.mjs', blocks('js data.mjs')[0]?.text ?? '');
  return directory;
}

function npy(shape: readonly number[], valueAt: (position: number) => number): Buffer {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117);
  const values = Float32Array.from({ length: count }, (_, i) => valueAt(i));
  const magic = Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1');
  return Buffer.concat([magic, Buffer.from(`${header}\n`), Buffer.from(values.buffer)]);
}

/** Loads the data of an example and trains on them for an epoch. */
async function train(directory: string, example: string): Promise<void> {
  const experiment = example.trimEnd().replaceAll(/^/gm, '  ');
  const file = join(directory, 'sweep.yaml');
  writeFileSync(
    file,
    `name: documented\nexperiment:\n${experiment}
  model: [{dense: 4, penalized: true}]
  training: {epochs: 1, batch_size: 16, optimizer: {type: sgd, learning_rate: 0.01}}
  penalty: {type: decov, weight: 0.1}
sweep: {seeds: 1}
`,
  );
  const { config, base } = await loadSweepConfig(file);
  const dataset = await loadDataset(config.experiment.data, { task: config.experiment.task, base });
  expect(outputsOf(dataset)).toBeGreaterThan(0);
  const spec = planSweep(config).trials[0]!;
  const record = runTrial(createReferenceKernel(), spec, dataset);
  const { name } = qualitiesOf(dataset.target)[0];
  expect(record.outcome.status).toBe('complete');
  expect(record.epochs.at(-1)?.train[name]).toBeTypeOf('number');
}

describe('the example is trained on:', () => {
  const given = EXAMPLES.filter(({ program }) => program === undefined);

  test.each(given.map(({ heading, text }) => [heading, text] as const))('%s', async (_, text) => {
    await train(projectWithFiles(), text);
  });

  test('every source has one', () => {
    const named = given.map(({ text }) => /source: (\w+)/.exec(text)?.[1]);
    expect(new Set(named)).toEqual(new Set(SOURCES.map(({ name }) => name)));
  });
});

/** A Python that has the libraries of a program. */
function pythonFor(program: string): string | undefined {
  const libraries = [...program.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name);
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${libraries.join(', ')}`]).status === 0,
  );
}

describe('the program writes what covgrad reads:', () => {
  for (const { heading, text, program } of EXAMPLES) {
    if (program === undefined) continue;
    const python = pythonFor(program.text);
    test.skipIf(python === undefined)(heading, async () => {
      const directory = temporaryDirectory();
      execFileSync(python!, ['-c', program.text], { cwd: directory, stdio: 'pipe' });
      await train(directory, text);
    });
  }
});
