/** covgrad-kernel, the kernel as a package of its own: what it holds, and that it is the same kernel. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder: string = mkdtempSync(join(tmpdir(), 'covgrad-kernel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
execFileSync(process.execPath, ['assembly/package.mjs', folder]);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

test('it depends on nothing, imports only its own files, and has every file that it names', () => {
  const { dependencies, peerDependencies, exports, version } = JSON.parse(text('package.json'));
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
  expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  const targets = Object.values(exports).flatMap((target) =>
    Object.values(Object(target).types ? Object(target) : { target }),
  );
  expect(targets.filter((target) => !existsSync(join(folder, String(target))))).toEqual([]);
  const modules = files.filter((file) => /\.(js|d\.ts)$/.test(file));
  expect(modules.length).toBeGreaterThan(40);
  for (const file of modules) {
    for (const [, specifier] of text(file).matchAll(/^(?:import|export|\}).* from ["']([^"']+)["'];$/gm)) {
      const target = join(folder, dirname(file), specifier as string).replace(/\.ts$/, '.d.ts');
      expect(existsSync(target), `${file} imports ${specifier}`).toBe(true);
    }
  }
});

test('its pages and messages name it, and link to nothing that is not there', () => {
  expect(files).toEqual(
    expect.arrayContaining(['README.md', 'ABI.md', 'LICENSE', 'kernel.wasm', 'kernel-f64.wasm']),
  );
  for (const file of files.filter((name) => /\.(md|js|d\.ts)$/.test(name))) {
    expect(text(file), file).not.toMatch(/covgrad\/(kernel|tfjs)/);
  }
  for (const page of files.filter((name) => name.endsWith('.md'))) {
    for (const [, target] of text(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(files).toContain(target);
  }
  expect(text('README.md')).toMatch(/^# covgrad-kernel\n/);
  expect(text('README.md')).not.toMatch(/In a clone|TensorFlow/);
});

test('it computes the bits of covgrad/kernel', async () => {
  const alone: typeof import('../src/kernel/index.ts') = await import(
    pathToFileURL(join(folder, 'kernel/index.js')).href
  );
  const whole: typeof import('../src/kernel/index.ts') = await import(
    new URL('../dist/kernel/index.js', import.meta.url).href
  );
  const shape = { samples: 19, units: 7 };
  const x = Float32Array.from({ length: 19 * 7 }, (_, i) => Math.sin(i * i));
  const [ours, theirs] = await Promise.all([
    alone.loadKernel({ variant: 'simd' }),
    whole.loadKernel({ variant: 'simd' }),
  ]);
  expect(ours.sha256).toBe(theirs.sha256);
  for (const { id } of whole.PENALTIES)
    expect(ours.penalty(id, x, shape)).toEqual(theirs.penalty(id, x, shape));
});
