/** From the inlined modules to a kernel: compile once, see what the host can do, instantiate as often as needed. */

import { KernelError } from '../errors.ts';
import type { KernelExports } from './abi.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { MODULES } from './modules.generated.ts';
import type { Variant } from './operations.ts';
import { createWasmOperations } from './wasm.ts';

/** A compiled build of the kernel. Plain data: it may be sent to other threads. */
export interface CompiledKernel {
  readonly variant: Exclude<Variant, 'reference'>;
  readonly precision: 'f32' | 'f64';
  /** A WebAssembly.Module, which not every TypeScript project has the name of. */
  readonly module: object;
  /** SHA-256 of the module's bytes, hexadecimal. */
  readonly sha256: string;
}

export interface KernelSelection {
  /**
   * `simd`: IEEE operations only. `fma`: fused multiply-adds (relaxed SIMD). `auto` (default): fma where the host
   * has relaxed SIMD and really fuses, else simd. Results of the two builds differ in the last bits.
   */
  readonly variant?: 'auto' | 'simd' | 'fma';
  /** Numbers of 32 (default) or 64 bits. The float64 build exists as `simd` only. */
  readonly precision?: 'f32' | 'f64';
}

/** The ABI that this package speaks. */
const ABI_VERSION = 1;

/** Compile, instantiate and probe the kernel in one step. Errors: KernelError where the build cannot run on this host. */
export async function loadKernel(
  selection?: KernelSelection & { readonly precision?: 'f32' },
): Promise<Kernel<Float32Array<ArrayBuffer>>>;
export async function loadKernel(
  selection: KernelSelection & { readonly precision: 'f64' },
): Promise<Kernel<Float64Array<ArrayBuffer>>>;
export async function loadKernel(selection: KernelSelection): Promise<Kernel>;
export async function loadKernel(selection: KernelSelection = {}): Promise<Kernel> {
  return instantiateKernel(await compileKernel(selection));
}

/** Whether the host compiles relaxed SIMD at all (on Node 20 only with --experimental-wasm-relaxed-simd). */
export function relaxedSimdSupported(): boolean {
  return accepts(decodeBase64(MODULES.fma.base64));
}

/** Choose and compile a build. Errors: KernelError naming the wrong option, or the missing feature and the flag that turns it on. */
export async function compileKernel(selection: KernelSelection = {}): Promise<CompiledKernel> {
  if (typeof selection !== 'object' || selection === null) {
    throw new KernelError(
      'OPTIONS_MISSING',
      `kernel: the options must be an object with variant or precision, got ${JSON.stringify(selection)}. Write { precision: 'f64' }, for example.`,
    );
  }
  const other = Object.keys(selection).find((name) => name !== 'variant' && name !== 'precision');
  if (other !== undefined) {
    throw new KernelError(
      'UNKNOWN_OPTION',
      `kernel: an option must be variant or precision, got ${JSON.stringify(other)}. Leave it out or correct it.`,
      { name: other },
    );
  }
  const wanted = selection.variant ?? 'auto';
  if (wanted !== 'auto' && wanted !== 'simd' && wanted !== 'fma') {
    throw new KernelError(
      'UNKNOWN_VARIANT',
      `kernel: variant must be 'auto', 'simd' or 'fma', got ${JSON.stringify(wanted)}.`,
      { variant: String(wanted) },
    );
  }
  const precision = selection.precision ?? 'f32';
  if (precision !== 'f32' && precision !== 'f64') {
    throw new KernelError(
      'UNKNOWN_PRECISION',
      `kernel: precision must be 'f32' or 'f64', got ${JSON.stringify(precision)}.`,
      { precision: String(precision) },
    );
  }
  if (precision === 'f64') {
    if (wanted === 'fma') {
      throw new KernelError(
        'NO_SUCH_BUILD',
        "kernel: precision 'f64' exists as variant 'simd' only, got 'fma'. Leave the variant out.",
      );
    }
    const { MODULE_F64 } = await import('./module-f64.generated.ts');
    return compile('simd', precision, MODULE_F64.sha256, decodeBase64(MODULE_F64.base64));
  }
  if (wanted !== 'simd') {
    const bytes = decodeBase64(MODULES.fma.base64);
    if (accepts(bytes)) {
      const fused = await compile('fma', precision, MODULES.fma.sha256, bytes);
      if (fuses(fused)) return fused;
      if (wanted === 'fma') throw notFused();
    } else if (wanted === 'fma') throw noRelaxedSimd();
  }
  return compile('simd', precision, MODULES.simd.sha256, decodeBase64(MODULES.simd.base64));
}

/** A kernel with a memory of its own. Errors: KernelError when the memory cannot be reserved. */
export function instantiateKernel(compiled: CompiledKernel): Kernel {
  const { exports, memory } = instantiate(compiled.module);
  return createKernel(createWasmOperations(exports, memory, compiled.variant, compiled.precision));
}

function notFused(): KernelError {
  return new KernelError(
    'NO_FUSED_MULTIPLY_ADD',
    "kernel: the variant 'fma' needs a processor that fuses multiply and add, and this host rounds twice. Use 'simd' or 'auto'.",
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

/** Whether the host knows every instruction of a module. */
function accepts(bytes: Uint8Array<ArrayBuffer>): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes);
}

async function compile(
  variant: CompiledKernel['variant'],
  precision: CompiledKernel['precision'],
  sha256: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<CompiledKernel> {
  try {
    return { variant, precision, sha256, module: await WebAssembly.compile(bytes) };
  } catch (cause) {
    throw new KernelError(
      'KERNEL_NOT_COMPILED',
      `kernel: the host must compile WebAssembly with SIMD, and it refused the '${variant}' build (${String(cause)}). ` +
        'Node 20.19 or newer and browsers since 2021 (Safari 16.4) can.',
      { variant },
      { cause },
    );
  }
}

function instantiate(module: WebAssembly.Module): { exports: KernelExports; memory: WebAssembly.Memory } {
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: 2 });
  } catch (cause) {
    throw new KernelError(
      'KERNEL_OUT_OF_MEMORY',
      'kernel: no WebAssembly memory could be reserved; each one takes 8 to 10 GB of address space (not of memory). ' +
        'Raise the limit (ulimit -v unlimited) or use fewer kernels or threads.',
      {},
      { cause },
    );
  }
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const version = exports.abiVersion();
  if (version !== ABI_VERSION) {
    throw new KernelError(
      'ABI_MISMATCH',
      `kernel: the module must speak ABI ${ABI_VERSION}, got ${version}. Build the package again.`,
      { version },
    );
  }
  return { exports, memory };
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ with one rounding and 0 with two. */
function fuses(compiled: CompiledKernel): boolean {
  const { exports } = instantiate(compiled.module);
  const factor = 1 + 2 ** -12;
  return exports.multiplyAddProbe(factor, factor, -(1 + 2 ** -11)) === 2 ** -24;
}

/** By the decoder of the language where the host has it, many times faster; `atob` is the one that every host has. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
