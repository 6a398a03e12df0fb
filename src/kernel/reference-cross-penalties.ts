/**
 * The penalties on two activations in plain float64: X [n x m] and Y [n x k], both less their column means when centred.
 *
 * Source: the formulas and papers named in the catalogue.
 */

import { ShapeError } from '../errors.ts';
import type { CrossPenaltyCall } from './operations.ts';
import { centeredIf, multiply } from './reference-covariance.ts';
import { Matrix, store } from './reference-matrix.ts';
import { largestOf, type Scaling, scalingOf } from './reference-range.ts';

/** Value and plain gradients of a penalty; the operands are centred where they should be. */
type CrossPenalty = (
  x: Matrix,
  y: Matrix,
  call: CrossPenaltyCall,
) => { value: number; dx: Matrix; dy: Matrix };

/** `½‖D‖²_F`, D = X_cᵀ·Y_c/ν; `∂/∂X = Y_c·Dᵀ/ν`, `∂/∂Y = X_c·D/ν`. */
const crossCovariance: CrossPenalty = (x, y, { ddof }) => {
  const divisor = x.rows - ddof;
  const d = new Matrix(x.columns, y.columns);
  multiply('TN', d, x, y, x.rows, 1 / divisor);
  const [dx, dy] = [new Matrix(x.rows, x.columns), new Matrix(y.rows, y.columns)];
  multiply('NT', dx, y, d, y.columns, 1 / divisor);
  multiply('NN', dy, x, d, x.columns, 1 / divisor);
  return { value: d.values.reduce((sum, entry) => sum + 0.5 * entry ** 2, 0), dx, dy };
};

/**
 * `Σ_i (1 − c_ii)² + λ Σ_{i≠j} c_ij²`, c = ZᵀW of the columns of X_c and Y_c at unit length. A constant unit has the
 * column 0: its own term is 1, and no gradient passes through it.
 */
const barlowTwins: CrossPenalty = (x, y, { parameters: [lambda] }) => {
  const [z, w] = [unitColumns(x), unitColumns(y)];
  const c = new Matrix(x.columns, y.columns);
  multiply('TN', c, z.matrix, w.matrix, x.rows);
  const g = new Matrix(x.columns, y.columns);
  let value = 0;
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.columns; j++) {
      const entry = c.get(i, j);
      value += i === j ? (1 - entry) ** 2 : lambda! * entry ** 2;
      g.set(i, j, i === j ? -2 * (1 - entry) : 2 * lambda! * entry);
    }
  }
  const [dz, dw] = [new Matrix(x.rows, x.columns), new Matrix(y.rows, y.columns)];
  multiply('NT', dz, w.matrix, g, y.columns);
  multiply('NN', dw, z.matrix, g, x.columns);
  return { value, dx: unitColumnsAdjoint(z, dz), dy: unitColumnsAdjoint(w, dw) };
};

const CROSS_PENALTY: Readonly<Record<string, CrossPenalty>> = {
  'cross-covariance': crossCovariance,
  'barlow-twins': barlowTwins,
};

/** Value of the penalty `call.id`; each gradient that is asked for receives `call.weight` times its own, set or added. */
export function evaluateCrossPenalty(
  gradientX: Matrix | null,
  gradientY: Matrix | null,
  x: Matrix,
  y: Matrix,
  call: CrossPenaltyCall,
): number {
  const penalty = CROSS_PENALTY[call.id];
  if (penalty === undefined) {
    throw new ShapeError(
      'UNKNOWN_PENALTY',
      `penalty: the id must be in the catalogue of penalties on two activations, got '${call.id}'.`,
      { id: call.id },
    );
  }
  const operands = [x, y].map((matrix) => {
    const values = matrix.values.subarray(0, matrix.rows * matrix.columns);
    return { matrix, values, largest: largestOf(values) };
  });
  if (operands.some(({ largest }) => Number.isNaN(largest))) {
    for (const gradient of [gradientX, gradientY]) gradient?.values.fill(Number.NaN);
    return Number.NaN;
  }
  const [ofX, ofY] = operands.map(({ largest }) => scalingOf(call.id, [], largest)) as [Scaling, Scaling];
  const [xc, yc] = operands.map(({ matrix, values }, i) => {
    const { scale } = i === 0 ? ofX : ofY;
    const scaled = values.map((entry) => entry * scale);
    return centeredIf(call.centered, new Matrix(matrix.rows, matrix.columns, scaled));
  }) as [Matrix, Matrix];
  const { value, dx, dy } = penalty(xc, yc, call);
  // The value's way back through the other activations is that of the gradient too.
  dx.values.set(dx.values.map((entry) => ofY.value(ofX.gradient(entry))));
  dy.values.set(dy.values.map((entry) => ofX.value(ofY.gradient(entry))));
  if (gradientX !== null) store(gradientX, dx, call.weight, call.accumulate);
  if (gradientY !== null) store(gradientY, dy, call.weight, call.accumulate);
  return ofY.value(ofX.value(value));
}

interface UnitColumns {
  readonly matrix: Matrix;
  /** Lengths before; 0 for a column of zeros, which stays one. */
  readonly lengths: readonly number[];
}

function unitColumns(x: Matrix): UnitColumns {
  const lengths = Array.from({ length: x.columns }, (_, i) => {
    let squares = 0;
    for (let s = 0; s < x.rows; s++) squares += x.get(s, i) ** 2;
    return Math.sqrt(squares);
  });
  const matrix = new Matrix(x.rows, x.columns);
  for (let s = 0; s < x.rows; s++) {
    for (let i = 0; i < x.columns; i++) {
      matrix.set(s, i, lengths[i] === 0 ? 0 : x.get(s, i) / lengths[i]!);
    }
  }
  return { matrix, lengths };
}

/** `(dz_i − ⟨dz_i, z_i⟩·z_i)/‖x_i‖` for each column: the part of a gradient that does not point along the column. */
function unitColumnsAdjoint({ matrix: z, lengths }: UnitColumns, dz: Matrix): Matrix {
  const dx = new Matrix(z.rows, z.columns);
  for (let i = 0; i < z.columns; i++) {
    if (lengths[i] === 0) continue;
    let along = 0;
    for (let s = 0; s < z.rows; s++) along += dz.get(s, i) * z.get(s, i);
    for (let s = 0; s < z.rows; s++) dx.set(s, i, (dz.get(s, i) - along * z.get(s, i)) / lengths[i]!);
  }
  return dx;
}
