/**
 * Initial weights by Keras' names and rules.
 *
 * They are made of sums, products, quotients and square roots alone, which IEEE arithmetic rounds in one way: the same bits on every host,
 * whatever its exp and log are.
 *
 * Source: Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", 2010; He, Zhang, Ren and Sun,
 * "Delving Deep into Rectifiers", 2015; Saxe, McClelland and Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning", 2014.
 */
import { countOf, type Initial, type Shape } from '../layer.ts';

export const INITIALIZERS = [
  'he-uniform',
  'he-normal',
  'glorot-uniform',
  'glorot-normal',
  'orthogonal',
  'zeros',
] as const;

export type Initializer = (typeof INITIALIZERS)[number];

/** Numbers that each output adds up, and outputs that each input goes into. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Standard deviation of a normal distribution that is cut off at two of its own. */
const CUT_DEVIATION = 0.879_625_661_034_239_78;

/** Where an uncut normal number is cut off all the same: past it lie 2e-9 of all. */
const FARTHEST = 6;

/** Weights of a shape, of which the last axis is the units, by the rule of an initializer. */
export function initialWeights(initializer: Initializer, shape: Shape, { fanIn, fanOut }: Fans): Initial {
  switch (initializer) {
    case 'he-uniform':
      return uniformWithin(Math.sqrt(6 / fanIn));
    case 'glorot-uniform':
      return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)));
    case 'he-normal':
      return cutNormal(Math.sqrt(2 / fanIn));
    case 'glorot-normal':
      return cutNormal(Math.sqrt(2 / (fanIn + fanOut)));
    case 'orthogonal': {
      const units = shape.at(-1)!;
      return orthogonal(countOf(shape) / units, units);
    }
    case 'zeros':
      // A function like the others, so that the layers above have the random numbers that they have beside any other initializer.
      return (values) => void values.fill(0);
  }
}

/** Uniform from −limit to limit. */
export function uniformWithin(limit: number): Initial {
  return (values, next) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * next() - 1) * limit;
  };
}

/** Normal, cut off at two deviations of what is cut, so that `deviation` is what is left. */
function cutNormal(deviation: number): Initial {
  const scale = deviation / CUT_DEVIATION;
  return (values, next) => {
    for (let i = 0; i < values.length; i++) values[i] = scale * normalNumber(next, 2);
  };
}

/** A matrix whose columns, or rows where these are fewer, are orthonormal: that of normal numbers by Gram and Schmidt. */
function orthogonal(rows: number, columns: number): Initial {
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  return (values, next) => {
    const vectors = Array.from({ length: count }, () =>
      Float64Array.from({ length }, () => normalNumber(next, FARTHEST)),
    );
    for (const [i, vector] of vectors.entries()) {
      // Twice: what rounding leaves of the others the first time goes the second.
      for (let pass = 0; pass < 2; pass++) {
        for (let j = 0; j < i; j++) subtractAlong(vector, vectors[j]!);
      }
      const norm = Math.sqrt(dot(vector, vector));
      for (let k = 0; k < length; k++) vector[k]! /= norm;
    }
    for (const [i, vector] of vectors.entries()) {
      for (let k = 0; k < length; k++)
        values[rows < columns ? i * columns + k : k * columns + i] = vector[k]!;
    }
  };
}

/** Takes away from `vector` its part along the unit vector `direction`. */
function subtractAlong(vector: Float64Array, direction: Float64Array): void {
  const part = dot(vector, direction);
  for (let k = 0; k < vector.length; k++) vector[k]! -= part * direction[k]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** A normal number of at most `most` in size: a uniform one, which is kept with the probability e^(−x²/2). */
function normalNumber(next: () => number, most: number): number {
  for (;;) {
    const x = (2 * next() - 1) * most;
    if (next() < bell(x)) return x;
  }
}

/** e^(−x²/2) for |x| ≤ 6, to about 14 digits: the series of e^(−x²/64), five times squared. */
function bell(x: number): number {
  const z = (-x * x) / 64;
  let [term, sum] = [1, 1];
  for (let k = 1; k < 18; k++) {
    term *= z / k;
    sum += term;
  }
  for (let squaring = 0; squaring < 5; squaring++) sum *= sum;
  return sum;
}
