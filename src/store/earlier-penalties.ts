/** Penalties of the versions whose manifests do not tell them: fixed, whatever the catalogue has today. */
import type { PenaltyFacts } from '../record/record.ts';

/** The penalties of covgrad 0.1.0 by type. */
export const EARLIER_PENALTIES: Readonly<Record<string, PenaltyFacts>> = {
  mean: { exact: true, degree: 2 },
  'mean-abs': { exact: true, degree: 2 },
  'mean-abs-signed': { exact: false, degree: 2 },
  'smooth-abs': { exact: true, degree: null },
  huber: { exact: true, degree: null },
  'off-diagonal-abs': { exact: true, degree: 2 },
  'off-diagonal-squared': { exact: true, degree: 4 },
  decov: { exact: true, degree: 4 },
  'vicreg-covariance': { exact: true, degree: 4 },
  vicreg: { exact: true, degree: null },
  whitening: { exact: true, degree: null },
  'squared-correlation': { exact: true, degree: 0 },
  'mean-abs-correlation': { exact: true, degree: 0 },
  'gaussian-mutual-information': { exact: true, degree: 0 },
  'mutual-information': { exact: true, degree: 0 },
  'total-correlation': { exact: true, degree: null },
  'log-det': { exact: true, degree: null },
  'coding-rate': { exact: true, degree: null },
  'participation-ratio': { exact: true, degree: 0 },
  'von-neumann-entropy': { exact: true, degree: null },
  'cross-covariance': { exact: true, degree: 4 },
  'barlow-twins': { exact: true, degree: 0 },
};
