/** Penalties on the spectral of the activations. */

import { BAD_KIND } from '../status';

export function spectralScratch(kind: i32, samples: i32, units: i32): i64 {
  return 0;
}

export function spectralPenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  p0: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  return BAD_KIND;
}
