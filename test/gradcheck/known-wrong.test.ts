/** The wrong formulas that are in circulation: the checker must reject each and, where there is one, name the factor. */
import { describe, expect, it } from 'vitest';
import { centralDifferences, spreadIndices } from '../../src/gradcheck/differences.ts';
import { checkInputs } from '../../src/gradcheck/inputs.ts';
import { judgeGradient } from '../../src/gradcheck/judgement.ts';
import type { PenaltyId } from '../../src/kernel/catalogue.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { TOLERANCES } from '../tolerances.ts';

const kernel = createReferenceKernel();
const { x, samples, units } = checkInputs().find(
  (input) => input.kind === 'normal' && input.samples > input.units,
)!;
const shape = { samples, units };

/** X·G/ν, without centring. */
function timesMatrix(left: Float64Array, g: ArrayLike<number>, divisor: number): Float64Array {
  return Float64Array.from({ length: samples * units }, (_, index) => {
    const row = Math.floor(index / units);
    let sum = 0;
    for (let k = 0; k < units; k++) sum += left[row * units + k]! * g[k * units + (index % units)]!;
    return sum / divisor;
  });
}

function centered(): Float64Array {
  const operations = kernel.operations;
  const array = operations.allocate(x.length);
  array.values.set(x);
  operations.center(array, array, samples, units);
  return Float64Array.from(array.values);
}

/** The true gradient of a penalty, from its value alone. */
function truthOf(id: PenaltyId, options: object = {}): number[] {
  const value = (at: Float64Array) => kernel.penalty(id, at, { ...shape, ...options }).value;
  return centralDifferences(value, x, units, spreadIndices(x.length, x.length));
}

const judge = (candidate: ArrayLike<number>, truth: ArrayLike<number>) =>
  judgeGradient(candidate, truth, TOLERANCES.finiteDifference);

describe('the checker', () => {
  it.each(PENALTIES.filter(({ exact }) => exact).map(({ id }) => id))('accepts the gradient of %s', (id) => {
    expect(judge(kernel.penalty(id, x, shape).gradient, truthOf(id)).verdict).toBe('exact');
  });

  it('rejects half the DeCov gradient and names the factor ½', () => {
    const half = kernel.penalty('decov', x, shape).gradient.map((entry) => entry / 2);
    const judgement = judge(half, truthOf('decov'));
    expect(judgement.verdict).toBe('factor');
    expect(judgement.factor).toBeCloseTo(0.5, 6);
  });

  it('rejects the product of squares taken for the square of the covariance', () => {
    // L = Σ_{i≠j} mean(x_i²)·mean(x_j²) instead of Σ_{i≠j} C_ij².
    const xc = centered();
    const variance = Float64Array.from({ length: units }, (_, unit) => {
      let sum = 0;
      for (let i = unit; i < xc.length; i += units) sum += xc[i]! ** 2;
      return sum / samples;
    });
    const total = variance.reduce((sum, v) => sum + v, 0);
    const wrong = xc.map((value, i) => (2 * value * (total - variance[i % units]!)) / samples);
    expect(judge(wrong, truthOf('decov')).verdict).toBe('direction');
  });

  it('rejects the covariance gradient without 1/(n−1) and names the factor n−1', () => {
    const wrong = kernel
      .penalty('decov', x, { ...shape, ddof: 1 })
      .gradient.map((entry) => entry * (samples - 1));
    const judgement = judge(wrong, truthOf('decov', { ddof: 1 }));
    expect(judgement.verdict).toBe('factor');
    expect(judgement.factor).toBeCloseTo(samples - 1, 4);
  });

  it("rejects the gradient of mean taken for mean-abs's", () => {
    const claimed = kernel.penalty('mean-abs-signed', x, shape).gradient;
    expect(judge(claimed, truthOf('mean-abs')).verdict).toBe('direction');
    expect(judge(claimed, truthOf('mean')).verdict).toBe('exact');
  });

  it('rejects the JVP of the covariance taken for a gradient, by its shape and by its direction', () => {
    const ones = new Float64Array(x.length).fill(1);
    const options = { ...shape, centered: false };
    expect(judge(kernel.covarianceJvp(x, ones, options), truthOf('mean-abs')).verdict).toBe('shape');
    const square = x.slice(0, units * units);
    const sized = { samples: units, units, centered: false };
    const truth = kernel.penalty('mean-abs', square, sized).gradient;
    const jvp = kernel.covarianceJvp(square, new Float64Array(square.length).fill(1), sized);
    expect(judge(jvp, truth).verdict).toBe('direction');
  });

  it('rejects 2a/N', () => {
    expect(
      judge(
        x.map((value) => (2 * value) / samples),
        truthOf('mean-abs'),
      ).verdict,
    ).toBe('direction');
  });

  it('rejects the covariance over samples instead of units', () => {
    const transposed = kernel.penalty('decov', x, { samples: units, units: samples }).gradient;
    expect(judge(transposed, truthOf('decov')).verdict).toBe('direction');
  });

  it('rejects half of ∂/∂C_ij, the symmetric twin forgotten, and names the factor ½', () => {
    const c = kernel.covariance(x, { ...shape, ddof: 0 });
    const g = c.map((entry, index) => (index % (units + 1) === 0 ? 0 : entry));
    const judgement = judge(timesMatrix(centered(), g, samples), truthOf('decov'));
    expect(judgement.verdict).toBe('factor');
    expect(judgement.factor).toBeCloseTo(0.5, 6);
  });

  it('rejects a gradient with a NaN in it', () => {
    const gradient = kernel.penalty('decov', x, shape).gradient.slice();
    gradient[3] = Number.NaN;
    const judgement = judge(gradient, truthOf('decov'));
    expect(judgement.verdict).toBe('direction');
    expect(judgement.error).toBe(Number.POSITIVE_INFINITY);
  });

  it('rejects any gradient where the true one overflows', () => {
    for (const candidate of [0, 1, Number.POSITIVE_INFINITY])
      expect(judge([candidate, 1], [Number.POSITIVE_INFINITY, 1]).error).toBe(Number.POSITIVE_INFINITY);
  });
});
