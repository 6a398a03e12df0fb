/**
 * Makes the release modules from what the compiler wrote: says in each module which build it is, and writes them as base64
 * into src/kernel/*.generated.ts, so that they load in every host and bundler. The float64 module has a file of its own,
 * which is loaded only when it is asked for.
 */

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import ts from 'typescript';

const HEAD = '/** Release modules of the kernel, made from assembly/ by the build; not to be edited. */\n';
/** Name of the custom section, the last of a module: src/kernel/module.ts reads it. */
const SECTION = 'covgrad';

const BUILDS = [
  { file: 'dist/kernel.wasm', variant: 'simd', precision: 'f32' },
  { file: 'dist/kernel-fma.wasm', variant: 'fma', precision: 'f32' },
  { file: 'dist/kernel-f64.wasm', variant: 'simd', precision: 'f64' },
];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Bytes of an unsigned number in LEB128. */
function leb128(value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, value]);
}

// Node 20 has relaxed SIMD behind a flag.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** What the package holds the modules against when it is loaded: compiled here, for the build of the package comes after this. */
const transpiled = new URL('../dist/self-check.mjs', import.meta.url);
const { outputText } = ts.transpileModule(readFileSync('src/kernel/self-check.ts', 'utf8'), {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
writeFileSync(transpiled, outputText);
const { selfCheck } = await import(transpiled.href);
rmSync(transpiled);

/** Hash of what a module computes with its narrow tile; none where this host rounds twice, as no other does. */
function checkOf(bytes, { variant, precision }) {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const factor = 1 + 2 ** -12;
  const fuses = exports.multiplyAddProbe(factor, factor, -(1 + 2 ** -11)) === 2 ** -24;
  if (variant === 'fma' && !fuses) return undefined;
  return selfCheck(exports, memory, precision);
}

/** The ABI of the modules, asked of the one that every host compiles: the fused one is behind a flag on Node 20. */
const env = { memory: new WebAssembly.Memory({ initial: 2 }) };
const plain = new WebAssembly.Module(readFileSync(BUILDS[0].file));
const abi = new WebAssembly.Instance(plain, { env }).exports.abiVersion();

const modules = BUILDS.map(({ file, variant, precision }) => {
  const compiled = readFileSync(file);
  // The section holds the digest of all that comes before it.
  const code = sha256(compiled);
  const content = Buffer.concat([
    leb128(SECTION.length),
    Buffer.from(SECTION),
    Buffer.from(JSON.stringify({ abi, variant, precision, code })),
  ]);
  const bytes = Buffer.concat([compiled, Uint8Array.of(0), leb128(content.length), content]);
  writeFileSync(file, bytes);
  const text = `{\n    sha256: '${sha256(bytes)}',\n    base64:\n      '${bytes.toString('base64')}',\n  }`;
  return { code, sha256: sha256(bytes), check: checkOf(bytes, { variant, precision }), text };
});
const [simd, fma, f64] = modules;

writeFileSync(
  'src/kernel/modules.generated.ts',
  `${HEAD}export interface InlinedModule {
  readonly sha256: string;
  readonly base64: string;
}

export const MODULES: Record<'simd' | 'fma', InlinedModule> = {
  simd: ${simd.text},
  fma: ${fma.text},
};
`,
);
writeFileSync(
  'src/kernel/module-f64.generated.ts',
  `${HEAD}import type { InlinedModule } from './modules.generated.ts';

export const MODULE_F64: InlinedModule = ${f64.text};
`,
);
writeFileSync(
  'src/kernel/digests.generated.ts',
  `/** SHA-256 of each published module by that of its code, which the module states itself; made by the build. */
export const DIGESTS: Readonly<Record<string, string>> = {
${modules.map(({ code, sha256 }) => `  '${code}': '${sha256}',`).join('\n')}
};
`,
);
writeFileSync(
  'src/kernel/checks.generated.ts',
  `/** Hash of what each published module computes with its narrow tile (self-check.ts), by the module's SHA-256; made by the build. */
export const CHECKS: Readonly<Record<string, string>> = {
${modules
  .filter(({ check }) => check !== undefined)
  .map(({ sha256, check }) => `  '${sha256}': '${check}',`)
  .join('\n')}
};
`,
);
