/** One evaluation of a penalty, as it goes from the ABI to the file that computes it. */

/** All that a penalty on one activation is computed from. The operands are checked. */
@unmanaged
export class PenaltyCall {
  /** [1, float64] */
  value: usize;
  /** [samples x units] = weight · ∂penalty/∂x, added when `accumulate`; 0 for the value alone. */
  gradient: usize;
  /** [samples x units] */
  x: usize;
  scratch: usize;
  /** Address of the products of x with itself, kept for other penalties on it, or 0: see shared.ts. */
  shared: usize;
  kind: i32;
  samples: i32;
  units: i32;
  centered: bool;
  accumulate: bool;
  /** ν = samples − ddof. */
  divisor: f64;
  /** The penalty's parameters, in the order of the catalogue. */
  p0: f64;
  p1: f64;
  p2: f64;
  p3: f64;
  weight: f64;
  /** Of the largest activation: see largestExponent of range.ts. */
  exponent: i32;
  /** Factor that X_c was multiplied by: see range.ts. */
  scale: f64;
}

/** The one call that is under way: the kernel allocates nothing. */
export const CALL: PenaltyCall = changetype<PenaltyCall>(memory.data(offsetof<PenaltyCall>(), 8));
