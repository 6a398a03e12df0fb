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
/** An unknown penalty, activation or form, a label that is no class, or a batch that `compress` did not make. Nothing was written. */
export const BAD_KIND: i32 = 4;
/** An output overlaps another operand. Nothing was written. */
export const OVERLAP: i32 = 8;

/** The smallest eigenvalues of a matrix drown in the rounding of the largest; what was written is stated at the operation. */
export const NOT_DEFINITE: i32 = 16;

/** A parameter of a penalty or a loss is out of its range. Nothing was written. */
export const BAD_PARAMETER: i32 = 32;

/**
 * Status of the operands of an operation: each lies in the memory, and outputs and scratch share no byte with anything else.
 * An operand of 0 bytes is absent, wherever it points to.
 */
export function operands(
  out: usize,
  outBytes: i64,
  out2: usize,
  out2Bytes: i64,
  out3: usize,
  out3Bytes: i64,
  scratch: usize,
  scratchBytes: i64,
  a: usize,
  aBytes: i64,
  b: usize,
  bBytes: i64,
  c: usize,
  cBytes: i64,
): i32 {
  const status =
    inside(out, outBytes) |
    inside(out2, out2Bytes) |
    inside(out3, out3Bytes) |
    inside(scratch, scratchBytes) |
    inside(a, aBytes) |
    inside(b, bBytes) |
    inside(c, cBytes);
  if (status) return status;
  return (
    apart(out, outBytes, out2, out2Bytes) |
    apart(out, outBytes, out3, out3Bytes) |
    apart(out2, out2Bytes, out3, out3Bytes) |
    apart(scratch, scratchBytes, out, outBytes) |
    apart(scratch, scratchBytes, out2, out2Bytes) |
    apart(scratch, scratchBytes, out3, out3Bytes) |
    apartFromInputs(out, outBytes, a, aBytes, b, bBytes, c, cBytes) |
    apartFromInputs(out2, out2Bytes, a, aBytes, b, bBytes, c, cBytes) |
    apartFromInputs(out3, out3Bytes, a, aBytes, b, bBytes, c, cBytes) |
    apartFromInputs(scratch, scratchBytes, a, aBytes, b, bBytes, c, cBytes)
  );
}

/** {@link operands} of an operation with one output. */
export function oneOutput(
  out: usize,
  outBytes: i64,
  scratch: usize,
  scratchBytes: i64,
  a: usize,
  aBytes: i64,
  b: usize,
  bBytes: i64,
  c: usize,
  cBytes: i64,
): i32 {
  return operands(out, outBytes, 0, 0, 0, 0, scratch, scratchBytes, a, aBytes, b, bBytes, c, cBytes);
}

/** Operands of an element-wise operation: `out` may be one of the inputs, but not lie across one. */
export function elementwiseOperands(out: usize, a: usize, b: usize, count: i32): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const status = inside(out, bytes) | inside(a, bytes) | inside(b, bytes);
  if (status) return status;
  return (a === out ? OK : apart(out, bytes, a, bytes)) | (b === out ? OK : apart(out, bytes, b, bytes));
}

/**
 * Operands of a loss [1, float64] over `count` outputs and as many targets; `gradient` may be 0, or the outputs, whose
 * place it takes then.
 */
export function lossOperands(loss: usize, gradient: usize, outputs: usize, targets: usize, count: i32): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const gradientBytes = gradient !== 0 ? bytes : 0;
  const outputBytes = gradient !== 0 && gradient === outputs ? 0 : bytes;
  return operands(loss, 8, gradient, gradientBytes, 0, 0, 0, 0, outputs, outputBytes, targets, bytes, 0, 0);
}

function apartFromInputs(
  output: usize,
  outputBytes: i64,
  a: usize,
  aBytes: i64,
  b: usize,
  bBytes: i64,
  c: usize,
  cBytes: i64,
): i32 {
  return (
    apart(output, outputBytes, a, aBytes) |
    apart(output, outputBytes, b, bBytes) |
    apart(output, outputBytes, c, cBytes)
  );
}

/** OK where an operand is absent, or lies between heapBase() and the end of the memory. */
function inside(pointer: usize, bytes: i64): i32 {
  const start = <i64>(<u32>pointer);
  if (bytes === 0) return OK;
  return start >= <i64>__heap_base && start + bytes <= (<i64>memory.size()) << 16 ? OK : BAD_POINTER;
}

/** OK where two operands share no byte. */
function apart(a: usize, aBytes: i64, b: usize, bBytes: i64): i32 {
  const startA = <i64>(<u32>a);
  const startB = <i64>(<u32>b);
  const absent = aBytes === 0 || bBytes === 0;
  return absent || startA + aBytes <= startB || startB + bBytes <= startA ? OK : OVERLAP;
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
