/**
 * The mutual information of each pair of units by soft bins, in plain float64.
 *
 * Source: Daub et al., BMC Bioinformatics 5:118, 2004, with linear B-splines: a sample belongs to the two bins next to
 * it, and everything is piecewise smooth in its activations.
 */

import { subtractColumnMeans } from './reference-covariance.ts';
import { Matrix } from './reference-matrix.ts';

/** Standard deviations from the mean at which the first and the last bin lie. */
const REACH = 3;

/** One unit in its bins. */
interface BinnedUnit {
  /** sqrt(Σ x_c²/n + ε). */
  readonly deviation: number;
  /** x_c/deviation of each sample. */
  readonly z: Float64Array;
  /** The lower bin of each sample, and the share of the sample in the bin above. */
  readonly bin: Int32Array;
  readonly share: Float64Array;
  /** P_a = Σ_s w_a/n. */
  readonly marginal: Float64Array;
}

/**
 * `Σ_{i≠j} I_ij / (m(m−1))`, 0 for a single unit; `gradient` receives its derivative.
 *
 * With J and its marginals summing to 1, `∂I/∂J_ab = log(J_ab/(P_a·Q_b))` up to a constant that no movement of the
 * samples sees. A sample beyond the last bin is clamped and has no gradient of its own.
 * Shapes: `xc` [n x m], centred where it should be; `gradient` [n x m].
 */
export function mutualInformation(
  gradient: Matrix,
  xc: Matrix,
  centered: boolean,
  [bins, epsilon]: readonly number[],
): number {
  const { rows: n, columns: m } = xc;
  const units = Array.from({ length: m }, (_, i) => binUnit(xc, i, bins!, epsilon!));
  // ∂value/∂t, t the position in bins; each pair counts twice in the sum.
  const slopes = new Matrix(n, m);
  let value = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [units[i]!, units[j]!];
      const share = 2 / (m * (m - 1));
      const joint = jointDistribution(a, b, bins!);
      const logs = new Matrix(bins!, bins!);
      for (let k = 0; k < bins!; k++) {
        for (let l = 0; l < bins!; l++) {
          const p = joint.get(k, l);
          if (p === 0) continue;
          logs.set(k, l, Math.log(p / (a.marginal[k]! * b.marginal[l]!)));
          value += share * p * logs.get(k, l);
        }
      }
      for (let s = 0; s < n; s++) {
        const [k, l, u, v] = [a.bin[s]!, b.bin[s]!, a.share[s]!, b.share[s]!];
        const [p00, p01, p10, p11] = [
          logs.get(k, l),
          logs.get(k, l + 1),
          logs.get(k + 1, l),
          logs.get(k + 1, l + 1),
        ];
        slopes.add(s, i, (share / n) * ((1 - v) * (p10 - p00) + v * (p11 - p01)));
        slopes.add(s, j, (share / n) * ((1 - u) * (p01 - p00) + u * (p11 - p10)));
      }
    }
  }
  for (let i = 0; i < m; i++) standardisationAdjoint(gradient, slopes, units[i]!, i, bins!);
  if (centered) subtractColumnMeans(gradient, gradient);
  return value;
}

function binUnit(xc: Matrix, unit: number, bins: number, epsilon: number): BinnedUnit {
  const n = xc.rows;
  let squares = 0;
  for (let s = 0; s < n; s++) squares += xc.get(s, unit) ** 2;
  const deviation = Math.sqrt(squares / n + epsilon);
  const z = Float64Array.from({ length: n }, (_, s) => xc.get(s, unit) / deviation);
  const t = z.map((at) => ((Math.min(Math.max(at, -REACH), REACH) + REACH) / (2 * REACH)) * (bins - 1));
  const bin = Int32Array.from(t, (at) => Math.min(Math.floor(at), bins - 2));
  const share = t.map((at, s) => at - bin[s]!);
  const marginal = new Float64Array(bins);
  for (let s = 0; s < n; s++) {
    marginal[bin[s]!]! += (1 - share[s]!) / n;
    marginal[bin[s]! + 1]! += share[s]! / n;
  }
  return { deviation, z, bin, share, marginal };
}

/** J_ab = Σ_s w_a·w_b/n, bins x bins. */
function jointDistribution(a: BinnedUnit, b: BinnedUnit, bins: number): Matrix {
  const n = a.z.length;
  const joint = new Matrix(bins, bins);
  for (let s = 0; s < n; s++) {
    const [k, l, u, v] = [a.bin[s]!, b.bin[s]!, a.share[s]!, b.share[s]!];
    joint.add(k, l, ((1 - u) * (1 - v)) / n);
    joint.add(k, l + 1, ((1 - u) * v) / n);
    joint.add(k + 1, l, (u * (1 - v)) / n);
    joint.add(k + 1, l + 1, (u * v) / n);
  }
  return joint;
}

/** From ∂value/∂t of one unit to ∂value/∂x_c: `(u_s − z_s·Σ_r u_r·z_r/n)/deviation` for u = ∂value/∂z. */
function standardisationAdjoint(
  gradient: Matrix,
  slopes: Matrix,
  { z, deviation }: BinnedUnit,
  unit: number,
  bins: number,
): void {
  const n = slopes.rows;
  const u = z.map((at, s) => (Math.abs(at) > REACH ? 0 : (slopes.get(s, unit) * (bins - 1)) / (2 * REACH)));
  const along = u.reduce((sum, slope, s) => sum + slope * z[s]!, 0) / n;
  for (let s = 0; s < n; s++) gradient.set(s, unit, (u[s]! - z[s]! * along) / deviation);
}
