/** Which build of the kernel a WebAssembly.Module is: the module says so itself, in a custom section. */

import { KernelError } from '../errors.ts';
import { shown } from './arguments.ts';
import { DIGESTS } from './digests.generated.ts';
import type { Variant } from './operations.ts';
import type { Tile } from './tile.ts';

/** The ABI that this package speaks. */
const ABI_VERSION = 1;

/** Name of the custom section: assembly/inline.mjs writes it. */
const SECTION = 'covgrad';

/** Remedy for everything that is no kernel. */
const PASS_A_KERNEL =
  'Pass what compileKernel() resolves to, or a module compiled from covgrad/kernel.wasm, kernel-fma.wasm or kernel-f64.wasm';

/** What is declared of a module; whatever is left out is found in the module itself. */
export interface DeclaredModule<Precision extends 'f32' | 'f64' = 'f32' | 'f64'> {
  /** A WebAssembly.Module, which not every TypeScript project has the name of. */
  readonly module: object;
  readonly precision?: Precision;
  readonly variant?: Exclude<Variant, 'reference'>;
  readonly sha256?: string | null;
  /** Register tile of its instances, as compileKernel() has found it; left out, the first instance finds it. */
  readonly tile?: Tile;
  /** Why the tile is not the wide one where that was faster or asked for. */
  readonly tileNote?: string;
}

/** A compiled build of the kernel. Plain data: it may be sent to other threads. */
export interface CompiledKernel<Precision extends 'f32' | 'f64' = 'f32' | 'f64'>
  extends DeclaredModule<Precision> {
  readonly variant: Exclude<Variant, 'reference'>;
  readonly precision: Precision;
  /** SHA-256 of the module's file, hexadecimal; null for a file of another version of this package. */
  readonly sha256: string | null;
  readonly tile: Tile;
}

/** A build before its tile is known. */
export type IdentifiedModule = Omit<CompiledKernel, 'tile'> & { readonly tile?: Tile };

/**
 * The build behind `source`, a WebAssembly.Module or what is declared of one.
 *
 * Errors: KernelError for anything else, a module that is no kernel, one of another ABI, and one that is not what is declared.
 */
export function identifyModule(where: string, source: unknown): IdentifiedModule {
  const declared: DeclaredModule = isModule(source)
    ? { module: source as object }
    : declaredOf(where, source);
  const { module } = declared;
  const found = stated(where, module as WebAssembly.Module);
  for (const name of ['variant', 'precision'] as const) {
    if (declared[name] === undefined || declared[name] === found[name]) continue;
    throw new KernelError(
      'MODULE_MISMATCH',
      `${where}: ${name} must be what the module is, '${found[name]}', got ${shown(declared[name])}. Leave it out: the module states it itself.`,
      { name, declared: String(declared[name]), actual: found[name] },
    );
  }
  const { tile, tileNote } = declared;
  if (tile !== undefined && tile !== '4x8' && tile !== '4x16') throw unknownTile(where, tile);
  return {
    ...found,
    module,
    ...(tile !== undefined && { tile }),
    ...(tileNote !== undefined && { tileNote }),
  };
}

/** What no tile is called. */
export function unknownTile(where: string, tile: unknown): KernelError {
  return new KernelError(
    'UNKNOWN_TILE',
    `${where}: tile must be '4x8' or '4x16', got ${shown(tile)}. Leave it out: the faster one is found.`,
    { tile: String(tile) },
  );
}

/** Whether it is a module, of whatever realm. No type guard: the type of a module is that of every object. */
export function isModule(source: unknown): boolean {
  try {
    // The one check that every realm's modules pass, and nothing else.
    WebAssembly.Module.exports(source as WebAssembly.Module);
    return true;
  } catch {
    return false;
  }
}

/** An object that holds a module. Errors: KernelError that says what it is instead. */
function declaredOf(where: string, source: unknown): DeclaredModule {
  const { module } = (source ?? {}) as DeclaredModule;
  if (isModule(module)) return source as DeclaredModule;
  const [got, remedy] = described(module ?? source);
  throw new KernelError(
    'NOT_A_MODULE',
    `${where}: it takes a compiled WebAssembly.Module, got ${got}. ${remedy}.`,
    { got },
  );
}

/** What somebody passed for a module, and what to do about it. */
function described(value: unknown): [got: string, remedy: string] {
  if (typeof value !== 'object' || value === null) return [shown(value), PASS_A_KERNEL];
  if (ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]')
    return ['bytes', 'Compile them first: await loadKernel({ module: bytes })'];
  if (typeof (value as PromiseLike<unknown>).then === 'function') return ['a promise', 'Await it first'];
  if (typeof (value as Response).arrayBuffer === 'function')
    return ['a response', 'Compile it first: await loadKernel({ module: response })'];
  if (isModule((value as { default?: unknown }).default))
    return ['the namespace of an imported module', 'Pass its default export'];
  if (Object.prototype.toString.call(value) === '[object WebAssembly.Instance]')
    return ['an instance', 'Pass the module that it was made from'];
  return ['an object without one', PASS_A_KERNEL];
}

/** What a module says of itself. Errors: KernelError for a module that is no kernel, or speaks another ABI. */
function stated(where: string, module: WebAssembly.Module): Omit<CompiledKernel, 'module' | 'tile'> {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  if (section === undefined) {
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    const exported = names.length === 0 ? 'nothing' : names.slice(0, 3).join(', ');
    throw new KernelError(
      'NOT_A_KERNEL',
      `${where}: the module must be a kernel of covgrad, got one that exports ${exported}${names.length > 3 ? ' …' : ''}. ${PASS_A_KERNEL}.`,
      { exports: names },
    );
  }
  const { abi, variant, precision, code } = JSON.parse(new TextDecoder().decode(section));
  if (abi !== ABI_VERSION) {
    throw new KernelError(
      'ABI_MISMATCH',
      `${where}: the module must speak ABI ${ABI_VERSION}, got ${abi}. Take the module and the JavaScript from the same version of covgrad.`,
      { version: abi },
    );
  }
  return { variant, precision, sha256: DIGESTS[code] ?? null };
}
