/** What is wrong with a gradient, in a form that helps to find the mistake: its error, its angle and its factor. */

/** `exact`: within tolerance. `factor`: the right direction, another length. `direction`: neither. `shape`: not comparable. */
export type Verdict = 'exact' | 'factor' | 'direction' | 'shape';

/** A candidate gradient beside the true one. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Largest difference of an entry, relative to the largest entry of the true gradient; infinite for NaN, an infinite true gradient or another shape. */
  readonly error: number;
  /** Angle between the two as vectors, in degrees; null where one of them is zero or the shapes differ. */
  readonly angleDegrees: number | null;
  /** Length of the candidate relative to the true gradient; null like the angle. */
  readonly factor: number | null;
}

/** Angle below which two gradients point the same way. */
const PARALLEL_DEGREES = 0.1;

/**
 * Judge a candidate against the true gradient.
 *
 * A true gradient of zeros (nothing to penalise) is met by a candidate whose entries are below `tolerance`.
 */
export function judgeGradient(
  candidate: ArrayLike<number>,
  truth: ArrayLike<number>,
  tolerance: number,
): Judgement {
  if (candidate.length !== truth.length) {
    return { verdict: 'shape', error: Number.POSITIVE_INFINITY, angleDegrees: null, factor: null };
  }
  let largest = 0;
  let difference = 0;
  let dot = 0;
  let candidateSquare = 0;
  let truthSquare = 0;
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]!;
    const c = candidate[i]!;
    largest = Math.max(largest, Math.abs(t));
    // A NaN counts as infinitely wrong.
    const d = Math.abs(c - t);
    if (!(d <= difference)) difference = Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
    dot += c * t;
    candidateSquare += c * c;
    truthSquare += t * t;
  }
  // Nothing is small beside an infinite entry.
  const error = largest === Number.POSITIVE_INFINITY ? largest : difference / (largest || 1);
  const lengths = Math.sqrt(candidateSquare) * Math.sqrt(truthSquare);
  const comparable = Number.isFinite(lengths) && lengths > 0;
  const cosine = comparable ? Math.max(-1, Math.min(1, dot / lengths)) : Number.NaN;
  const angleDegrees = comparable ? (Math.acos(cosine) * 180) / Math.PI : null;
  const factor = comparable ? Math.sqrt(candidateSquare / truthSquare) : null;
  const parallel = angleDegrees !== null && angleDegrees < PARALLEL_DEGREES;
  const verdict = error <= tolerance ? 'exact' : parallel ? 'factor' : 'direction';
  return { verdict, error, angleDegrees, factor };
}
