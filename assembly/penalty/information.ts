/** Penalties on the information of the activations. */

import { BAD_KIND } from '../status';

export function informationScratch(kind: i32, samples: i32, units: i32, p0: f64): i64 {
  return 0;
}

export function informationPenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  p0: f64,
  p1: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  return BAD_KIND;
}
