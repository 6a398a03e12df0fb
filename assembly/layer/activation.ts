/**
 * Activation functions and their derivatives, element by element. The derivative is taken from the output, of GELU and the kinds
 * after it from the input.
 */

import {
  expLanes,
  expm1Lanes,
  log1pLanes,
  logLanes,
  NORMAL_PEAK,
  normalTailLanes,
  sigmoidLanes,
  tanhLanes,
} from '../math';
import { LANES, loadPart, multiplyAdd, storePart } from '../simd';

export const IDENTITY: i32 = 0;
export const RELU: i32 = 1;
export const LEAKY_RELU: i32 = 2;
export const TANH: i32 = 3;
export const SIGMOID: i32 = 4;
export const ELU: i32 = 5;
export const GELU: i32 = 6;
export const SILU: i32 = 7;
export const SOFTPLUS: i32 = 8;
/** No activations, but functions of each number alone: in the same loop, which keeps the module small. */
export const EXP: i32 = 9;
export const LOG: i32 = 10;

/** Slope of LEAKY_RELU below zero. */
const SLOPE: real = 0.01;

/** out = f(z); `out` may be `z`. A NaN stays NaN. */
export function activationForward(kind: i32, out: usize, z: usize, count: i32): void {
  const zero = v128.splat<real>(0);
  const slope = v128.splat<real>(SLOPE);
  let i = 0;
  if (kind === RELU) {
    // Nothing but loads and stores takes time here: pairs of full vectors, without a branch.
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
      const v = v128.max<real>(v128.load(z), zero);
      const w = v128.max<real>(v128.load(z, 16), zero);
      v128.store(out, v);
      v128.store(out, w, 16);
      z += 32;
      out += 32;
    }
  }
  for (; i < count; i += LANES) {
    let v = loadPart(z, count - i, 0);
    if (kind === RELU) v = v128.max<real>(v, zero);
    else if (kind === LEAKY_RELU) v = v128.bitselect(v128.mul<real>(v, slope), v, v128.lt<real>(v, zero));
    else if (kind === TANH) v = tanhLanes(v);
    else if (kind === SIGMOID) v = sigmoidLanes(v);
    else if (kind === ELU) v = v128.bitselect(v, expm1Lanes(v128.min<real>(v, zero)), v128.gt<real>(v, zero));
    else if (kind === GELU) v = v128.mul<real>(v, normalLanesBelow(v, bellOf(v)));
    else if (kind === SILU) v = v128.mul<real>(v, sigmoidLanes(v));
    else if (kind === SOFTPLUS) {
      const rest = log1pLanes(expLanes(v128.neg<real>(v128.abs<real>(v))));
      v = v128.add<real>(v128.max<real>(v, zero), rest);
    } else if (kind === EXP) v = expLanes(v);
    else if (kind === LOG) v = logLanes(v);
    storePart(out, v, count - i);
    z += 16;
    out += 16;
  }
}

/** e^(−z²/2). */
function bellOf(z: v128): v128 {
  return expLanes(v128.mul<real>(v128.mul<real>(z, z), v128.splat<real>(-0.5)));
}

/** The normal distribution function Φ(z), from `bell` = e^(−z²/2). */
function normalLanesBelow(z: v128, bell: v128): v128 {
  const tail = normalTailLanes(v128.abs<real>(z), bell);
  const rest = v128.sub<real>(v128.splat<real>(1), tail);
  return v128.bitselect(tail, rest, v128.lt<real>(z, v128.splat<real>(0)));
}

/** dz = da·f′ from what was saved, the output or the input; `dz` may be `da`. At the kinks f′ is the slope on the left. */
export function activationBackward(kind: i32, dz: usize, da: usize, saved: usize, count: i32): void {
  const zero = v128.splat<real>(0);
  const one = v128.splat<real>(1);
  const slope = v128.splat<real>(SLOPE);
  let i = 0;
  if (kind === RELU) {
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
      const v = v128.and(v128.load(da), v128.gt<real>(v128.load(saved), zero));
      const w = v128.and(v128.load(da, 16), v128.gt<real>(v128.load(saved, 16), zero));
      v128.store(dz, v);
      v128.store(dz, w, 16);
      da += 32;
      saved += 32;
      dz += 32;
    }
  }
  for (; i < count; i += LANES) {
    let v = loadPart(da, count - i, 0);
    const y = loadPart(saved, count - i, 0);
    if (kind === RELU) v = v128.and(v, v128.gt<real>(y, zero));
    else if (kind === LEAKY_RELU) v = v128.bitselect(v, v128.mul<real>(v, slope), v128.gt<real>(y, zero));
    else if (kind === TANH) v = v128.mul<real>(v, v128.sub<real>(one, v128.mul<real>(y, y)));
    else if (kind === SIGMOID) v = v128.mul<real>(v, v128.mul<real>(y, v128.sub<real>(one, y)));
    else if (kind === ELU) v = v128.mul<real>(v, v128.add<real>(one, v128.min<real>(y, zero)));
    else if (kind === GELU) {
      const bell = bellOf(y);
      const slope = v128.mul<real>(v128.mul<real>(y, bell), v128.splat<real>(<real>NORMAL_PEAK));
      v = v128.mul<real>(v, v128.add<real>(slope, normalLanesBelow(y, bell)));
    } else if (kind > GELU) {
      const share = sigmoidLanes(y);
      // Of softplus σ, of silu σ·(1 + z·(1 − σ)).
      v = v128.mul<real>(v, share);
      if (kind === SILU) v = v128.mul<real>(v, multiplyAdd(y, v128.sub<real>(one, share), one));
    }
    storePart(dz, v, count - i);
    da += 16;
    saved += 16;
    dz += 16;
  }
}
