/**
 * Status codes of the ABI and the checks behind them, in 64-bit arithmetic: nothing here can wrap.
 *
 * Each code is one bit; an operation with several faults may answer their union.
 */

/** Done; the outputs are written. */
export const OK: i32 = 0;
/** A count is zero or negative, or samples − ddof is not above 0. Nothing was written. */
export const BAD_SIZE: i32 = 1;
/** An operand is null, lies below heapBase() or reaches past the end of the memory. Nothing was written. */
export const BAD_POINTER: i32 = 2;
/** An unknown penalty, activation or form, or a label that is no class. Nothing was written. */
export const BAD_KIND: i32 = 4;
/** An output overlaps another operand. Nothing was written. */
export const OVERLAP: i32 = 8;

/** A matrix is not positive definite in this precision; what was written is stated at the operation. */
export const NOT_DEFINITE: i32 = 16;

/** OK where `bytes` bytes at `pointer` lie between heapBase() and the end of the memory. */
export function span(pointer: usize, bytes: i64): i32 {
  const start = <i64>(<u32>pointer);
  return start >= <i64>__heap_base && start + bytes <= (<i64>memory.size()) << 16 ? OK : BAD_POINTER;
}

/** OK where two operands share no byte. */
export function apart(a: usize, aBytes: i64, b: usize, bBytes: i64): i32 {
  const startA = <i64>(<u32>a);
  const startB = <i64>(<u32>b);
  return startA + aBytes <= startB || startB + bBytes <= startA ? OK : OVERLAP;
}

/** OK where all counts are at least 1. */
export function positive(a: i32, b: i32, c: i32): i32 {
  return a > 0 && b > 0 && c > 0 ? OK : BAD_SIZE;
}

/** OK for a covariance that exists: at least one sample and unit, samples − ddof above 0. */
export function covarianceSizes(samples: i32, units: i32, ddof: f64): i32 {
  return samples > 0 && units > 0 && <f64>samples - ddof > 0 ? OK : BAD_SIZE;
}

/** Bytes of a rows x columns matrix; a size beyond any memory stays beyond it without wrapping. */
export function reals(rows: i32, columns: i32): i64 {
  return min(<i64>rows * <i64>columns, (<i64>1) << 40) * sizeof<real>();
}
