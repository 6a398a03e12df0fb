/** The activations on which gradients are checked: shapes and kinds that have caught wrong formulas and lost digits. */

import { randomNormal } from 'd3-random';
import { uniformStream } from '../random.ts';

/**
 * `normal`: correlated normal numbers. `rectified`: the same after a relu, many zeros and one unit that is always zero.
 * `offset`: mean 20, deviation 0.05, so that everything interesting is in the last digits. `scaled`: units between a
 * hundredth and a hundred times as large.
 */
export type InputKind = (typeof KINDS)[number];

const KINDS = ['normal', 'rectified', 'offset', 'scaled'] as const;

/** How much larger than one the last unit of `scaled` activations is, and the first one smaller. */
const LARGEST_SCALE = 100;

/** One set of activations, samples x units, exactly representable in float32. */
export interface CheckInput {
  readonly kind: InputKind;
  readonly samples: number;
  readonly units: number;
  readonly x: Float64Array;
}

/** Fewer samples than units, more, one past a power of two in both, and one that fills more than one tile and block. */
const SHAPES: readonly (readonly [samples: number, units: number])[] = [
  [6, 15],
  [16, 7],
  [33, 17],
  [70, 130],
];

/** Shapes above this many activations are checked on the first kind only: float64 differences are slow there. */
const LARGEST_FOR_ALL_KINDS = 1000;

/** Every input of a check, the same at every call. */
export function checkInputs(): CheckInput[] {
  const inputs: CheckInput[] = [];
  for (const [samples, units] of SHAPES) {
    for (const kind of KINDS) {
      if (kind !== 'normal' && samples * units > LARGEST_FOR_ALL_KINDS) continue;
      inputs.push({ kind, samples, units, x: makeActivations(kind, samples, units, inputs.length) });
    }
  }
  return inputs;
}

/** Normal numbers with a shared factor, so that the units are correlated; then what the kind asks for. */
function makeActivations(kind: InputKind, samples: number, units: number, index: number): Float64Array {
  const normal = randomNormal.source(uniformStream(0, 'check', index))();
  const loadings = Array.from({ length: units }, normal);
  const x = new Float64Array(samples * units);
  for (let sample = 0; sample < samples; sample++) {
    const factor = normal();
    for (let unit = 0; unit < units; unit++) {
      const value = 0.7 * factor * loadings[unit]! + normal();
      x[sample * units + unit] = Math.fround(shape(kind, value, unit, units));
    }
  }
  return x;
}

function shape(kind: InputKind, value: number, unit: number, units: number): number {
  switch (kind) {
    case 'normal':
      return value;
    case 'rectified':
      return unit === units - 1 ? 0 : Math.max(0, value);
    case 'offset':
      return 20 + 0.05 * value;
    case 'scaled':
      return value * LARGEST_SCALE ** ((2 * unit) / (units - 1) - 1);
  }
}
