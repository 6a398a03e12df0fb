import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import {
  compileKernel,
  instantiateKernel,
  type KernelSelection,
  loadKernel,
} from '../../src/kernel/instantiate.ts';
import { compiledKernels, publishedFile } from '../kernels.ts';

/** Runs a module in a fresh process: flags of V8 cannot be taken back. */
function runAlone(source: string, flags: readonly string[] = []): { status: number | null; stdout: string } {
  const script = ['--input-type=module', '--eval', source];
  const { status, stdout } = spawnSync(process.execPath, [...flags, ...script], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
  });
  return { status, stdout };
}

const PRINT_VARIANT = `
  import { loadKernel } from 'covgrad/kernel';
  try {
    console.log((await loadKernel({ variant: VARIANT })).variant);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }`;

describe('loadKernel', () => {
  it("takes the fused build for 'auto' where the host fuses, and tells which one it took", async () => {
    const builds = await compiledKernels();
    expect((await loadKernel()).variant).toBe(
      builds.filter(({ precision }) => precision === 'f32').at(-1)!.variant,
    );
    expect((await loadKernel({ variant: 'simd' })).variant).toBe('simd');
  });

  it.each([
    [{ variant: 'avx' }, 'UNKNOWN_VARIANT'],
    [{ precision: 'f16' }, 'UNKNOWN_PRECISION'],
    [{ precision: 'f64', variant: 'fma' }, 'NO_SUCH_BUILD'],
    [{ precison: 'f64' }, 'UNKNOWN_OPTION'],
    ['f64', 'OPTIONS_MISSING'],
    [null, 'OPTIONS_MISSING'],
  ])('refuses %o', async (selection, code) => {
    const refused = await loadKernel(selection as KernelSelection).catch((error) => error);
    expect(refused).toBeInstanceOf(KernelError);
    expect(refused.code).toBe(code);
  });

  it('the precision decides the arrays of the results, for the compiler too', async () => {
    const shape = { samples: 2, units: 2 };
    const single: Float32Array = (await loadKernel()).penalty('decov', [1, 2, 4, 3], shape).gradient;
    const double: Float64Array = (await loadKernel({ precision: 'f64' })).prepare('decov', shape).gradient;
    expect(single).toBeInstanceOf(Float32Array);
    expect(double).toBeInstanceOf(Float64Array);
  });

  it('leaves the flags of the process alone: without relaxed SIMD, auto is simd and fma is an error that names the flag', () => {
    if (!process.versions.node.startsWith('20.')) {
      // Later versions have relaxed SIMD without a flag.
      expect(runAlone(PRINT_VARIANT.replace('VARIANT', "'auto'")).stdout).toMatch(/^(fma|simd)\n$/);
      return;
    }
    expect(runAlone(PRINT_VARIANT.replace('VARIANT', "'auto'")).stdout).toBe('simd\n');
    const refused = runAlone(PRINT_VARIANT.replace('VARIANT', "'fma'")).stdout;
    expect(refused).toMatch(/^KernelError NO_RELAXED_SIMD .*--experimental-wasm-relaxed-simd/);
    const flagged = runAlone(PRINT_VARIANT.replace('VARIANT', "'auto'"), [
      '--experimental-wasm-relaxed-simd',
    ]);
    expect(flagged.stdout).toMatch(/^(fma|simd)\n$/);
  });

  it('imports nothing of Node', () => {
    const seen = new Set<string>();
    const visit = (url: URL): void => {
      if (seen.has(url.href)) return;
      seen.add(url.href);
      for (const [, specifier] of readFileSync(url, 'utf8').matchAll(
        /^(?:import|export)\b[^;]*?\bfrom\s+['"]([^'"]+)['"]/gm,
      )) {
        expect(specifier).toMatch(/^\.\.?\//);
        visit(new URL(specifier!, url));
      }
    };
    visit(new URL('../../dist/kernel/index.js', import.meta.url));
    expect(seen.size).toBeGreaterThan(5);
  });
});

describe('compileKernel', () => {
  it('states the SHA-256 of the published module', async () => {
    for (const compiled of await compiledKernels()) {
      const { sha256 } = compiled;
      const file = publishedFile(compiled);
      expect(sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
    }
  });

  it('decodes the modules by the language itself where it can', async () => {
    const languages = Uint8Array as { fromBase64?: (text: string) => Uint8Array };
    const own = Object.getOwnPropertyDescriptor(languages, 'fromBase64');
    let decoded = 0;
    const fromBase64 = (text: string): Uint8Array => {
      decoded++;
      return Uint8Array.from(Buffer.from(text, 'base64'));
    };
    Object.defineProperty(languages, 'fromBase64', { value: fromBase64, configurable: true });
    try {
      expect((await compileKernel({ precision: 'f64' })).module).toBeInstanceOf(WebAssembly.Module);
    } finally {
      if (own === undefined) delete languages.fromBase64;
      else Object.defineProperty(languages, 'fromBase64', own);
    }
    expect(decoded).toBe(1);
  });

  it('gives plain data that makes any number of kernels with memories of their own', async () => {
    const compiled = structuredClone(await compileKernel({ variant: 'simd' }));
    const [one, two] = [instantiateKernel(compiled), instantiateKernel(compiled)];
    const a = one.operations.allocate(4);
    a.values.fill(7);
    expect(Array.from(two.operations.allocate(4).values)).toEqual([0, 0, 0, 0]);
  });
});
