/** The metrics of decorrelation: what each one measures, which way is better, and where it comes from. */

/** A metric by its name in records and comparisons. */
export type MetricName =
  | 'mean-abs-correlation'
  | 'rms-correlation'
  | 'max-abs-correlation'
  | 'off-diagonal-energy'
  | 'participation-ratio'
  | 'participation-ratio-per-unit'
  | 'effective-rank'
  | 'stable-rank'
  | 'condition-number'
  | 'total-correlation'
  | 'dead-units'
  | 'activation-scale';

/** Everything there is to know about a metric before it is measured. */
export interface MetricDefinition {
  readonly name: MetricName;
  /**
   * C is the centred covariance (divisor n − 1), ρ the correlation of live units (those with a variance), λ the
   * eigenvalues of C, m the units, n the samples.
   */
  readonly formula: string;
  /** Empty for a pure number. */
  readonly unit: string;
  readonly goal: 'minimize' | 'maximize' | 'none';
  readonly source: string;
}

/** Every metric, in the order in which they are listed to users. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'mean-abs-correlation',
    formula: 'mean over i≠j of |ρ_ij|',
    unit: '',
    goal: 'minimize',
    source: 'Pearson correlation; independent units still show the floor sqrt(2/(π(n−1)))',
  },
  {
    name: 'rms-correlation',
    formula: 'sqrt(mean over i≠j of ρ_ij²)',
    unit: '',
    goal: 'minimize',
    source: 'Pearson correlation; independent units still show the floor 1/sqrt(n−1)',
  },
  {
    name: 'max-abs-correlation',
    formula: 'max over i≠j of |ρ_ij|',
    unit: '',
    goal: 'minimize',
    source: 'Pearson correlation of the most dependent pair',
  },
  {
    name: 'off-diagonal-energy',
    formula: '‖off C‖²_F/‖C‖²_F',
    unit: 'fraction',
    goal: 'minimize',
    source: 'share of the squared covariance that lies between units',
  },
  {
    name: 'participation-ratio',
    formula: '(Σλ)²/Σλ²',
    unit: 'dimensions',
    goal: 'maximize',
    source: 'inverse participation ratio of the spectrum; biased downwards at small n',
  },
  {
    name: 'participation-ratio-per-unit',
    formula: '(Σλ)²/(m·Σλ²)',
    unit: 'fraction',
    goal: 'maximize',
    source: 'the participation ratio made comparable between layers of different width',
  },
  {
    name: 'effective-rank',
    formula: 'exp(−Σ p log p), p = σ/Σσ, σ = sqrt((n−1)λ)',
    unit: 'dimensions',
    goal: 'maximize',
    source: 'Roy and Vetterli, EUSIPCO 2007: entropy of the singular values, not of the eigenvalues',
  },
  {
    name: 'stable-rank',
    formula: 'Σλ/max λ',
    unit: 'dimensions',
    goal: 'maximize',
    source: 'squared Frobenius norm over squared spectral norm of the centred activations',
  },
  {
    name: 'condition-number',
    formula: 'max λ/min λ',
    unit: '',
    goal: 'minimize',
    source: 'null where C is singular: with dead or dependent units, or n ≤ m',
  },
  {
    name: 'total-correlation',
    formula: '−½ log det ρ',
    unit: 'nats',
    goal: 'minimize',
    source:
      'Watanabe 1960, for Gaussian units; null where ρ is singular: with dependent units, or n ≤ live units',
  },
  {
    name: 'dead-units',
    formula: 'share of units with C_ii = 0',
    unit: 'fraction',
    goal: 'minimize',
    source: 'units without variance; every correlation leaves them out',
  },
  {
    name: 'activation-scale',
    formula: 'sqrt(mean of C_ii)',
    unit: '',
    goal: 'none',
    source: 'shows a penalty that was lowered by shrinking the activations',
  },
];

/**
 * What independent units would show on `samples` samples: the null hypothesis that a measured correlation is held against.
 *
 * Source: a sample correlation of independent Gaussian units has variance 1/(n−1) exactly; for large n it is normal, and
 * the mean of its absolute value sqrt(2/(π(n−1))).
 * Precision: an approximation for the mean of the absolute value at small n; infinite for fewer than two samples.
 */
export function correlationFloor(
  samples: number,
  metric: 'mean-abs-correlation' | 'rms-correlation' = 'mean-abs-correlation',
): number {
  const variance = 1 / Math.max(samples - 1, 0);
  return metric === 'rms-correlation' ? Math.sqrt(variance) : Math.sqrt((2 / Math.PI) * variance);
}
