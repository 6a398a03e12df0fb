/** The ways of choosing the points of a sweep, by the names that a sweep file has for them. */

/** Every method, in the order in which they are listed to users. */
export const SWEEP_METHODS = ['grid', 'random', 'bayes', 'sobol'] as const;

/** How points are chosen. */
export type SweepMethod = (typeof SWEEP_METHODS)[number];
