/** The catalogue of penalties: what each one computes, with which defaults, and where it comes from. */

/** One parameter of a penalty. Defaults live here and nowhere else. */
export interface PenaltyParameter {
  readonly name: 'epsilon';
  readonly default: number;
  /** The parameter must be greater than this. */
  readonly above: number;
  readonly description: string;
}

/** Everything there is to know about a penalty before it runs. */
export interface PenaltyDefinition {
  readonly id: string;
  /** The value, with its normaliser and any ½ written out. C is the covariance, R the correlation, m units, n samples. */
  readonly formula: string;
  readonly parameters: readonly PenaltyParameter[];
  /** Whether the columns are centred, unless the caller says otherwise. */
  readonly centered: boolean;
  /** Divisor of the covariance: n − ddof, unless the caller says otherwise. */
  readonly ddof: 0 | 1;
  /** False where the gradient is, on purpose, not the derivative of the value. */
  readonly exact: boolean;
  /** Degree of homogeneity in the activations (halving them divides the value by 2^degree), null where there is none. */
  readonly degree: number | null;
  readonly source: string;
}

const SMOOTHING: PenaltyParameter = {
  name: 'epsilon',
  default: 1e-3,
  above: 0,
  description: 'rounding of the absolute value near zero, in units of a covariance',
};

const VARIANCE_FLOOR: PenaltyParameter = {
  name: 'epsilon',
  default: 1e-8,
  above: 0,
  description: 'added to every variance before the square root',
};

/** Every penalty, in the order in which they are listed to users. */
export const PENALTIES: readonly PenaltyDefinition[] = [
  {
    id: 'mean',
    formula: 'Σ_ij C_ij / m²',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: true,
    degree: 2,
    source: 'mean of the covariance; positive and negative entries cancel',
  },
  {
    id: 'mean-abs',
    formula: 'Σ_ij |C_ij| / m², sign(0) = 0',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: true,
    degree: 2,
    source: 'mean of sqrt(C²), with the gradient of that very value',
  },
  {
    id: 'mean-abs-signed',
    formula: 'Σ_ij |C_ij| / m², with the gradient of Σ_ij C_ij / m²',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: false,
    degree: 2,
    source: 'mean of sqrt(C²) with the gradient that is sometimes claimed for it; inexact on purpose',
  },
  {
    id: 'smooth-abs',
    formula: 'Σ_ij sqrt(C_ij² + ε²) / m²',
    parameters: [SMOOTHING],
    centered: true,
    ddof: 1,
    exact: true,
    degree: null,
    source: 'differentiable form of mean-abs',
  },
  {
    id: 'decov',
    formula: '½(‖C‖²_F − ‖diag C‖²)',
    parameters: [],
    centered: true,
    ddof: 0,
    exact: true,
    degree: 4,
    source: 'Cogswell et al., ICLR 2016, arXiv 1511.06068',
  },
  {
    id: 'squared-correlation',
    formula: 'Σ_{i≠j} R_ij² / (m(m−1)), R_ij = C_ij/(s_i s_j), s_i = sqrt(C_ii + ε)',
    parameters: [VARIANCE_FLOOR],
    centered: true,
    ddof: 1,
    exact: true,
    degree: 0,
    source: 'mean squared off-diagonal correlation; indifferent to the scale of each unit',
  },
];

/** The definition of a penalty by its id, or undefined. */
export function findPenalty(id: string): PenaltyDefinition | undefined {
  return PENALTIES.find((penalty) => penalty.id === id);
}
