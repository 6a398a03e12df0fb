/** The one table of tolerances: every comparison of numbers in the tests takes its bound from here. */
export const TOLERANCES = {
  /** Largest error relative to the largest entry of the expected gradient (or to the value). */
  penalty: { f32: 1e-4, f64: 1e-9 },
  /** The same where all but the ε part of a gradient cancels; the expected values hold about nine digits there. */
  epsilonPart: { f32: 1e-4, f64: 1e-8 },
  /** The same with eigenvectors or soft bins in between. */
  indirectPenalty: { f32: 1e-4, f64: 1e-7 },
  /** Absolute error of a penalty and its gradient where all terms cancel: of every build, since they are summed in float64. */
  cancelled: 6e-15,
  /** The same where all but the ε part of a gradient cancels. */
  cancelledToEpsilonPart: { f32: 4e-5, f64: 6e-14 },
  /** The same for means of four hundred deviations, activations of a hundredth, and one unit a thousand times the others. */
  hardInput: { f32: 5e-6, f64: 1e-8 },
  /** The same of eigenvalues, where a unit is a million times the others or an offset a billion deviations. */
  besideLarge: { f32: 1e-4, f64: 1e-5 },
  /** The same where covariances are a thousandth of the variances. */
  smallCovariances: { f32: 5e-4, f64: 2e-12 },
  /** Losses, penalties and parameters after 12 steps, relative to max(1, |expected|). */
  training: { f32: 1e-4, f64: 1e-9 },
  /** The same of networks of many kinds of layers, after 8 steps. */
  networks: { f32: 1e-3, f64: 1e-9 },
  /** Inputs and targets that were normalized in float64 and rounded to float32, relative to max(1, |expected|). */
  normalized: 1e-6,
  /** Decorrelation metrics, relative to max(1, |expected|). */
  metric: 1e-9,
  /** Sampling error of the mean over 1770 pairs of independent units, relative to the floor. */
  floor: 0.06,
  /** Central differences in float64, relative to the largest entry: truncation and cancellation together. */
  finiteDifference: 1e-6,
  /** One operation of a kernel against the reference, relative to the largest entry of the result. */
  operation: { f32: 1e-5, f64: 1e-12 },
  /**
   * A convolution by Winograd's algorithm against the direct form in float64: its mean error relative to the root mean square of
   * the result, and the largest relative to the largest entry.
   */
  winograd: { f32: { mean: 2e-6, most: 1e-5 }, f64: { mean: 4e-15, most: 2e-14 } },
  /** Errors of the float32 elementary functions that assembly/math.ts states, in units in the last place. */
  ulp: { exp: 2, log: 2, tanh: 3, sigmoid: 3 },
  /** Elementary functions in float64 against the host's, relative (of sine and cosine absolute). */
  portableMath: 4e-16,
  /** Variance of 400 shares of mixup, relative to that of its distribution. */
  betaVariance: 0.25,
  /** Values of a schedule against those of PyTorch, some of which it multiplies up, relative to the largest. */
  schedule: 1e-12,
  /** Identities of a penalty under shifts and scalings, relative to the terms that cancel in them. */
  invariance: { f32: 1e-4, f64: 1e-10 },
  /** Algebraic identities in float64 (adjoints, transposes, homogeneity), relative to the terms. */
  identity: { f64: 1e-12 },
  /** Means, intervals and differences over seeds against values worked out by hand, relative to max(1, |expected|). */
  summary: 1e-9,
  /** A number drawn to four digits, back in its distribution: what the rounding moves, in shares of the whole. */
  drawnUnit: 1e-3,
  /** Mean rank among two of a sampler that learns: 1 where it is always better than random search, 1.5 where they are alike. */
  meanRank: { each: 1.4, all: 1.25 },
  /** P-values: the distribution function of the library holds about seven digits. */
  probability: 1e-7,
  /** Eigenvalues of a library, relative to the largest one, for each unit. */
  eigenvalue: 1e-15,
  /** Outputs of a network whose layer was whitened, relative to the largest; the eigenvectors of near-dead units amplify rounding. */
  whitening: 1e-9,
  /** Gradients, cosines and strengths of a trial against their definitions, relative to max(1, |expected|). */
  gradient: { f32: 1e-4, f64: 1e-9 },
  /** Least part of a trial's memory that is asked for before it is trained: less would refuse nothing in time. */
  memoryShare: 0.45,
  /** Largest deviation of a statistic of random numbers from its expectation, in standard errors. */
  standardErrors: 5,
} as const;
