/** From bytes to a WebAssembly.Module (an `object` in the declarations, which need no types of a host): the inlined builds, files that a caller fetched, and why a host may refuse. */

import { KernelError } from '../errors.ts';
import { identifyModule, isModule } from './module.ts';

/** Bytes or a response of one of the published modules, the module itself, or a promise of any of them. */
export type ModuleSource = object;

/** Whether the host knows every instruction of a module. */
export function accepts(bytes: Uint8Array<ArrayBuffer>): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes);
}

/** Compile bytes. Errors: KernelError with the reason: no WebAssembly, no SIMD, or a policy that forbids compiling. */
export async function compileBytes(bytes: Uint8Array<ArrayBuffer>, build: string): Promise<object> {
  if (typeof WebAssembly !== 'object') throw noWebAssembly();
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refused(build, accepts(bytes), cause);
  }
}

/** Compile what a caller gives. Errors: KernelError for what is no module, a response without one, and as for bytes. */
export async function compileSource(where: string, source: unknown): Promise<object> {
  const given: unknown = await source;
  if (isModule(given)) return given as object;
  const response = given as Response | null | undefined;
  if (typeof response?.arrayBuffer === 'function') {
    if (response.ok === false) {
      throw new KernelError(
        'MODULE_NOT_FETCHED',
        `${where}: the response must hold a module, got status ${response.status} of ${response.url}. Correct the address.`,
        { status: response.status, url: response.url },
      );
    }
    return compileGiven(where, new Uint8Array(await response.arrayBuffer()));
  }
  if (ArrayBuffer.isView(given))
    return compileGiven(where, new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice());
  if (Object.prototype.toString.call(given) === '[object ArrayBuffer]')
    return compileGiven(where, new Uint8Array(given as ArrayBuffer).slice());
  return identifyModule(where, given).module;
}

/** Compile bytes that may be anything: those that do not begin as a module never reach the compiler. */
function compileGiven(where: string, bytes: Uint8Array<ArrayBuffer>): Promise<object> {
  const begins = [0x00, 0x61, 0x73, 0x6d].every((byte, at) => bytes[at] === byte);
  if (begins) return compileBytes(bytes, 'given');
  const start = new TextDecoder().decode(bytes.subarray(0, 20)).trim();
  throw new KernelError(
    'NOT_A_MODULE',
    `${where}: the bytes must be a WebAssembly module, got ${bytes.length} bytes that begin with ${JSON.stringify(start)}. ` +
      'Read covgrad/kernel.wasm, kernel-fma.wasm or kernel-f64.wasm.',
    { bytes: bytes.length },
  );
}

function noWebAssembly(): KernelError {
  return new KernelError(
    'KERNEL_NOT_COMPILED',
    'kernel: the host must have WebAssembly, and this one has none (a browser in lockdown mode, or started without). ' +
      'Use createReferenceKernel(), which is plain JavaScript, or another host.',
  );
}

/** Why a host that has WebAssembly did not compile a build, as far as can be told from outside. */
function refused(build: string, valid: boolean, cause: unknown): KernelError {
  // A valid module that is still refused: only room or a policy is left.
  if (valid && !(cause instanceof RangeError)) {
    return new KernelError(
      'COMPILE_FORBIDDEN',
      `kernel: the host must be allowed to compile WebAssembly, and a policy forbids it, got ${String(cause)}. ` +
        "On a web page add 'wasm-unsafe-eval' to script-src of its Content-Security-Policy; where nothing may be compiled at " +
        "run time (Cloudflare Workers and other edge hosts), import the module: import module from 'covgrad/kernel.wasm', " +
        'then instantiateKernel(module).',
      { build },
      { cause },
    );
  }
  return new KernelError(
    'KERNEL_NOT_COMPILED',
    valid
      ? `kernel: the host must have room to compile WebAssembly, and it has none for the '${build}' build, got ${String(cause)}. ` +
          'Raise the limit on its memory or use fewer threads.'
      : `kernel: the host must compile WebAssembly with SIMD, and it refused the '${build}' build, got ${String(cause)}. ` +
          'Node 20.19 or newer and browsers since 2021 (Safari 16.4) can.',
    { build },
    { cause },
  );
}

/** By the decoder of the language where the host has it, many times faster; `atob` is the one that every host has. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
