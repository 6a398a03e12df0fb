/** Activation functions and their derivatives, element by element. The derivative is taken from the output. */

import { sigmoid4, tanh4 } from '../math';
import { loadUpTo4, storeUpTo4 } from '../simd';

export const IDENTITY: i32 = 0;
export const RELU: i32 = 1;
export const LEAKY_RELU: i32 = 2;
export const TANH: i32 = 3;
export const SIGMOID: i32 = 4;

/** Slope of LEAKY_RELU below zero. */
const SLOPE: f32 = 0.01;

/** out = f(z); `out` may be `z`. A NaN stays NaN. */
export function activationForward(kind: i32, out: usize, z: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const slope = f32x4.splat(SLOPE);
  for (let i = 0; i < count; i += 4) {
    let v = loadUpTo4(z, count - i, 0);
    if (kind === RELU) v = f32x4.max(v, zero);
    else if (kind === LEAKY_RELU) v = v128.bitselect(f32x4.mul(v, slope), v, f32x4.lt(v, zero));
    else if (kind === TANH) v = tanh4(v);
    else if (kind === SIGMOID) v = sigmoid4(v);
    storeUpTo4(out, v, count - i);
    z += 16;
    out += 16;
  }
}

/** dz = da·f′ from the output a; `dz` may be `da`. At the kinks f′ is the slope on the left. */
export function activationBackward(kind: i32, dz: usize, da: usize, a: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const slope = f32x4.splat(SLOPE);
  for (let i = 0; i < count; i += 4) {
    let v = loadUpTo4(da, count - i, 0);
    const y = loadUpTo4(a, count - i, 0);
    if (kind === RELU) v = v128.and(v, f32x4.gt(y, zero));
    else if (kind === LEAKY_RELU) v = v128.bitselect(v, f32x4.mul(v, slope), f32x4.gt(y, zero));
    else if (kind === TANH) v = f32x4.mul(v, f32x4.sub(one, f32x4.mul(y, y)));
    else if (kind === SIGMOID) v = f32x4.mul(v, f32x4.mul(y, f32x4.sub(one, y)));
    storeUpTo4(dz, v, count - i);
    da += 16;
    a += 16;
    dz += 16;
  }
}
