/** Penalties that fell while the activations shrank, and that are not shown to have decorrelated them. */
import { ACTIVATION_SCALE, CORRELATION, PENALTY_CHANGE } from '../record/measures.ts';
import type { PointSummary } from './point.ts';

/** Activations count as shrunk when their scale is below this share of the baseline's. */
const SHRUNK_BELOW = 0.9;

/**
 * Whether a point shrank and is not shown to decorrelate: its activations are smaller than its baseline's, its penalty did not
 * grow in training (where that was recorded), and its correlations are not lower than the baseline's by more than chance.
 */
export function isShrunk({ metrics }: PointSummary, baseline: PointSummary | undefined): boolean {
  const scale = metrics[ACTIVATION_SCALE]?.mean ?? null;
  const reference = baseline?.metrics[ACTIVATION_SCALE]?.mean ?? null;
  const { mean = null, halfWidth95 = null } = metrics[CORRELATION]?.difference ?? {};
  const change = metrics[PENALTY_CHANGE]?.mean ?? null;
  return (
    scale !== null &&
    reference !== null &&
    mean !== null &&
    scale < SHRUNK_BELOW * reference &&
    (change === null || change < 0) &&
    (mean >= 0 || (halfWidth95 !== null && -mean <= halfWidth95))
  );
}
