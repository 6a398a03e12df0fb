/** The number of each penalty in the ABI, sixteen to a family. A number once given stays. */

export const MEAN: i32 = 0;
export const MEAN_ABS: i32 = 1;
export const MEAN_ABS_SIGNED: i32 = 2;
export const SMOOTH_ABS: i32 = 3;
export const DECOV: i32 = 4;
export const HUBER: i32 = 5;
export const OFF_DIAGONAL_ABS: i32 = 6;
export const OFF_DIAGONAL_SQUARED: i32 = 7;
export const VICREG_COVARIANCE: i32 = 8;
export const VICREG: i32 = 9;
export const WHITENING: i32 = 10;

export const SQUARED_CORRELATION: i32 = 16;
export const MEAN_ABS_CORRELATION: i32 = 17;
export const GAUSSIAN_MUTUAL_INFORMATION: i32 = 18;

export const TOTAL_CORRELATION: i32 = 32;
export const LOG_DET: i32 = 33;
export const CODING_RATE: i32 = 34;
export const PARTICIPATION_RATIO: i32 = 35;
export const VON_NEUMANN_ENTROPY: i32 = 36;

export const MUTUAL_INFORMATION: i32 = 48;

/** Penalties on two activations; a numbering of their own. */
export const CROSS_COVARIANCE: i32 = 0;
export const BARLOW_TWINS: i32 = 1;
