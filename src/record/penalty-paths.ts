/** Paths of the penalty's settings, as points and records name them. */

export const PENALTY_TYPE = 'penalty.type';
export const PENALTY_WEIGHT = 'penalty.weight';
export const PENALTY_STRENGTH = 'penalty.strength';
