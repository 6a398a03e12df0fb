/** The page on the raw modules is true: its program runs as it stands, and it names exactly what the modules export. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PENALTY_KINDS } from '../../src/kernel/abi.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { compiledKernels, publishedFile } from '../kernels.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { TOLERANCES } from '../tolerances.ts';

const page = readFileSync(new URL('../../assembly/README.md', import.meta.url), 'utf8');
const program = /```js\n(.*?)```/s.exec(page)![1]!;

describe('assembly/README.md', () => {
  it('its program of under 30 lines computes a penalty of 256 units and 128 samples, from the module alone', async () => {
    expect(program.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(30);
    const directory = temporaryDirectory();
    const [simd] = await compiledKernels();
    copyFileSync(publishedFile(simd!), join(directory, 'kernel.wasm'));
    writeFileSync(
      join(directory, 'program.mjs'),
      program.replaceAll('console.log(new Float32Array', 'console.log(...new Float32Array'),
    );
    const { stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [value, gradient] = stdout.trim().split('\n');
    const x = Float32Array.from({ length: 128 * 256 }, (_, i) => Math.max(0, Math.sin(i * i)));
    const expected = createReferenceKernel().penalty('decov', x, { samples: 128, units: 256 });
    expect(Math.abs(Number(value) / expected.value - 1)).toBeLessThan(TOLERANCES.penalty.f32);
    const largest = Math.max(...Array.from(expected.gradient, Math.abs));
    const entries = gradient!.split(' ').map(Number);
    expect(entries).toHaveLength(x.length);
    entries.forEach((entry, i) => {
      expect(Math.abs(entry - expected.gradient[i]!)).toBeLessThan(TOLERANCES.penalty.f32 * largest);
    });
  });

  it('names every export of every module, and no other', async () => {
    const named = new Set([...page.matchAll(/`(\w+)(?:\(|`)/g)].map(([, name]) => name!));
    for (const { module } of await compiledKernels()) {
      const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
      for (const name of exports) {
        const operation = name.replace(/Scratch$/, '');
        expect(named.has(name) || (name.endsWith('Scratch') && exports.includes(operation)), name).toBe(true);
      }
      for (const [, name] of page.matchAll(/^\| `(\w+)\(/gm)) expect(exports).toContain(name);
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    }
  });

  it('gives every export as many operands as it takes', async () => {
    const [, body] = page.split('## Exports');
    const shown = [...body!.matchAll(/`(\w+)\(([^)`]*)\)`/g)].map(
      ([, name, operands]) =>
        [name!, operands!.split(',').filter((word) => word.trim() !== '').length] as const,
    );
    expect(shown.length).toBeGreaterThan(25);
    for (const { module } of await compiledKernels()) {
      const memory = new WebAssembly.Memory({ initial: 2 });
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      for (const [name, count] of shown) expect(exports[name], `${name} of ${count}`).toHaveLength(count);
    }
  });

  it('numbers every penalty of the catalogue as the modules do', () => {
    const [, table] = page.split('## Kinds of penalties');
    const shown = [...table!.matchAll(/\| (\d+) \| ([\w-]+) (?=\|)/g)].map(([, kind, id]) => [
      id!,
      Number(kind),
    ]);
    expect(Object.fromEntries(shown)).toEqual(PENALTY_KINDS);
    expect(Object.keys(PENALTY_KINDS).toSorted()).toEqual(PENALTIES.map(({ id }) => id).toSorted());
  });
});
