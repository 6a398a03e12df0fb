/**
 * Lane helpers for vectors of `real`, and the one place where the builds differ.
 *
 * `real` is float32 or float64: the build names it (`--use real=f32`). A vector has LANES of them. Sums that must not
 * lose digits are "wide": float64 in either precision, two vectors (low and high lanes) for one of float32.
 */

/** Numbers in a vector. */
export const LANES: i32 = 16 / sizeof<real>();

/** a·b + c: one rounding in the `fma` build, two in the others. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<real>(a, b, c);
  return v128.add<real>(v128.mul<real>(a, b), c);
}

/** c − a·b, rounded like {@link multiplyAdd}. */
export function negativeMultiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<real>(a, b, c);
  return v128.sub<real>(c, v128.mul<real>(a, b));
}

/** a·b + c for wide vectors, rounded like {@link multiplyAdd}. */
export function multiplyAddWide(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** The low half of the lanes, widened; of a float64 vector, all of it. */
export function widenLow(v: v128): v128 {
  if (sizeof<real>() === 8) return v;
  return f64x2.promote_low_f32x4(v);
}

/** The high half of the lanes, widened; zeros for a float64 vector, which has no more. */
export function widenHigh(v: v128): v128 {
  if (sizeof<real>() === 8) return f64x2.splat(0);
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

/** Back from two wide vectors, rounded once. */
export function narrow(low: v128, high: v128): v128 {
  if (sizeof<real>() === 8) return low;
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Sum of the lanes in float64, in the order (0 + 2) + (1 + 3). */
export function sumLanes(v: v128): f64 {
  if (sizeof<real>() === 8) return sumWide(v);
  return sumWide(f64x2.add(widenLow(v), widenHigh(v)));
}

/** Sum of two float64 lanes. */
export function sumWide(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** A full vector, or the last `count` < LANES numbers of a row with `fill` in the lanes after them. */
export function loadUpTo(pointer: usize, count: i32, fill: real): v128 {
  if (count >= LANES) return v128.load(pointer);
  let v = v128.splat<real>(fill);
  v = v128.replace_lane<real>(v, 0, load<real>(pointer));
  if (sizeof<real>() === 4) {
    if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(pointer, 4));
    if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(pointer, 8));
  }
  return v;
}

/** The counterpart of {@link loadUpTo}: nothing past `count` numbers is written. */
export function storeUpTo(pointer: usize, v: v128, count: i32): void {
  if (count >= LANES) {
    v128.store(pointer, v);
    return;
  }
  store<real>(pointer, v128.extract_lane<real>(v, 0));
  if (sizeof<real>() === 4) {
    if (count > 1) store<f32>(pointer, f32x4.extract_lane(v, 1), 4);
    if (count > 2) store<f32>(pointer, f32x4.extract_lane(v, 2), 8);
  }
}

/** {@link loadUpTo} where little time goes: a call where the vector is not full, which takes a fifth of the code. */
export function loadPart(pointer: usize, count: i32, fill: real): v128 {
  return count >= LANES ? v128.load(pointer) : loadRest(pointer, count, fill);
}

/** The counterpart of {@link loadPart}. */
export function storePart(pointer: usize, v: v128, count: i32): void {
  if (count >= LANES) v128.store(pointer, v);
  else storeRest(pointer, v, count);
}

/** Not inlined: see inlining.mjs. */
function loadRest(pointer: usize, count: i32, fill: real): v128 {
  return loadUpTo(pointer, count, fill);
}

function storeRest(pointer: usize, v: v128, count: i32): void {
  storeUpTo(pointer, v, count);
}

/** The first `count` lanes, zeros in the others. */
export function firstLanes(v: v128, count: i32): v128 {
  if (count >= LANES) return v;
  if (sizeof<real>() === 8) return v128.and(v, i64x2(-1, 0));
  return v128.and(v, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** Stores the first `count` of a vector's wide sums as float64. */
export function storeWide(pointer: usize, low: v128, high: v128, count: i32): void {
  store<f64>(pointer, f64x2.extract_lane(low, 0));
  if (count > 1) store<f64>(pointer, f64x2.extract_lane(low, 1), 8);
  if (sizeof<real>() === 4) {
    if (count > 2) store<f64>(pointer, f64x2.extract_lane(high, 0), 16);
    if (count > 3) store<f64>(pointer, f64x2.extract_lane(high, 1), 24);
  }
}

/** Bytes of `count` numbers. */
export function bytesOf(count: i32): usize {
  return (<usize>count) << alignof<real>();
}
