/** Penalty values and gradients at the edges, in 150 and more digits: test/reference/extremes/make.py wrote them from the formulas. */
import { readFileSync } from 'node:fs';
import { findCrossPenalty, findPenalty } from '../../src/kernel/catalogue.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';

export interface ExtremeCase {
  readonly id: string;
  readonly input: string;
  readonly samples: number;
  readonly units: number;
  readonly x: readonly number[];
  /** Where they are not the defaults. */
  readonly options: { readonly epsilon?: number; readonly centered?: boolean };
  /** Beyond float64 it is infinite or 0. */
  readonly value: number;
  readonly gradient: readonly number[];
}

interface Input {
  readonly input: string;
  readonly samples: number;
  readonly units: number;
  readonly x: readonly number[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../reference/extremes/${name}.json`, import.meta.url), 'utf8'));

const INPUTS = new Map((read('inputs') as Input[]).map((input) => [input.input, input]));

/** The cases of one penalty. */
export function extremeCases(id: string): ExtremeCase[] {
  const cases = read(id) as (Input & {
    epsilon?: number;
    centered?: boolean;
    value: number;
    gradient: number[];
  })[];
  return cases.map(({ input, epsilon, centered, value, gradient }) => ({
    id,
    ...INPUTS.get(input)!,
    options: {
      ...(epsilon === undefined ? {} : { epsilon }),
      ...(centered === undefined ? {} : { centered }),
    },
    value,
    gradient,
  }));
}

/** Whether the activations are numbers of the kernel's precision. */
export function isExact({ x }: ExtremeCase, { precision }: Kernel): boolean {
  return precision === 'f64' || x.every((entry) => Math.fround(entry) === entry);
}

/** Value and gradient by one kernel; the second activations of a penalty on two are the first, the last sample first. */
export function evaluateExtreme(
  kernel: Kernel,
  { id, samples, units, x, options }: Omit<ExtremeCase, 'input' | 'value' | 'gradient'>,
): { value: number; gradient: ArrayLike<number> } {
  const call = { samples, units, ...options };
  const own = findPenalty(id);
  if (own !== undefined) return kernel.penalty(own.id, x, call);
  const y = x.map((_, i) => x[(samples - 1 - Math.floor(i / units)) * units + (i % units)]!);
  const { value, gradientX } = kernel.crossPenalty(findCrossPenalty(id)!.id, x, y, call);
  return { value, gradient: gradientX };
}
