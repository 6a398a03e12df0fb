/** The parameters of the penalties, with their defaults and what they may be. */

/** Where a parameter may lie: at or above a number, or strictly above it. */
export type ParameterRange = { readonly from: number } | { readonly above: number };

/** The names of all parameters. */
export type ParameterName =
  | 'epsilon'
  | 'delta'
  | 'gamma'
  | 'variance_weight'
  | 'covariance_weight'
  | 'bins'
  | 'lambda';

/** One parameter of a penalty. Defaults live here and nowhere else. */
export interface PenaltyParameter<Name extends ParameterName = ParameterName> {
  readonly name: Name;
  readonly default: number;
  readonly range: ParameterRange;
  /** Whether it counts something. */
  readonly whole: boolean;
  readonly description: string;
}

/** ε of smooth-abs. */
export const SMOOTHING: PenaltyParameter<'epsilon'> = {
  name: 'epsilon',
  default: 1e-3,
  range: { above: 0 },
  whole: false,
  description: 'rounding of the absolute value near zero, in units of a covariance',
};

/** ε of the correlations and of the soft bins. */
export const VARIANCE_FLOOR: PenaltyParameter<'epsilon'> = {
  name: 'epsilon',
  default: 1e-8,
  range: { above: 0 },
  whole: false,
  description: 'added to every variance before the square root',
};

/** ε of vicreg: the same as {@link VARIANCE_FLOOR}, with the default of its paper. */
export const HINGE_FLOOR: PenaltyParameter<'epsilon'> = { ...VARIANCE_FLOOR, default: 1e-4 };

/** ε of the log-determinants. */
export const RIDGE: PenaltyParameter<'epsilon'> = {
  name: 'epsilon',
  default: 1e-3,
  range: { above: 0 },
  whole: false,
  description: 'added to the diagonal of the covariance, so that it can be inverted',
};

/** ε of the entropy: the same as {@link RIDGE}, much smaller. */
export const SMALL_RIDGE: PenaltyParameter<'epsilon'> = { ...RIDGE, default: 1e-6 };

/** ε of coding-rate. */
export const DISTORTION: PenaltyParameter<'epsilon'> = {
  name: 'epsilon',
  default: 0.5,
  range: { above: 0 },
  whole: false,
  description: 'distortion up to which the activations are to be coded',
};

/** δ of huber. */
export const THRESHOLD: PenaltyParameter<'delta'> = {
  name: 'delta',
  default: 0.1,
  range: { above: 0 },
  whole: false,
  description: 'covariance from which on the penalty grows linearly',
};

/** γ of vicreg. */
export const TARGET_DEVIATION: PenaltyParameter<'gamma'> = {
  name: 'gamma',
  default: 1,
  range: { above: 0 },
  whole: false,
  description: 'standard deviation that every unit is pushed up to',
};

/** Weight of vicreg's hinge on the variances. */
export const VARIANCE_WEIGHT: PenaltyParameter<'variance_weight'> = {
  name: 'variance_weight',
  default: 25,
  range: { from: 0 },
  whole: false,
  description: 'factor of the hinge on the standard deviations',
};

/** Weight of vicreg's covariances. */
export const COVARIANCE_WEIGHT: PenaltyParameter<'covariance_weight'> = {
  name: 'covariance_weight',
  default: 1,
  range: { from: 0 },
  whole: false,
  description: 'factor of the squared covariances',
};

/** Bins of mutual-information. */
export const BINS: PenaltyParameter<'bins'> = {
  name: 'bins',
  default: 8,
  range: { from: 2 },
  whole: true,
  description: 'soft bins between −3 and 3 standard deviations',
};

/** λ of barlow-twins. */
export const REDUNDANCY_WEIGHT: PenaltyParameter<'lambda'> = {
  name: 'lambda',
  default: 0.0051,
  range: { from: 0 },
  whole: false,
  description: 'factor of the squared correlations between different units',
};
