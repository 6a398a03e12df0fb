/** The Python program of assembly/README.md, through wasmtime where Python has it, else through its stand-in on Node. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import { compiledKernels, publishedFile } from '../kernels.ts';
import { temporaryDirectory } from '../store/samples.ts';

const page = readFileSync(new URL('../../assembly/README.md', import.meta.url), 'utf8');
const program = /```python\n(.*?)```/s.exec(page)![1]!;
const STAND_IN = fileURLToPath(new URL('wasmtime', import.meta.url));

const has = (python: string, name: string): boolean =>
  spawnSync(python, ['-c', `import ${name}`]).status === 0;
const python = ['python3', '/usr/bin/python3'].find((candidate) => has(candidate, 'numpy'));

test('the Python program gives the bits of JavaScript', async (context) => {
  if (python === undefined) return context.skip('no Python with numpy (Debian has python3-numpy)');
  const directory = temporaryDirectory();
  const [simd] = await compiledKernels();
  copyFileSync(publishedFile(simd!), join(directory, 'kernel.wasm'));
  const print = 'print(activations.tobytes().hex(), memory.read(store, gradient, value).hex())\n';
  writeFileSync(join(directory, 'program.py'), program + print);
  const env: NodeJS.ProcessEnv = { ...process.env, NODE: process.execPath };
  if (!has(python, 'wasmtime')) env.PYTHONPATH = STAND_IN;
  const { stdout, stderr } = spawnSync(python, ['program.py'], { cwd: directory, encoding: 'utf8', env });
  expect(stderr).toBe('');
  const [value, ...lines] = stdout.trim().split('\n');
  const [given, gradient] = lines
    .at(-1)!
    .split(' ')
    .map((hex) => Buffer.from(hex, 'hex'));
  const x = new Float32Array(given!.buffer.slice(given!.byteOffset, given!.byteOffset + given!.byteLength));
  expect(x).toHaveLength(128 * 256);
  const expected = instantiateKernel(simd!).penalty('decov', x, { samples: 128, units: 256 });
  expect(Number(value)).toBe(expected.value);
  expect(Buffer.from(expected.gradient.buffer).equals(gradient!)).toBe(true);
});
