/** From the name of a kernel to something that every thread can make its own instance of. */
import { type CompiledKernel, compileKernel, instantiateKernel } from '../kernel/instantiate.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createReferenceKernel } from '../kernel/reference.ts';

/** A kernel to train with; `auto` takes `fma` where the host fuses, else `simd`. */
export type KernelChoice = 'auto' | 'simd' | 'fma' | 'reference';

/** What instances are made from; it can be sent to other threads. The reference needs nothing but its name. */
export type KernelSource = CompiledKernel | { readonly variant: 'reference' };

/** Compile the kernel of a choice. Errors: KernelError where this host cannot run it. */
export async function prepareKernel(choice: KernelChoice): Promise<KernelSource> {
  return choice === 'reference' ? { variant: choice } : compileKernel({ variant: choice });
}

/** What a user should know of the kernel: that it computes more slowly than this host could. */
export function kernelNotes(source: KernelSource): string[] {
  return 'tileNote' in source && source.tileNote !== undefined ? [source.tileNote] : [];
}

/** An instance with a memory of its own. Errors: KernelError when that cannot be reserved. */
export function instantiate(source: KernelSource): Kernel {
  return source.variant === 'reference' ? createReferenceKernel() : instantiateKernel(source);
}
