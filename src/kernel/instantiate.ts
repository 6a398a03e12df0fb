/** From a module to a kernel: choose and compile a build once, see what the host can do, instantiate as often as needed. */

import { KernelError } from '../errors.ts';
import type { KernelExports } from './abi.ts';
import { accepts, compileBytes, compileSource, decodeBase64, type ModuleSource } from './compile.ts';
import { createKernel, type Kernel } from './kernel.ts';
import {
  type CompiledKernel,
  type DeclaredModule,
  type IdentifiedModule,
  identifyModule,
  unknownTile,
} from './module.ts';
import { MODULES } from './modules.generated.ts';
import { chooseTile, chooseTileNow, type Tile } from './tile.ts';
import { createWasmOperations } from './wasm.ts';

export type { CompiledKernel, DeclaredModule } from './module.ts';

export interface KernelSelection {
  /**
   * `simd`: IEEE operations only. `fma`: fused multiply-adds (relaxed SIMD). `auto` (default): fma where the host
   * has relaxed SIMD and really fuses, else simd. Results of the two builds differ in the last bits.
   */
  readonly variant?: 'auto' | 'simd' | 'fma';
  /** Numbers of 32 (default) or 64 bits. The float64 build exists as `simd` only. */
  readonly precision?: 'f32' | 'f64';
  /**
   * One of the published files in place of the build inside this package: a WebAssembly.Module, a response, bytes, or a
   * promise of one. It says itself which build it is; `variant` and `precision`, where given, must agree.
   */
  readonly module?: ModuleSource;
  /**
   * Register tile of the products: the faster one on this host (`auto`, the default), the narrow one (`4x8`) or the wide one
   * (`4x16`). No bit of a result depends on it. The wide one must give the bits that are stored for the build, else the narrow one stays.
   */
  readonly tile?: 'auto' | Tile;
}

type InFloat32 = KernelSelection & { readonly precision?: 'f32'; readonly module?: never };
type InFloat64 = KernelSelection & { readonly precision: 'f64' };
type Single = Float32Array<ArrayBuffer>;
type Double = Float64Array<ArrayBuffer>;

/**
 * Compile, instantiate and probe the kernel in one step, nothing of it synchronously.
 *
 * Errors: KernelError where the build cannot run on this host.
 */
export async function loadKernel(
  selection?: InFloat32 | (KernelSelection & { readonly precision: 'f32' }),
): Promise<Kernel<Single>>;
export async function loadKernel(selection: InFloat64): Promise<Kernel<Double>>;
export async function loadKernel(selection: KernelSelection): Promise<Kernel>;
export async function loadKernel(selection: KernelSelection = {}): Promise<Kernel> {
  const compiled = await compileKernel(selection);
  const memory = reserveMemory();
  const module = compiled.module as WebAssembly.Module;
  return kernelOf(compiled, await WebAssembly.instantiate(module, { env: { memory } }), memory);
}

/** Whether the host compiles relaxed SIMD at all (on Node 20 only with --experimental-wasm-relaxed-simd). */
export function relaxedSimdSupported(): boolean {
  return accepts(decodeBase64(MODULES.fma.base64));
}

/**
 * Choose and compile a build.
 *
 * Errors: KernelError naming the wrong option, the missing feature and the flag that turns it on, or the policy in the way.
 */
export async function compileKernel(
  selection?: InFloat32 | (KernelSelection & { readonly precision: 'f32' }),
): Promise<CompiledKernel<'f32'>>;
export async function compileKernel(selection: InFloat64): Promise<CompiledKernel<'f64'>>;
export async function compileKernel(selection: KernelSelection): Promise<CompiledKernel>;
export async function compileKernel(selection: KernelSelection = {}): Promise<CompiledKernel> {
  checkSelection(selection);
  const build = await compileBuild(selection);
  const choice = await chooseTile(build, selection.tile ?? 'auto', async () => {
    const memory = reserveMemory();
    const instance = await WebAssembly.instantiate(build.module as WebAssembly.Module, { env: { memory } });
    return { exports: instance.exports as unknown as KernelExports, memory };
  });
  return { ...build, ...choice };
}

/** The build of a selection, before its tile is known. */
async function compileBuild({
  variant = 'auto',
  precision,
  module,
}: KernelSelection): Promise<IdentifiedModule> {
  if (module !== undefined) {
    return identifyModule('kernel', {
      module: await compileSource('kernel', module),
      ...(variant === 'auto' ? {} : { variant }),
      ...(precision === undefined ? {} : { precision }),
    });
  }
  if (precision === 'f64') {
    const { MODULE_F64 } = await import('./module-f64.generated.ts');
    return compile('f64', decodeBase64(MODULE_F64.base64));
  }
  if (variant !== 'simd') {
    const bytes = decodeBase64(MODULES.fma.base64);
    if (accepts(bytes)) {
      const fused = await compile('fma', bytes);
      const env = { memory: reserveMemory() };
      const instance = await WebAssembly.instantiate(fused.module as WebAssembly.Module, { env });
      if (fuses(instance.exports as unknown as KernelExports)) return fused;
      if (variant === 'fma') throw notFused();
    } else if (variant === 'fma') throw noRelaxedSimd();
  }
  return compile('simd', decodeBase64(MODULES.simd.base64));
}

/**
 * A kernel with a memory of its own, from a compiled WebAssembly.Module of the package or what `compileKernel` resolves to.
 * The module says itself which build it is; what is declared beside it must agree.
 *
 * Errors: KernelError for anything but a kernel's module, a host that does not fuse where the build is `fma`, a host that allows no
 * synchronous instance (loadKernel({ module }) needs none), and when the memory cannot be reserved.
 */
export function instantiateKernel(compiled: DeclaredModule & { readonly precision: 'f32' }): Kernel<Single>;
export function instantiateKernel(compiled: DeclaredModule & { readonly precision: 'f64' }): Kernel<Double>;
export function instantiateKernel(module: object): Kernel;
export function instantiateKernel(source: object): Kernel {
  const build = identifyModule('instantiateKernel', source);
  const { tile } = build;
  const memory = reserveMemory();
  const instance = instanceOf(build.module, memory);
  const choice =
    tile === undefined
      ? chooseTileNow(build, () => {
          const memory = reserveMemory();
          return { exports: instanceOf(build.module, memory).exports as unknown as KernelExports, memory };
        })
      : { tile };
  return kernelOf({ ...build, ...choice }, instance, memory);
}

function instanceOf(module: object, memory: WebAssembly.Memory): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory } });
  } catch (cause) {
    throw new KernelError(
      'SYNCHRONOUS_INSTANCE_REFUSED',
      `instantiateKernel: the host must allow an instance to be made synchronously, got ${String(cause)}. ` +
        'The main thread of some browsers does not: use await loadKernel({ module }), or a worker.',
      {},
      { cause },
    );
  }
}

/** The typed API over an instance. Errors: KernelError where the build is `fma` and the host rounds twice. */
function kernelOf(
  { variant, precision, sha256, tile, tileNote }: CompiledKernel,
  { exports }: WebAssembly.Instance,
  memory: WebAssembly.Memory,
): Kernel {
  const kernel = exports as unknown as KernelExports;
  if (variant === 'fma' && !fuses(kernel)) throw notFused();
  if (tile === '4x16') kernel.chooseTile(1);
  const operations = createWasmOperations(kernel, memory, variant, precision);
  return createKernel(operations, { sha256, tile, tileNote: tileNote ?? null });
}

/** Refuses what is no option, and values that no option has. */
function checkSelection(selection: KernelSelection): void {
  if (typeof selection !== 'object' || selection === null) {
    throw new KernelError(
      'OPTIONS_MISSING',
      `kernel: the options must be an object with variant, precision, module or tile, got ${JSON.stringify(selection)}. Write { precision: 'f64' }, for example.`,
    );
  }
  const other = Object.keys(selection).find((name) => !OPTIONS.has(name));
  if (other !== undefined) {
    throw new KernelError(
      'UNKNOWN_OPTION',
      `kernel: an option must be variant, precision, module or tile, got ${JSON.stringify(other)}. Leave it out or correct it.`,
      { name: other },
    );
  }
  const { variant = 'auto', precision = 'f32', tile = 'auto' } = selection;
  if (variant !== 'auto' && variant !== 'simd' && variant !== 'fma') {
    throw new KernelError(
      'UNKNOWN_VARIANT',
      `kernel: variant must be 'auto', 'simd' or 'fma', got ${JSON.stringify(variant)}.`,
      { variant: String(variant) },
    );
  }
  if (precision !== 'f32' && precision !== 'f64') {
    throw new KernelError(
      'UNKNOWN_PRECISION',
      `kernel: precision must be 'f32' or 'f64', got ${JSON.stringify(precision)}.`,
      { precision: String(precision) },
    );
  }
  if (tile !== 'auto' && tile !== '4x8' && tile !== '4x16') throw unknownTile('kernel', tile);
  if (precision === 'f64' && variant === 'fma') {
    throw new KernelError(
      'NO_SUCH_BUILD',
      "kernel: precision 'f64' exists as variant 'simd' only, got 'fma'. Leave the variant out.",
    );
  }
}

const OPTIONS: ReadonlySet<string> = new Set(['variant', 'precision', 'module', 'tile']);

function notFused(): KernelError {
  return new KernelError(
    'NO_FUSED_MULTIPLY_ADD',
    "kernel: the variant 'fma' needs a processor that fuses multiply and add, and this host rounds twice. Use 'simd' (kernel.wasm) or 'auto'.",
  );
}

function noRelaxedSimd(): KernelError {
  return new KernelError(
    'NO_RELAXED_SIMD',
    "kernel: the variant 'fma' needs WebAssembly relaxed SIMD, which this host lacks. On Node 20 start node with " +
      "--experimental-wasm-relaxed-simd; elsewhere use 'simd' or 'auto'.",
    { flag: '--experimental-wasm-relaxed-simd' },
  );
}

async function compile(build: string, bytes: Uint8Array<ArrayBuffer>): Promise<IdentifiedModule> {
  return identifyModule('kernel', await compileBytes(bytes, build));
}

function reserveMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 2 });
  } catch (cause) {
    throw new KernelError(
      'KERNEL_OUT_OF_MEMORY',
      'kernel: no WebAssembly memory could be reserved; each one takes 8 to 10 GB of address space (not of memory). ' +
        'Raise the limit (ulimit -v unlimited) or use fewer kernels or threads.',
      {},
      { cause },
    );
  }
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ with one rounding and 0 with two. */
function fuses(exports: KernelExports): boolean {
  const factor = 1 + 2 ** -12;
  return exports.multiplyAddProbe(factor, factor, -(1 + 2 ** -11)) === 2 ** -24;
}
