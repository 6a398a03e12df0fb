/** Penalty values and gradients that were made by automatic differentiation in float64. */
import { readFileSync } from 'node:fs';
import type { PenaltyParameter } from '../../src/kernel/catalogue.ts';
import type { PenaltyOptions } from '../../src/kernel/kernel.ts';
import { TOLERANCES } from '../tolerances.ts';

export interface PenaltyCase {
  readonly title: string;
  readonly options: PenaltyOptions;
  readonly x: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

interface StoredCase {
  readonly samples: number;
  readonly units: number;
  readonly kind: string;
  readonly centered: boolean;
  readonly ddof: number;
  /** By the names of the catalogue. */
  readonly params: Partial<Record<PenaltyParameter['name'], number>>;
  readonly x: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

/**
 * The cases of one penalty. Those of `mean-abs-signed` follow from its definition: the value of `mean-abs` with the
 * gradient of `mean`.
 */
export function penaltyCases(id: string): PenaltyCase[] {
  if (id !== 'mean-abs-signed') return readCases(id);
  const means = readCases('mean');
  return readCases('mean-abs').map((valued, i) => ({ ...valued, gradient: means[i]!.gradient }));
}

function readCases(id: string): PenaltyCase[] {
  const file = new URL(`../reference/penalties/${id}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly StoredCase[] };
  return cases.map(({ samples, units, kind, centered, ddof, params, x, value, gradient }) => ({
    title: `${samples} x ${units} ${kind}, ${centered ? 'centred' : 'uncentred'}, ddof ${ddof}`,
    options: { samples, units, centered, ddof, ...params },
    x,
    value,
    gradient,
  }));
}

/** Largest difference over the largest expected entry; the difference itself where everything expected is zero, or rounding. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= difference)) difference = error;
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return scale < TOLERANCES.identity.f64 ? difference : difference / scale;
}

/** Gradient of `f` at `x` by central differences in float64. */
export function centralDifferences(f: (x: Float64Array) => number, x: ArrayLike<number>): Float64Array {
  const step = 1e-5;
  const point = Float64Array.from(x);
  return Float64Array.from(x, (value, i) => {
    point[i] = value + step;
    const above = f(point);
    point[i] = value - step;
    const below = f(point);
    point[i] = value;
    return (above - below) / (2 * step);
  });
}
