/** Activation functions and their derivatives, element by element. The derivative is taken from the output. */

import { expLanes, logLanes, sigmoidLanes, tanhLanes } from '../math';
import { LANES, loadUpTo, storeUpTo } from '../simd';

export const IDENTITY: i32 = 0;
export const RELU: i32 = 1;
export const LEAKY_RELU: i32 = 2;
export const TANH: i32 = 3;
export const SIGMOID: i32 = 4;
/** No activations, but functions of each number alone: in the same loop, which keeps the module small. */
export const EXP: i32 = 5;
export const LOG: i32 = 6;

/** Slope of LEAKY_RELU below zero. */
const SLOPE: real = 0.01;

/** out = f(z); `out` may be `z`. A NaN stays NaN. */
export function activationForward(kind: i32, out: usize, z: usize, count: i32): void {
  const zero = v128.splat<real>(0);
  const slope = v128.splat<real>(SLOPE);
  for (let i = 0; i < count; i += LANES) {
    let v = loadUpTo(z, count - i, 0);
    if (kind === RELU) v = v128.max<real>(v, zero);
    else if (kind === LEAKY_RELU) v = v128.bitselect(v128.mul<real>(v, slope), v, v128.lt<real>(v, zero));
    else if (kind === TANH) v = tanhLanes(v);
    else if (kind === SIGMOID) v = sigmoidLanes(v);
    else if (kind === EXP) v = expLanes(v);
    else if (kind === LOG) v = logLanes(v);
    storeUpTo(out, v, count - i);
    z += 16;
    out += 16;
  }
}

/** dz = da·f′ from the output a; `dz` may be `da`. At the kinks f′ is the slope on the left. */
export function activationBackward(kind: i32, dz: usize, da: usize, a: usize, count: i32): void {
  const zero = v128.splat<real>(0);
  const one = v128.splat<real>(1);
  const slope = v128.splat<real>(SLOPE);
  for (let i = 0; i < count; i += LANES) {
    let v = loadUpTo(da, count - i, 0);
    const y = loadUpTo(a, count - i, 0);
    if (kind === RELU) v = v128.and(v, v128.gt<real>(y, zero));
    else if (kind === LEAKY_RELU) v = v128.bitselect(v, v128.mul<real>(v, slope), v128.gt<real>(y, zero));
    else if (kind === TANH) v = v128.mul<real>(v, v128.sub<real>(one, v128.mul<real>(y, y)));
    else if (kind === SIGMOID) v = v128.mul<real>(v, v128.mul<real>(y, v128.sub<real>(one, y)));
    storeUpTo(dz, v, count - i);
    da += 16;
    a += 16;
    dz += 16;
  }
}
