/** The dense layer z = x·W + b and its gradients. Shapes: x samples x inputs, W inputs x units, b units, z samples x units. */

import { columnSums } from '../columns';
import { matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { bytesOf } from '../simd';

/** Bytes of scratch for {@link denseForward}. */
export function denseForwardScratch(samples: i32, inputs: i32, units: i32): i64 {
  return productScratch(samples, units, inputs);
}

/** z = x·W + b. */
export function denseForward(
  z: usize,
  x: usize,
  weights: usize,
  biases: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  const row = bytesOf(units);
  for (let i = 0; i < samples; i++) memory.copy(z + <usize>i * row, biases, row);
  product(z, x, false, weights, false, samples, units, inputs, 1, true, false, scratch);
}

/** Bytes of scratch for {@link denseBackward}. */
export function denseBackwardScratch(samples: i32, inputs: i32, units: i32): i64 {
  return max(
    matrixBytes(units, 2),
    max(productScratch(inputs, units, samples), productScratch(samples, inputs, units)),
  );
}

/** dW = xᵀ·dz, db = Σ over the samples of dz, dx = dz·Wᵀ unless `dx` is 0. */
export function denseBackward(
  dWeights: usize,
  dBiases: usize,
  dx: usize,
  dz: usize,
  x: usize,
  weights: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  columnSums(scratch, dz, samples, units);
  for (let j = 0; j < units; j++)
    store<real>(dBiases + bytesOf(j), <real>load<f64>(scratch + ((<usize>j) << 3)));
  product(dWeights, x, true, dz, false, inputs, units, samples, 1, false, false, scratch);
  if (dx !== 0) product(dx, dz, false, weights, true, samples, inputs, units, 1, false, false, scratch);
}
