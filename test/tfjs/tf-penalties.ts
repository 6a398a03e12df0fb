/** Penalties written in TensorFlow.js's own operations, for its automatic differentiation to work on. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** By id; activations [samples, units], with the conventions of the catalogue. */
export const TF_PENALTIES: Record<string, (activations: tf.Tensor2D) => tf.Scalar> = {
  /** ½(‖C‖²_F − ‖diag C‖²), C with divisor n. */
  decov: (x) => tf.mul(offDiagonalEnergy(covariance(x, x.shape[0])), 0.5),
  /** Σ_{i≠j} C_ij² / m, C with divisor n − 1. */
  'vicreg-covariance': (x) => tf.div(offDiagonalEnergy(covariance(x, x.shape[0] - 1)), x.shape[1]),
  /** Σ_{i≠j} R_ij² / (m(m−1)), R_ij = C_ij/(s_i s_j), s_i = sqrt(C_ii + 1e-8). */
  'squared-correlation': (x) => {
    const c = covariance(x, x.shape[0] - 1);
    const s = tf.sqrt(tf.add(diagonal(c), 1e-8));
    const r = tf.div(c, tf.mul(tf.expandDims(s, 1), tf.expandDims(s, 0)));
    return tf.div(offDiagonalEnergy(r as tf.Tensor2D), x.shape[1] * (x.shape[1] - 1));
  },
};

function covariance(x: tf.Tensor2D, divisor: number): tf.Tensor2D {
  const centered = tf.sub(x, tf.mean(x, 0, true));
  return tf.div(tf.matMul(centered, centered, true, false), divisor);
}

function diagonal(c: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(c, tf.eye(c.shape[0])), 0);
}

function offDiagonalEnergy(c: tf.Tensor2D): tf.Scalar {
  return tf.sum(tf.square(tf.mul(c, tf.sub(1, tf.eye(c.shape[0])))));
}

/** Each entry within `tolerance` of the largest expected one. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), Number.MIN_VALUE);
  const errors = Array.from(expected, (value, i) => Math.abs(actual[i]! - value) / scale);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}
