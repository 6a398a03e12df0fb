/** The reference kernel against independent values, central differences and algebraic identities. */
import { describe, expect, it } from 'vitest';
import { PENALTIES, type PenaltyDefinition } from '../../src/kernel/catalogue.ts';
import {
  ACTIVATIONS,
  DERIVATIVE_FROM,
  type KernelArray,
  type Operations,
} from '../../src/kernel/operations.ts';
import { createReferenceKernel, createReferenceOperations } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';
import { centralDifferences, penaltyCases, relativeError } from './penalty-cases.ts';

const kernel = createReferenceKernel();

function random(length: number, index: number): Float64Array {
  const next = uniformStream(7, 'check', index);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

function put(operations: Operations, values: ArrayLike<number>): KernelArray {
  const array = operations.allocate(values.length);
  array.values.set(values);
  return array;
}

/** Penalties with eigenvectors or soft bins between the activations and the value. */
const INDIRECT = new Set(['von-neumann-entropy', 'mutual-information']);

/** Options with the parameter ε of a penalty that has it. */
function withEpsilon({ parameters }: PenaltyDefinition, epsilon: number): { epsilon?: number } {
  return parameters.some(({ name }) => name === 'epsilon') ? { epsilon } : {};
}

describe('penalties of the reference kernel', () => {
  for (const penalty of PENALTIES) {
    const { id, exact, centered, degree } = penalty;
    for (const { title, options, x, value, gradient } of penaltyCases(id)) {
      it(`${id} agrees with automatic differentiation: ${title}`, () => {
        const actual = kernel.penalty(id, x, options);
        const tolerance = INDIRECT.has(id)
          ? TOLERANCES.indirectPenalty.f64
          : // One sample: all but the ε part of the gradient cancels, in the expected one too.
            (options.samples === 1 ? TOLERANCES.epsilonPart : TOLERANCES.penalty).f64;
        expect(relativeError([actual.value], [value])).toBeLessThanOrEqual(tolerance);
        expect(relativeError(actual.gradient, gradient)).toBeLessThanOrEqual(tolerance);
      });
    }

    // A large ε shows in the gradient only if the chain rule runs through everything that holds it.
    const large = withEpsilon(penalty, 0.3);
    for (const [samples, units] of [
      [9, 4],
      [3, 7],
    ] as const) {
      const options = { samples, units, ...large };
      const x = random(samples * units, 1);
      const differences = centralDifferences((point) => kernel.penalty(id, point, options).value, x);
      const error = relativeError(kernel.penalty(id, x, options).gradient, differences);
      if (exact) {
        it(`the gradient of ${id} is that of its value, ${samples} x ${units}`, () => {
          expect(error).toBeLessThan(TOLERANCES.finiteDifference);
        });
      } else {
        it(`the gradient of ${id} is not that of its value, ${samples} x ${units}`, () => {
          expect(error).toBeGreaterThan(TOLERANCES.finiteDifference);
        });
      }
    }

    if (exact && degree !== null) {
      it(`${id} is homogeneous of degree ${degree}: ⟨x, gradient⟩ = ${degree}·value`, () => {
        const x = random(60, 2);
        const options = { samples: 10, units: 6, ...withEpsilon(penalty, 1e-14) };
        const { value, gradient } = kernel.penalty(id, x, options);
        const inner = x.reduce((sum, entry, i) => sum + entry * gradient[i]!, 0);
        expect(Math.abs(inner - degree * value)).toBeLessThan(TOLERANCES.penalty.f64);
      });
    }

    if (centered) {
      it(`the gradient of ${id} moves no column mean`, () => {
        const { gradient } = kernel.penalty(id, random(60, 3), { samples: 10, units: 6 });
        for (let j = 0; j < 6; j++) {
          let column = 0;
          for (let s = 0; s < 10; s++) column += gradient[s * 6 + j]!;
          expect(Math.abs(column)).toBeLessThan(TOLERANCES.identity.f64);
        }
      });
    }

    it(`${id} has a finite value and gradient where units are constant, some or all, or there is but one`, () => {
      const some = random(30, 20).map((entry, i) => (i % 3 === 1 ? 0.1 : entry));
      for (const [x, units] of [
        [some, 3],
        [some.fill(0, 0, 30), 3],
        [new Float64Array(30).fill(0.1), 3],
        [random(10, 21), 1],
      ] as const) {
        const { value, gradient } = kernel.penalty(id, x, { samples: x.length / units, units });
        expect(value).toSatisfy(Number.isFinite);
        expect(gradient.every(Number.isFinite)).toBe(true);
      }
    });

    it(`${id} of an activation that is NaN is NaN, and so is some of its gradient`, () => {
      const x = random(30, 22);
      x[7] = Number.NaN;
      const { value, gradient } = kernel.penalty(id, x, { samples: 10, units: 3 });
      expect(value).toBeNaN();
      if (exact && id !== 'mean') expect(gradient.some(Number.isNaN)).toBe(true);
    });
  }

  it('what looks at pairs or at the shape of the spectrum is zero for a single unit', () => {
    const others = ['mean', 'mean-abs', 'mean-abs-signed', 'smooth-abs', 'vicreg', 'whitening', 'log-det'];
    for (const { id } of PENALTIES.filter((each) => ![...others, 'coding-rate'].includes(each.id))) {
      const { value, gradient } = kernel.penalty(id, [1, 2, 4], { samples: 3, units: 1 });
      expect(Math.abs(value)).toBeLessThan(TOLERANCES.identity.f64);
      for (const entry of gradient) expect(Math.abs(entry)).toBeLessThan(TOLERANCES.identity.f64);
    }
  });

  it('the soft bins of all combinations of two units carry no mutual information', () => {
    const levels = [-2, -0.5, 0.1, 3];
    const x = levels.flatMap((a) => levels.flatMap((b) => [a, b]));
    const { value } = kernel.penalty('mutual-information', x, { samples: 16, units: 2, bins: 5 });
    expect(Math.abs(value)).toBeLessThan(TOLERANCES.identity.f64);
    const copies = levels.flatMap((a) => [a, a]);
    expect(kernel.penalty('mutual-information', copies, { samples: 4, units: 2 }).value).toBeGreaterThan(0.5);
  });

  it('two copies of a unit share much, but not infinite, Gaussian information', () => {
    const copies = [1e9, 1e9, -1e9, -1e9, 0, 0];
    const { value, gradient } = kernel.penalty('gaussian-mutual-information', copies, {
      samples: 3,
      units: 2,
    });
    expect(value).toBeGreaterThan(10);
    expect(value).toSatisfy(Number.isFinite);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('the participation ratio of very large and very small activations does not overflow or vanish', () => {
    const x = random(40, 23);
    const options = { samples: 10, units: 4 };
    const expected = kernel.penalty('participation-ratio', x, options).value;
    for (const factor of [2 ** 400, 2 ** -400]) {
      const scaled = x.map((entry) => factor * entry);
      expect(
        relativeError([kernel.penalty('participation-ratio', scaled, options).value], [expected]),
      ).toBeLessThan(TOLERANCES.identity.f64);
    }
  });

  it.each(['total-correlation', 'log-det'] as const)(
    '%s of a matrix that cannot be inverted names the condition',
    (id) => {
      // More samples than units, and ε is lost beside the variance.
      const options = { samples: 4, units: 2, centered: false, ddof: 0, epsilon: 1e-30 };
      expect(() => kernel.penalty(id, [2, 2, 2, 2, 2, 2, 2, 2], options)).toThrow(
        `${id}: the smallest eigenvalues must not drown in the rounding of the largest, got one 8.0e+30 times as large`,
      );
    },
  );

  it('the weight scales the gradient and never the value, and accumulating adds to what is there', () => {
    const operations = createReferenceOperations();
    const x = put(operations, random(20, 4));
    const gradient = put(operations, new Float64Array(20).fill(1));
    const call = { id: 'decov', samples: 5, units: 4, centered: true, ddof: 0, parameters: [] };
    const value = operations.penalty(gradient, x, { ...call, weight: 1, accumulate: false });
    const plain = gradient.values.slice();
    gradient.values.fill(1);
    expect(operations.penalty(gradient, x, { ...call, weight: 3, accumulate: true })).toBe(value);
    const expected = plain.map((entry) => 1 + 3 * entry);
    expect(relativeError(gradient.values, expected)).toBeLessThan(TOLERANCES.identity.f64);
  });
});

describe('covariance of the reference kernel', () => {
  for (const centered of [true, false]) {
    const options = { samples: 8, units: 5, centered, ddof: 1 };
    const x = random(40, 5);
    const tangent = random(40, 6);
    const upstream = random(25, 7);

    it(`the VJP is the adjoint of the JVP, ${centered ? 'centred' : 'uncentred'}`, () => {
      const forward = kernel.covarianceJvp(x, tangent, options);
      const backward = kernel.covarianceVjp(x, upstream, options);
      const left = upstream.reduce((sum, g, i) => sum + g * forward[i]!, 0);
      const right = tangent.reduce((sum, t, i) => sum + t * backward[i]!, 0);
      expect(Math.abs(left - right)).toBeLessThan(TOLERANCES.identity.f64);
    });

    it(`the JVP is the derivative along the tangent, ${centered ? 'centred' : 'uncentred'}`, () => {
      const step = 1e-5;
      const at = (t: number) =>
        kernel.covariance(
          x.map((value, i) => value + t * tangent[i]!),
          options,
        );
      const below = at(-step);
      const differences = Float64Array.from(at(step), (above, i) => (above - below[i]!) / (2 * step));
      const jvp = kernel.covarianceJvp(x, tangent, options);
      expect(relativeError(jvp, differences)).toBeLessThan(TOLERANCES.finiteDifference);
    });
  }

  it('a constant column has a variance of exactly zero', () => {
    const x = random(30, 8);
    for (let s = 0; s < 10; s++) x[s * 3 + 1] = 0.1;
    const covariance = kernel.covariance(x, { samples: 10, units: 3 });
    expect([covariance[1], covariance[3], covariance[4], covariance[5]]).toEqual([0, 0, 0, 0]);
  });
});

describe('products of the reference kernel', () => {
  const operations = createReferenceOperations();
  const shape = { rows: 3, columns: 4, inner: 5 };
  const a = random(15, 9);
  const b = random(20, 10);
  const expected = Float64Array.from({ length: 12 }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < 5; k++) sum += a[Math.floor(at / 4) * 5 + k]! * b[k * 4 + (at % 4)]!;
    return sum;
  });
  const transpose = (x: Float64Array, rows: number, columns: number): Float64Array =>
    Float64Array.from(x, (_, at) => x[(at % rows) * columns + Math.floor(at / rows)]!);
  const operands = {
    NN: [a, b],
    NT: [a, transpose(b, 5, 4)],
    TN: [transpose(a, 3, 5), b],
  } as const;

  for (const form of ['NN', 'NT', 'TN'] as const) {
    it(`${form} reads its operands as its name says`, () => {
      const [left, right] = operands[form];
      const c = operations.allocate(12);
      operations.gemm(form, c, put(operations, left), put(operations, right), shape);
      expect(relativeError(c.values, expected)).toBeLessThan(TOLERANCES.identity.f64);
    });
  }

  it('alpha scales the product and beta 1 adds it', () => {
    const c = put(operations, new Float64Array(12).fill(1));
    operations.gemm('NN', c, put(operations, a), put(operations, b), { ...shape, alpha: 2, beta: 1 });
    const scaled = expected.map((entry) => 1 + 2 * entry);
    expect(relativeError(c.values, scaled)).toBeLessThan(TOLERANCES.identity.f64);
  });

  it('beta 0 does not read what was there', () => {
    const c = put(operations, new Float64Array(12).fill(Number.NaN));
    operations.gemm('NN', c, put(operations, a), put(operations, b), shape);
    expect(c.values.every(Number.isFinite)).toBe(true);
  });

  it('syrk is the product with the own transpose, in both forms', () => {
    const rows = put(operations, a);
    const [c, expectedC] = [operations.allocate(25), operations.allocate(25)];
    operations.syrk('T', c, rows, { order: 5, inner: 3, alpha: 0.5 });
    operations.gemm('TN', expectedC, rows, rows, { rows: 5, columns: 5, inner: 3, alpha: 0.5 });
    expect(c.values).toEqual(expectedC.values);
    const [d, expectedD] = [operations.allocate(9), operations.allocate(9)];
    operations.syrk('N', d, rows, { order: 3, inner: 5 });
    operations.gemm('NT', expectedD, rows, rows, { rows: 3, columns: 3, inner: 5 });
    expect(d.values).toEqual(expectedD.values);
  });
});

describe('layers and losses of the reference kernel', () => {
  const operations = createReferenceOperations();

  for (const kind of ACTIVATIONS) {
    it(`the slope of ${kind} is that of its output`, () => {
      const z = random(12, 11);
      const upstream = random(12, 12);
      const [a, dz] = [operations.allocate(12), operations.allocate(12)];
      const forward = (point: Float64Array): number => {
        operations.activationForward(kind, a, put(operations, point), 12);
        return upstream.reduce((sum, weight, i) => sum + weight * a.values[i]!, 0);
      };
      const differences = centralDifferences(forward, z);
      forward(z);
      const saved = DERIVATIVE_FROM[kind] === 'output' ? a : put(operations, z);
      operations.activationBackward(kind, dz, put(operations, upstream), saved, 12);
      expect(relativeError(dz.values, differences)).toBeLessThan(TOLERANCES.finiteDifference);
    });

    it(`${kind} lets a NaN through, so that the loss shows it`, () => {
      const a = operations.allocate(1);
      operations.activationForward(kind, a, put(operations, [Number.NaN]), 1);
      expect(a.values[0]).toBeNaN();
    });
  }

  it('the gradients of a dense layer are those of its output', () => {
    const shape = { samples: 4, inputs: 3, units: 2 };
    const [x, w, b, upstream] = [random(12, 13), random(6, 14), random(2, 15), random(8, 16)];
    const z = operations.allocate(8);
    const output = (at: { x?: Float64Array; w?: Float64Array; b?: Float64Array }): number => {
      const arrays = [at.x ?? x, at.w ?? w, at.b ?? b].map((values) => put(operations, values));
      operations.denseForward(z, arrays[0]!, arrays[1]!, arrays[2]!, shape);
      return upstream.reduce((sum, weight, i) => sum + weight * z.values[i]!, 0);
    };
    const [dw, db, dx] = [operations.allocate(6), operations.allocate(2), operations.allocate(12)];
    const dz = put(operations, upstream);
    operations.denseBackward(dw, db, dx, dz, put(operations, x), put(operations, w), shape);
    for (const [gradient, differences] of [
      [dx, centralDifferences((point) => output({ x: point }), x)],
      [dw, centralDifferences((point) => output({ w: point }), w)],
      [db, centralDifferences((point) => output({ b: point }), b)],
    ] as const) {
      expect(relativeError(gradient.values, differences)).toBeLessThan(TOLERANCES.finiteDifference);
    }
  });

  it('the gradient of the cross-entropy is that of its value', () => {
    const shape = { samples: 4, classes: 3 };
    const labels = operations.allocateIndices(4);
    labels.values.set([0, 2, 1, 2]);
    const logits = random(12, 17);
    const gradient = operations.allocate(12);
    const differences = centralDifferences(
      (point) => operations.softmaxCrossEntropy(null, put(operations, point), labels, shape).loss,
      logits,
    );
    operations.softmaxCrossEntropy(gradient, put(operations, logits), labels, shape);
    expect(relativeError(gradient.values, differences)).toBeLessThan(TOLERANCES.finiteDifference);
  });

  it('large logits do not overflow, and the lowest index wins a tie', () => {
    const labels = operations.allocateIndices(2);
    labels.values.set([1, 0]);
    const logits = put(operations, [1e4, 1e4, -1e4, 5, 5, 5]);
    const { loss, correct } = operations.softmaxCrossEntropy(null, logits, labels, {
      samples: 2,
      classes: 3,
    });
    expect(relativeError([loss], [(Math.log(2) + Math.log(3)) / 2])).toBeLessThan(TOLERANCES.identity.f64);
    expect(correct).toBe(1);
  });

  it('the gradient of the squared error is that of its value', () => {
    const targets = put(operations, random(6, 18));
    const outputs = random(6, 19);
    const gradient = operations.allocate(6);
    const differences = centralDifferences(
      (point) => operations.squaredError(null, put(operations, point), targets, 6),
      outputs,
    );
    operations.squaredError(gradient, put(operations, outputs), targets, 6);
    expect(relativeError(gradient.values, differences)).toBeLessThan(TOLERANCES.finiteDifference);
  });

  it.each(['binaryCrossEntropy', 'huber'] as const)('the gradient of %s is that of its value', (name) => {
    const targets = put(
      operations,
      random(8, 20).map((y) => (y + 1) / 2),
    );
    // On both sides of delta.
    const outputs = random(8, 21).map((z) => 3 * z);
    const lossOf = (gradient: KernelArray | null, point: ArrayLike<number>): number =>
      name === 'huber'
        ? operations.huber(gradient, put(operations, point), targets, 8, 0.5)
        : operations.binaryCrossEntropy(gradient, put(operations, point), targets, 8);
    const gradient = operations.allocate(8);
    const differences = centralDifferences((point) => lossOf(null, point), outputs);
    lossOf(gradient, outputs);
    expect(relativeError(gradient.values, differences)).toBeLessThan(TOLERANCES.finiteDifference);
  });

  it('bytes become fractions of the divisor', () => {
    const bytes = operations.allocateBytes(3);
    bytes.values.set([0, 51, 255]);
    const out = operations.allocate(3);
    operations.scaleBytes(out, bytes, 3, 255);
    expect([...out.values]).toEqual([0, 0.2, 1]);
  });
});

describe('memory and arguments of the reference kernel', () => {
  it('memory is counted while it is allocated', () => {
    const operations = createReferenceOperations();
    const array = operations.allocate(10);
    const indices = operations.allocateIndices(3);
    expect(operations.memoryBytes).toBe(10 * 8 + 3 * 4);
    operations.free(array);
    operations.free(indices);
    expect(operations.memoryBytes).toBe(0);
  });

  it('an array that is too short is refused', () => {
    const operations = createReferenceOperations();
    const short = operations.allocate(5);
    const long = operations.allocate(6);
    expect(() => operations.center(long, short, 3, 2)).toThrow(/x must hold at least 6 numbers, got 5/);
    expect(() => operations.exp(short, long, 6)).toThrow(/out must hold at least 6/);
  });

  it('an array of another kernel is refused', () => {
    const operations = createReferenceOperations();
    const foreign = { length: 4, values: new Float32Array(4) };
    expect(() => operations.exp(operations.allocate(4), foreign, 4)).toThrow(/array of the reference kernel/);
  });

  it('sizes that are not positive whole numbers and divisors of zero are refused', () => {
    const operations = createReferenceOperations();
    const x = operations.allocate(4);
    expect(() => operations.exp(x, x, 1.5)).toThrow(/whole number of at least 1, got 1.5/);
    expect(() => operations.allocate(0)).toThrow(/length/);
    const shape = { samples: 1, units: 2, centered: true, ddof: 1 };
    expect(() => operations.covariance(x, x, shape)).toThrow(/samples − ddof/);
  });
});
