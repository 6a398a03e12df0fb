/** Options that several commands share, and the checks that yargs does not make. */
import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import type { KernelChoice } from '../execute/kernel-source.ts';
import { describeValue } from '../printable.ts';
import { usableProcessors } from './cpu-quota.ts';
import { usageError } from './exit.ts';

const MOST_THREADS = 256;
const KERNELS: readonly KernelChoice[] = ['auto', 'simd', 'fma', 'reference'];

/** One trial on each processor that this process may use. */
export const DEFAULT_THREADS: number = usableProcessors((path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
});
/** Where the help lists the options that say how trials are run. */
const TRAINING_GROUP = 'Training:';
export const DEFAULT_KERNEL: KernelChoice = 'auto';

/** An example of the help: what it does, and the command below it in one piece, to be copied. */
export function example(command: string, says: string): [string, string] {
  return [`# ${says}\n${command}`, ''];
}

/** How trials are run. */
export interface TrainingArguments {
  /** A number, or what was given instead. */
  threads: unknown;
  kernel: KernelChoice;
}

/** Add the options that say how trials are run. */
export function trainingOptions<T>(yargs: Argv<T>): Argv<T & TrainingArguments> {
  return threadsOption(yargs).option('kernel', {
    type: 'string',
    requiresArg: true,
    group: TRAINING_GROUP,
    describe: `Kernel build: ${KERNELS.join(', ')}; auto (the default) takes fma where the processor fuses, else simd`,
    choices: KERNELS,
    default: DEFAULT_KERNEL,
  });
}

/** Add the option that says how many trials are run at a time. */
export function threadsOption<T>(yargs: Argv<T>): Argv<T & Pick<TrainingArguments, 'threads'>> {
  return yargs.option('threads', {
    requiresArg: true,
    group: TRAINING_GROUP,
    describe: `Trials at a time, one on each thread (default: the processors available, here ${DEFAULT_THREADS})`,
    default: DEFAULT_THREADS as unknown,
  });
}

/** Settings in place of what a sweep file says. */
export interface SettingArguments {
  set?: string | readonly string[] | undefined;
}

/** Add the option that sets values of a sweep file. */
export function settingOptions<T>(yargs: Argv<T>): Argv<T & SettingArguments> {
  return yargs.option('set', {
    type: 'string',
    requiresArg: true,
    group: TRAINING_GROUP,
    describe: 'Set a value of the sweep file, as path=value; may be given several times',
  });
}

/** The settings in their order. */
export function settingsOf({ set }: SettingArguments): string[] {
  return set === undefined ? [] : [set].flat();
}

/** Errors: ConfigError `USAGE` unless the value is a whole number of threads. */
export function checkThreads(threads: unknown): number {
  return checkNumber('--threads', threads, {
    rule: `a whole number from 1 to ${MOST_THREADS}`,
    holds: (number) => Number.isInteger(number) && number >= 1 && number <= MOST_THREADS,
    remedy: 'Leave it out to use every processor.',
  });
}

/**
 * The number that an option was given. Such options have no declared type: yargs then reads numbers all the same, and
 * what is none it keeps as it was typed.
 *
 * Errors: ConfigError `USAGE` unless the rule holds.
 */
export function checkNumber(
  option: string,
  value: unknown,
  { rule, holds, remedy }: { rule: string; holds: (number: number) => boolean; remedy: string },
): number {
  if (typeof value === 'number' && holds(value)) return value;
  throw usageError(`${option}: must be ${rule}, got ${describeValue(value)}. ${remedy}`);
}

/** Errors: ConfigError `USAGE` where an option that takes one value was given several times, or nothing as its value. */
export function checkSingle(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    // A variable of a shell that is not set: an empty path would be the directory that one is in.
    if (value === '') throw usageError(`${name}: must have a value, got "". Give one, or leave it out.`);
    // `_` is the list of what stands before and after the options; `set` may be given several times.
    if (name === '_' || name === 'set' || !Array.isArray(value)) continue;
    throw usageError(`--${name}: must be given once, got ${value.length} values. Keep one of them.`);
  }
}
