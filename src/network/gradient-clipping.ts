/** Gradient clipping by the norm of all gradients together. */
import type { Operations } from '../kernel/operations.ts';
import type { TrainedArray } from './optimizer.ts';

/**
 * Scales all gradients by `limit / norm` where their Euclidean norm is above `limit`.
 *
 * Precision: the squares are summed in float64, array after array, each in the kernel's fixed order.
 */
export function clipGradients(
  operations: Operations,
  arrays: readonly Pick<TrainedArray, 'gradient'>[],
  limit: number,
): void {
  let sum = 0;
  for (const { gradient } of arrays) sum += operations.squaredNorm(gradient, gradient.length);
  const norm = Math.sqrt(sum);
  if (!(norm > limit)) return;
  for (const { gradient } of arrays) operations.scale(gradient, gradient.length, limit / norm);
}
