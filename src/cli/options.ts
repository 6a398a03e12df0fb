/** Options that several commands share, and the checks that yargs does not make. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { KernelChoice } from '../execute/kernel-source.ts';
import { usageError } from './exit.ts';

const MOST_THREADS = 256;
const KERNELS: readonly KernelChoice[] = ['auto', 'simd', 'fma', 'reference'];

/** One trial on each processor. */
export const DEFAULT_THREADS: number = availableParallelism();
export const DEFAULT_KERNEL: KernelChoice = 'auto';

/** How trials are run. */
export interface TrainingArguments {
  threads: number;
  kernel: KernelChoice;
}

/** Add the options that say how trials are run. */
export function trainingOptions<T>(yargs: Argv<T>): Argv<T & TrainingArguments> {
  return yargs
    .option('threads', {
      type: 'number',
      requiresArg: true,
      describe: 'Trials at work at the same time, one on each thread',
      default: DEFAULT_THREADS,
      defaultDescription: 'the processors available',
    })
    .option('kernel', {
      type: 'string',
      requiresArg: true,
      describe: 'Kernel build; auto takes fma where the processor fuses, else simd',
      choices: KERNELS,
      default: DEFAULT_KERNEL,
    });
}

/** Errors: ConfigError `USAGE` unless the value is a whole number of threads. */
export function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw usageError(
    `--threads: must be a whole number from 1 to ${MOST_THREADS}, got ${threads}. Leave it out to use every processor.`,
  );
}

/** Errors: ConfigError `USAGE` where an option that takes one value was given several times. */
export function checkSingle(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    // `_` is the list of what stands before and after the options.
    if (name === '_' || !Array.isArray(value)) continue;
    throw usageError(`--${name}: must be given once, got ${value.length} values. Keep one of them.`);
  }
}
