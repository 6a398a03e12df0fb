/** The ways of choosing the points of a sweep, by the names that a sweep file has for them. */

/** Every method, in the order in which they are listed to users. */
export const SWEEP_METHODS = ['grid', 'random', 'bayes', 'sobol'] as const;

/** How points are chosen. */
export type SweepMethod = (typeof SWEEP_METHODS)[number];

/** Whether a method chooses points by the results of those before, so that the plan grows while it is trained. */
export function isAdaptive(method: SweepMethod): boolean {
  return method === 'bayes';
}
