/** Sweeps over files of one's own, for the tests of what a sweep promises on any data. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSweepConfig } from '../../src/config/load.ts';
import type { SweepOptions } from '../../src/sweep.ts';
import { inProcess } from '../execute/in-process.ts';

/** Rows of a table `a,b,y` with y = a + 2b; `shift` makes other ones. */
export function tableText(rows = 120, shift = 0): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [(7 * i) % 13, (5 * i) % 11];
    return `${a},${b},${a + 2 * b + shift * (i % 3)}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

/** A float32 array as numpy writes it. */
export function npyBytes(shape: readonly number[], values: readonly number[]): Buffer {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  return Buffer.concat([magic, length, Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)]);
}

/** Text of a regression sweep with four points, two seeds each and two baselines. */
export function regressionText(data: string, sweep = ''): string {
  return `
name: own
experiment:
  data: ${data}
  task: regression
  model:
    - {dense: 6, penalized: true}
  training: {epochs: 2, batch_size: 16, optimizer: {type: sgd, learning_rate: 0.05}}
  penalty: {type: decov, weight: 0.1}
sweep:
  seeds: 2
  parameters:
    penalty.type: {values: [decov, mean-abs]}
    penalty.weight: {values: [0.1, 1]}
${sweep}`;
}

export const CSV_DATA = '{source: csv, train: table.csv, target: y, test: 0.2, validation: 0.2}';

/** Write a sweep file into a directory, and what runs it. */
export async function optionsFor(
  directory: string,
  text: string,
  changes: Partial<SweepOptions> = {},
): Promise<SweepOptions> {
  const file = join(directory, 'own.yaml');
  writeFileSync(file, text);
  const loaded = await loadSweepConfig(file);
  return {
    config: loaded.config,
    text: loaded.text,
    base: loaded.base,
    directory: join(directory, 'run'),
    threads: 2,
    kernel: 'reference',
    createExecutor: inProcess,
    ...changes,
  };
}
