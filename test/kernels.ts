/** Every implementation of the kernel, for the tests that all of them must pass. */
import { setFlagsFromString } from 'node:v8';
import {
  type CompiledKernel,
  compileKernel,
  instantiateKernel,
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

/** A fresh instance of each WebAssembly build that runs here, both precisions. */
export async function wasmKernels(): Promise<Kernel[]> {
  return (await compiledKernels()).map(instantiateKernel);
}

/** Each build that runs here, compiled. */
export async function compiledKernels(): Promise<CompiledKernel[]> {
  const best = await compileKernel();
  return [
    await compileKernel({ variant: 'simd' }),
    ...(best.variant === 'simd' ? [] : [best]),
    await compileKernel({ precision: 'f64' }),
  ];
}

/** The file that the package publishes for a build. */
export function publishedFile({ variant, precision }: CompiledKernel): URL {
  const suffix = precision === 'f64' ? '-f64' : variant === 'fma' ? '-fma' : '';
  return new URL(`../dist/kernel${suffix}.wasm`, import.meta.url);
}
