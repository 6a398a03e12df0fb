/**
 * Value and gradient of `gaussian-mutual-information`, pair by pair in plain float64.
 *
 * With the columns a and b of X_c at unit length, ρ = ⟨a, b⟩, κ = C_ii/(C_ii + ε) and λ = C_jj/(C_jj + ε), R = sqrt(κλ)·ρ and
 *
 *     1 − R² = (1 − κ) + κ·((1 − λ) + λ·‖b − ρa‖²),    1 − κ = ε/(C_ii + ε)
 *     ∂R/∂x_i = sqrt(λ/ν)/s_i · ((b − ρa) + (1 − κ)·ρ·a)
 *
 * so that nothing cancels where two units are nearly parallel. reference-correlation-penalties has the formula in terms of C, for
 * second derivatives.
 */

import { Matrix } from './reference-matrix.ts';

/** ‖b − ρa‖² that is nothing but rounding. */
const ROUNDING = 1e-29;

/** `Σ_{i≠j} −½ log(1 − R_ij²) / (m(m−1))`, 0 for a single unit; `gradient` [n x m] receives its derivative. */
export function gaussianMutualInformation(
  gradient: Matrix,
  xc: Matrix,
  divisor: number,
  epsilon: number,
): number {
  const { rows: n, columns: m } = xc;
  const variances: number[] = [];
  const unit = new Matrix(n, m);
  for (let i = 0; i < m; i++) {
    let squares = 0;
    for (let s = 0; s < n; s++) squares += xc.get(s, i) ** 2;
    variances.push(squares / divisor);
    const length = Math.sqrt(squares);
    for (let s = 0; s < n; s++) unit.set(s, i, length === 0 ? 0 : xc.get(s, i) / length);
  }
  let value = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      let rho = 0;
      for (let s = 0; s < n; s++) rho += unit.get(s, i) * unit.get(s, j);
      let apart = 0;
      for (let s = 0; s < n; s++) apart += (unit.get(s, j) - rho * unit.get(s, i)) ** 2;
      const [own, other] = [variances[i]! + epsilon, variances[j]! + epsilon];
      const [kappa, lambda] = [variances[i]! / own, variances[j]! / other];
      const [ownLoss, otherLoss] = [epsilon / own, epsilon / other];
      const rest = ownLoss + kappa * (otherLoss + lambda * apart);
      const square = kappa * lambda * rho * rho;
      // Each pair counts twice.
      const share = 2 / (m * (m - 1));
      value += share * -0.5 * (square < 0.5 ? Math.log1p(-square) : Math.log(rest));
      const slope = (share * Math.sqrt(kappa) * Math.sqrt(lambda) * rho) / rest / Math.sqrt(divisor);
      const across = apart > ROUNDING ? 1 : 0;
      for (let s = 0; s < n; s++) {
        const [a, b] = [unit.get(s, i), unit.get(s, j)];
        gradient.add(s, i, slope * Math.sqrt(lambda / own) * (across * (b - rho * a) + ownLoss * rho * a));
        gradient.add(s, j, slope * Math.sqrt(kappa / other) * (across * (a - rho * b) + otherLoss * rho * b));
      }
    }
  }
  return value;
}
