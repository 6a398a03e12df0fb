import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import {
  type CompiledKernel,
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

describe('instantiateKernel', () => {
  const shape = { samples: 3, units: 2 };
  const x = [1, 2, 4, 3, 5, 5];
  /** Each published file, compiled as a host that imports modules compiles it. */
  const published = async (): Promise<{ compiled: CompiledKernel; module: WebAssembly.Module }[]> =>
    Promise.all(
      (await compiledKernels()).map(async (compiled) => ({
        compiled,
        module: await WebAssembly.compile(readFileSync(publishedFile(compiled))),
      })),
    );

  it('finds out from a published module alone which build it is', async () => {
    for (const { compiled, module } of await published()) {
      const kernel = instantiateKernel(module);
      const { variant, precision, sha256 } = compiled;
      expect(kernel).toMatchObject({ variant, precision, sha256 });
      const expected = instantiateKernel(compiled).penalty('decov', x, shape);
      expect(kernel.penalty('decov', x, shape)).toEqual(expected);
    }
  });

  it('what is declared decides the arrays for the compiler, and must be true', async () => {
    const f64 = (await published()).find(({ compiled }) => compiled.precision === 'f64')!.module;
    const declared: Float64Array = instantiateKernel({ module: f64, precision: 'f64' }).covariance(x, shape);
    expect(declared).toBeInstanceOf(Float64Array);
    const single: Float32Array = instantiateKernel(await compileKernel()).covariance(x, shape);
    expect(single).toBeInstanceOf(Float32Array);
    expect(() => instantiateKernel({ module: f64, precision: 'f32' })).toThrow(
      'instantiateKernel: precision must be what the module is, \'f64\', got "f32". Leave it out: the module states it itself.',
    );
    expect(() => instantiateKernel({ module: f64, variant: 'fma' })).toThrow(/variant .* 'simd', got "fma"/);
    await expect(loadKernel({ module: f64, precision: 'f32' })).rejects.toThrow(/got "f32"/);
  });

  const foreign = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const wrong: Record<string, [() => unknown, RegExp]> = {
    nothing: [() => undefined, /got undefined\. Pass what compileKernel\(\) resolves to/],
    null: [() => null, /got null\./],
    text: [() => 'kernel.wasm', /got "kernel\.wasm"\./],
    bytes: [() => readFileSync(new URL('../../dist/kernel.wasm', import.meta.url)), /got bytes\. Compile/],
    'a buffer': [() => foreign.buffer, /got bytes\. Compile/],
    'a promise': [() => compileKernel(), /got a promise\. Await it first\.$/],
    'a response': [() => new Response(foreign), /got a response\. Compile it first: await loadKernel/],
    'an empty object': [() => ({}), /got an object without one\./],
    'bytes as a module': [() => ({ module: foreign, precision: 'f32' }), /got bytes\./],
    'a namespace': [
      () => ({ default: new WebAssembly.Module(foreign) }),
      /got the namespace of an imported module\. Pass its default export\.$/,
    ],
    'an instance': [
      () => new WebAssembly.Instance(new WebAssembly.Module(foreign)),
      /got an instance\. Pass the module that it was made from\.$/,
    ],
    'a foreign module': [() => new WebAssembly.Module(foreign), /of covgrad, got one that exports nothing\./],
  };
  it.each(Object.keys(wrong))('%s in place of a module is one clear KernelError', (name) => {
    const [make, message] = wrong[name]!;
    const refused = () => instantiateKernel(make() as object);
    expect(refused).toThrow(KernelError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^instantiateKernel: .+, got .+\. .+\.$/);
  });

  it('a module of another ABI is told from one of this version', () => {
    const name = 'covgrad';
    const text = JSON.stringify({ abi: 99, variant: 'simd', precision: 'f32', code: '' });
    const content = [name.length, ...Buffer.from(name + text)];
    const module = new WebAssembly.Module(Uint8Array.from([...foreign, 0, content.length, ...content]));
    expect(() => instantiateKernel(module)).toThrow(
      'instantiateKernel: the module must speak ABI 1, got 99. Take the module and the JavaScript from the same version of covgrad.',
    );
  });

  it('a host that rounds twice refuses the fused build from every door', async () => {
    const probing = `
      import { readFileSync } from 'node:fs';
      import { instantiateKernel, loadKernel } from 'covgrad/kernel';
      const { Instance, instantiate } = WebAssembly;
      const twice = (instance) => ({ exports: { ...instance.exports, multiplyAddProbe: (a, b, c) => Math.fround(a * b) + c } });
      WebAssembly.Instance = function (module, imports) { return twice(new Instance(module, imports)); };
      WebAssembly.instantiate = async (module, imports) => twice(await instantiate(module, imports));
      const module = new WebAssembly.Module(readFileSync('dist/kernel-fma.wasm'));
      for (const make of [() => instantiateKernel(module), () => loadKernel({ module }), () => loadKernel({ variant: 'fma' })])
        try { await make(); } catch (error) { console.log(error.code); }
      console.log((await loadKernel()).variant);`;
    const flags = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
    const { stdout } = runAlone(probing, flags);
    expect(stdout.trim().split('\n')).toEqual([...Array(3).fill('NO_FUSED_MULTIPLY_ADD'), 'simd']);
  });
});

describe('loadKernel({ module })', () => {
  const file = new URL('../../dist/kernel-f64.wasm', import.meta.url);

  it('takes a response, a promise of one, bytes or a module', async () => {
    const bytes = readFileSync(file);
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    for (const module of [
      new Response(bytes),
      Promise.resolve(new Response(bytes, { headers: { 'content-type': 'application/wasm' } })),
      bytes,
      inside.subarray(3),
      Uint8Array.from(bytes).buffer,
      await WebAssembly.compile(bytes),
      await compileKernel({ precision: 'f64' }),
    ])
      expect((await loadKernel({ module })).precision).toBe('f64');
  });

  it('says of a page that is no module what it is', async () => {
    const html = () => new Response('<!doctype html><title>404</title>');
    await expect(loadKernel({ module: html() })).rejects.toThrow(
      /^kernel: the bytes must be a WebAssembly module, got 33 bytes that begin with "<!doctype html><titl"\. Read covgrad\/kernel\.wasm/,
    );
    const missing = new Response('', { status: 404 });
    await expect(loadKernel({ module: missing })).rejects.toThrow(/got status 404/);
    await expect(loadKernel({ module: null as unknown as object })).rejects.toThrow(/got null\./);
  });
});

describe('a host that forbids', () => {
  it('compiling is told from one that cannot, and is shown the way', () => {
    const forbidden = `
      import { readFileSync } from 'node:fs';
      const module = new WebAssembly.Module(readFileSync('dist/kernel.wasm'));
      const refuse = () => { throw new WebAssembly.CompileError('code generation disallowed by the embedder'); };
      WebAssembly.compile = async () => refuse();
      WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: refuse });
      const { loadKernel, instantiateKernel } = await import('covgrad/kernel');
      for (const selection of [{}, { variant: 'simd' }, { precision: 'f64' }])
        await loadKernel(selection).catch((error) => console.log(error.code, error.message));
      console.log(instantiateKernel(module).variant, (await loadKernel({ module })).variant);`;
    const lines = runAlone(forbidden).stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines.slice(0, 3)) {
      expect(line).toMatch(/^COMPILE_FORBIDDEN kernel: .*a policy forbids it, got CompileError: code gen/);
      expect(line).toMatch(/'wasm-unsafe-eval'.*import module from 'covgrad\/kernel\.wasm'/);
      expect(line).not.toContain('Node 20');
    }
    expect(lines[3]).toBe('simd simd');
  });

  it('synchronous instances is served by loadKernel, and instantiateKernel says so', () => {
    const forbidden = `
      const refuse = () => { throw new RangeError('WebAssembly.Instance is disallowed on the main thread'); };
      WebAssembly.Instance = new Proxy(WebAssembly.Instance, { construct: refuse });
      WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: refuse });
      const { compileKernel, loadKernel, instantiateKernel } = await import('covgrad/kernel');
      console.log((await loadKernel()).precision, (await loadKernel({ module: await compileKernel() })).precision);
      try { instantiateKernel(await compileKernel()); } catch (error) { console.log(error.code, error.message); }`;
    const [loaded, refused] = runAlone(forbidden).stdout.trim().split('\n');
    expect(loaded).toBe('f32 f32');
    expect(refused).toMatch(
      /^SYNCHRONOUS_INSTANCE_REFUSED .* use await loadKernel\(\{ module \}\), or a worker\.$/,
    );
  });

  it('WebAssembly altogether is told that there is a kernel in plain JavaScript', () => {
    const without = `
      delete globalThis.WebAssembly;
      const { createReferenceKernel, instantiateKernel, loadKernel } = await import('covgrad/kernel');
      await loadKernel().catch((error) => console.log(error.code, error.message));
      try { instantiateKernel({}); } catch (error) { console.log(error.code); }
      console.log(createReferenceKernel().variant);`;
    const lines = runAlone(without).stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^KERNEL_NOT_COMPILED .*createReferenceKernel/);
    expect(lines.slice(1)).toEqual(['NOT_A_MODULE', 'reference']);
  });
});
