/** Lane helpers: the one place where the two builds differ, loads and stores of a row's end, and ordered sums. */

/** a·b + c for four lanes: one rounding in the `fma` build, two in the `simd` build. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b for four lanes, rounded like {@link multiplyAdd}. */
export function negativeMultiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** a·b + c for two float64 lanes, rounded like {@link multiplyAdd}. */
export function multiplyAdd64(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Lanes 0 and 1 as float64. */
export function widenLow(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** Lanes 2 and 3 as float64. */
export function widenHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

/** Four float64 lanes, rounded to float32. */
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Sum of four float32 lanes in float64, in the order (0 + 2) + (1 + 3). */
export function sumLanes(v: v128): f64 {
  return sumLanes64(f64x2.add(widenLow(v), widenHigh(v)));
}

/** Sum of two float64 lanes. */
export function sumLanes64(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Up to four floats: a full vector, or the last `count` < 4 of a row with `fill` in the lanes after them. */
export function loadUpTo4(pointer: usize, count: i32, fill: f32): v128 {
  if (count >= 4) return v128.load(pointer);
  let v = f32x4.splat(fill);
  v = f32x4.replace_lane(v, 0, load<f32>(pointer));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(pointer, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(pointer, 8));
  return v;
}

/** The counterpart of {@link loadUpTo4}: nothing past `count` floats is written. */
export function storeUpTo4(pointer: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, v);
    return;
  }
  store<f32>(pointer, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(v, 2), 8);
}
