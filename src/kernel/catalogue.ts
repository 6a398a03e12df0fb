/**
 * The catalogue of penalties: what each one computes, with which defaults, and where it comes from.
 *
 * One entry after another: this file is as long as the list.
 */

import {
  BINS,
  COVARIANCE_WEIGHT,
  DISTORTION,
  HINGE_FLOOR,
  type PenaltyParameter,
  REDUNDANCY_WEIGHT,
  RIDGE,
  SMALL_RIDGE,
  SMOOTHING,
  TARGET_DEVIATION,
  THRESHOLD,
  VARIANCE_FLOOR,
  VARIANCE_WEIGHT,
} from './catalogue-parameters.ts';

export type { ParameterName, ParameterRange, PenaltyParameter } from './catalogue-parameters.ts';

/** What a penalty looks at: entries of the covariance C, of the correlation R, the spectrum of C, or distributions. */
export type PenaltyFamily = 'covariance' | 'correlation' | 'spectral' | 'information';

/** Everything there is to know about a penalty before it runs. */
export interface PenaltyDefinition {
  readonly id: PenaltyId;
  readonly family: PenaltyFamily;
  /**
   * The value, with its normaliser and any ½ written out. C is the covariance, R the correlation
   * (R_ij = C_ij/(s_i s_j), s_i = sqrt(C_ii + ε)), m units, n samples.
   */
  readonly formula: string;
  /** At most four; a call passes their values in this order. */
  readonly parameters: readonly PenaltyParameter[];
  /** Whether the columns are centred, unless the caller says otherwise. */
  readonly centered: boolean;
  /** Divisor of the covariance: n − ddof, unless the caller says otherwise. */
  readonly ddof: 0 | 1;
  /** False where the gradient is, on purpose, not the derivative of the value. */
  readonly exact: boolean;
  /** Whether there is a Hessian: false where the gradient jumps at activations that training meets. */
  readonly smooth: boolean;
  /**
   * Degree of homogeneity in the activations (halving them divides the value by 2^degree), null where there is none.
   * An ε that is added to variances is taken as zero here.
   */
  readonly degree: number | null;
  readonly source: string;
}

/** The penalties as literals, which the types of their ids and parameters come from. */
const ENTRIES = [
  {
    id: 'mean',
    family: 'covariance',
    formula: 'Σ_ij C_ij / m²',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 2,
    source: 'mean of the covariance; positive and negative entries cancel',
  },
  {
    id: 'mean-abs',
    family: 'covariance',
    formula: 'Σ_ij |C_ij| / m², sign(0) = 0',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: true,
    smooth: false,
    degree: 2,
    source: 'mean of sqrt(C²), with the gradient of that very value',
  },
  {
    id: 'mean-abs-signed',
    family: 'covariance',
    formula: 'Σ_ij |C_ij| / m², with the gradient of Σ_ij C_ij / m²',
    parameters: [],
    centered: false,
    ddof: 1,
    exact: false,
    smooth: false,
    degree: 2,
    source: 'mean of sqrt(C²) with the gradient that is sometimes claimed for it; inexact on purpose',
  },
  {
    id: 'smooth-abs',
    family: 'covariance',
    formula: 'Σ_ij sqrt(C_ij² + ε²) / m²',
    parameters: [SMOOTHING as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'differentiable form of mean-abs',
  },
  {
    id: 'huber',
    family: 'covariance',
    formula: 'Σ_{i≠j} h(C_ij) / (m(m−1)), h(c) = ½c² for |c| ≤ δ, else δ(|c| − ½δ)',
    parameters: [THRESHOLD as PenaltyParameter<'delta'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'Huber 1964; the smooth-L1 form of a covariance penalty (VCReg)',
  },
  {
    id: 'off-diagonal-abs',
    family: 'covariance',
    formula: 'Σ_{i≠j} |C_ij| / (m(m−1)), sign(0) = 0',
    parameters: [],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: false,
    degree: 2,
    source: 'mean-abs without the variances',
  },
  {
    id: 'off-diagonal-squared',
    family: 'covariance',
    formula: 'Σ_{i≠j} C_ij² / (m(m−1))',
    parameters: [],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 4,
    source: 'LPL: Halvagal & Zenke, Nature Neuroscience 2023, as corrected in 2025',
  },
  {
    id: 'decov',
    family: 'covariance',
    formula: '½(‖C‖²_F − ‖diag C‖²)',
    parameters: [],
    centered: true,
    ddof: 0,
    exact: true,
    smooth: true,
    degree: 4,
    source: 'Cogswell et al., ICLR 2016, arXiv 1511.06068',
  },
  {
    id: 'vicreg-covariance',
    family: 'covariance',
    formula: 'Σ_{i≠j} C_ij² / m',
    parameters: [],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 4,
    source: 'VICReg: Bardes et al., ICLR 2022, arXiv 2105.04906; the covariance term',
  },
  {
    id: 'vicreg',
    family: 'covariance',
    formula: 'variance_weight · Σ_i max(0, γ − sqrt(C_ii + ε)) / m + covariance_weight · Σ_{i≠j} C_ij² / m',
    parameters: [
      VARIANCE_WEIGHT as PenaltyParameter<'variance_weight'>,
      COVARIANCE_WEIGHT as PenaltyParameter<'covariance_weight'>,
      TARGET_DEVIATION as PenaltyParameter<'gamma'>,
      HINGE_FLOOR as PenaltyParameter<'epsilon'>,
    ],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'VICReg: Bardes et al., ICLR 2022, arXiv 2105.04906; variance and covariance terms',
  },
  {
    id: 'whitening',
    family: 'covariance',
    formula: '‖C − I‖²_F / m',
    parameters: [],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'squared distance of the covariance to the identity',
  },
  {
    id: 'squared-correlation',
    family: 'correlation',
    formula: 'Σ_{i≠j} R_ij² / (m(m−1)), R_ij = C_ij/(s_i s_j), s_i = sqrt(C_ii + ε)',
    parameters: [VARIANCE_FLOOR as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 0,
    source: 'mean squared off-diagonal correlation; indifferent to the scale of each unit',
  },
  {
    id: 'mean-abs-correlation',
    family: 'correlation',
    formula: 'Σ_{i≠j} |R_ij| / (m(m−1)), sign(0) = 0',
    parameters: [VARIANCE_FLOOR as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: false,
    degree: 0,
    source: 'mean absolute off-diagonal correlation; indifferent to the scale of each unit',
  },
  {
    id: 'gaussian-mutual-information',
    family: 'correlation',
    formula: 'Σ_{i≠j} −½ log(1 − R_ij²) / (m(m−1))',
    parameters: [VARIANCE_FLOOR as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 0,
    source: 'pairwise mutual information of Gaussian units, in nats (Cover & Thomas)',
  },
  {
    id: 'mutual-information',
    family: 'information',
    formula: ('Σ_{i≠j} I_ij / (m(m−1)), I_ij = Σ_ab J_ab log(J_ab/(P_a Q_b)) over soft bins: ' +
      'z = x_c/sqrt(Σ x_c²/n + ε) (1/n whatever ddof is), t = (clamp(z, −3, 3) + 3)/6·(bins − 1), ' +
      'w_a = max(0, 1 − |t − a|), J_ab = Σ_s w_a w_b / n, P_a = Σ_s w_a / n') as string,
    parameters: [BINS as PenaltyParameter<'bins'>, VARIANCE_FLOOR as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 0,
    exact: true,
    smooth: false,
    degree: 0,
    source: 'Daub et al., BMC Bioinformatics 5:118, 2004, with linear B-splines; sees nonlinear dependence',
  },
  {
    id: 'total-correlation',
    family: 'spectral',
    formula: '½(Σ_i log S_ii − log det S), S = C + εI',
    parameters: [RIDGE as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'Watanabe 1960, of Gaussian units, in nats',
  },
  {
    id: 'log-det',
    family: 'spectral',
    formula: '−log det(C + εI) / m',
    parameters: [RIDGE as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 0,
    exact: true,
    smooth: true,
    degree: null,
    source: 'CorInfoMax: Ozsoy et al., NeurIPS 2022, arXiv 2209.07999',
  },
  {
    id: 'coding-rate',
    family: 'spectral',
    formula: '−½ log det(I + (m/ε²)·C), which is −½ log det(I + m/(nε²)·XᵀX) unless ddof is given',
    parameters: [DISTORTION as PenaltyParameter<'epsilon'>],
    centered: false,
    ddof: 0,
    exact: true,
    smooth: true,
    degree: null,
    source: 'MCR²: Yu et al., NeurIPS 2020, arXiv 2006.08558; the total coding rate, to be maximised',
  },
  {
    id: 'participation-ratio',
    family: 'spectral',
    formula: 'log ‖C‖²_F − 2 log tr C, and 0 where C is 0',
    parameters: [],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: 0,
    source:
      'minus the logarithm of the participation ratio (Σλ)²/Σλ²: minus the Rényi-2 entropy of the spectrum',
  },
  {
    id: 'von-neumann-entropy',
    family: 'spectral',
    formula: 'Σ_i q_i log q_i, q = eigenvalues of C + εI over their sum',
    parameters: [SMALL_RIDGE as PenaltyParameter<'epsilon'>],
    centered: true,
    ddof: 1,
    exact: true,
    smooth: true,
    degree: null,
    source: 'minus the von Neumann entropy of the normalised covariance, in nats',
  },
] as const;

/** The id of a penalty. */
export type PenaltyId = (typeof ENTRIES)[number]['id'];

/** Every penalty, in the order in which they are listed to users. */
export const PENALTIES: readonly PenaltyDefinition[] = ENTRIES;

/** The definition of a penalty by its id, or undefined. */
export function findPenalty(id: string): PenaltyDefinition | undefined {
  return PENALTIES.find((penalty) => penalty.id === id);
}

/** A penalty on two activations of the same samples: X [n x m] and Y [n x k]; its degree is that in both together. */
export type CrossPenaltyDefinition = Pick<
  PenaltyDefinition,
  'formula' | 'parameters' | 'centered' | 'ddof' | 'degree' | 'source'
> & {
  readonly id: CrossPenaltyId;
  /** Whether unit i of X belongs to unit i of Y, so that both must have the same number. */
  readonly paired: boolean;
};

const CROSS_ENTRIES = [
  {
    id: 'cross-covariance',
    formula: '½‖X_cᵀ·Y_c/(n − ddof)‖²_F',
    parameters: [],
    centered: true,
    ddof: 0,
    degree: 4,
    paired: false,
    source: 'XCov: Cheung et al., ICLR 2015 workshop, arXiv 1412.6583',
  },
  {
    id: 'barlow-twins',
    formula:
      'Σ_i (1 − c_ii)² + λ Σ_{i≠j} c_ij², c_ij = ⟨x_i, y_j⟩/(‖x_i‖·‖y_j‖) of the columns of X_c and Y_c; 0 for a constant unit',
    parameters: [REDUNDANCY_WEIGHT as PenaltyParameter<'lambda'>],
    centered: true,
    ddof: 0,
    degree: 0,
    paired: true,
    source: 'Zbontar et al., ICML 2021, arXiv 2103.03230',
  },
] as const;

/** The id of a penalty on two activations. */
export type CrossPenaltyId = (typeof CROSS_ENTRIES)[number]['id'];

/** Every penalty on two activations; their ids are apart from those of {@link PENALTIES}. */
export const CROSS_PENALTIES: readonly CrossPenaltyDefinition[] = CROSS_ENTRIES;

/** The names of the parameters that a penalty has. */
export type ParametersOf<Id extends PenaltyId | CrossPenaltyId> = Extract<
  (typeof ENTRIES)[number] | (typeof CROSS_ENTRIES)[number],
  { readonly id: Id }
>['parameters'][number]['name'];

/** The definition of a penalty on two activations by its id, or undefined. */
export function findCrossPenalty(id: string): CrossPenaltyDefinition | undefined {
  return CROSS_PENALTIES.find((penalty) => penalty.id === id);
}
