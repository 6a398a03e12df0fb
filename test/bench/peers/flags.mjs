/** Flags of V8 as the command line sets them for its own process, before the first module is compiled. */
import { setFlagsFromString } from 'node:v8';

/** Relaxed SIMD on Node 20, which has it behind a flag; pairs of 128-bit operations as 256-bit ones on Node 24 and later. */
export function setFlags() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major === 20) setFlagsFromString('--experimental-wasm-relaxed-simd');
  // V8 ignores a flag that its build does not have.
  if (major >= 24) setFlagsFromString('--experimental-wasm-revectorize');
}
