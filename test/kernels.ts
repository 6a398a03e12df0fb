/** Every implementation of the kernel, for the tests that all of them must pass. */
import { setFlagsFromString } from 'node:v8';
import {
  type CompiledKernel,
  compileKernel,
  loadKernel,
  relaxedSimdSupported,
} from '../src/kernel/instantiate.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { createReferenceKernel } from '../src/kernel/reference.ts';

// Node 20 has relaxed SIMD behind a flag.
if (!relaxedSimdSupported()) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** A fresh instance of each. The fused build is among them on every machine that fuses multiply and add. */
export async function allKernels(): Promise<Kernel[]> {
  return [createReferenceKernel(), ...(await wasmKernels())];
}

/** A fresh instance of each WebAssembly build that runs here. */
export async function wasmKernels(): Promise<Kernel[]> {
  return Promise.all((await compiledKernels()).map(({ variant }) => loadKernel({ variant })));
}

/** Each build that runs here, compiled. */
export async function compiledKernels(): Promise<CompiledKernel[]> {
  const best = await compileKernel();
  return best.variant === 'simd' ? [best] : [await compileKernel({ variant: 'simd' }), best];
}
