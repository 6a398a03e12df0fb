/** The typed API over every implementation: independent values, layouts, prepared penalties, errors. */
import { beforeAll, describe, expect, it } from 'vitest';
import { KernelError, ShapeError } from '../../src/errors.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { createKernel, type Kernel, type PenaltyOptions, resolvePenalty } from '../../src/kernel/kernel.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels, wasmKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { penaltyCases, relativeError } from './penalty-cases.ts';

let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await allKernels();
});

function random(length: number): Float64Array {
  const next = uniformStream(11, 'check', length);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

function transpose(x: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!,
  );
}

describe('penalty', () => {
  it.each(PENALTIES.map(({ id }) => id))('%s agrees with automatic differentiation in every kernel', (id) => {
    const cases = penaltyCases(id);
    expect(cases.length).toBeGreaterThanOrEqual(10);
    for (const { title, options, x, value, gradient } of cases) {
      for (const kernel of kernels) {
        const actual = kernel.penalty(id, x, options);
        // One sample: all but the ε part of the gradient cancels, in the expected one too.
        const bounds = options.samples === 1 ? TOLERANCES.epsilonPart : TOLERANCES.penalty;
        const tolerance = bounds[kernel.precision];
        expect(relativeError([actual.value], [value]), `${kernel.variant} ${title}`).toBeLessThanOrEqual(
          tolerance,
        );
        expect(relativeError(actual.gradient, gradient), `${kernel.variant} ${title}`).toBeLessThanOrEqual(
          tolerance,
        );
      }
    }
  });

  it('units-first activations give the transposed gradient and the same value', () => {
    const [samples, units] = [13, 6];
    const x = random(samples * units);
    for (const kernel of kernels) {
      for (const { id } of PENALTIES) {
        const plain = kernel.penalty(id, x, { samples, units });
        const turned = kernel.penalty(id, transpose(x, samples, units), {
          samples,
          units,
          layout: 'units-first',
        });
        expect(turned.value).toBe(plain.value);
        expect(Array.from(turned.gradient)).toEqual(Array.from(transpose(plain.gradient, samples, units)));
      }
    }
  });

  it('a penalty that is indifferent to scale does not change when the activations are halved', () => {
    const [samples, units] = [20, 9];
    const x = random(samples * units);
    for (const kernel of kernels) {
      const whole = kernel.penalty('squared-correlation', x, { samples, units });
      const half = kernel.penalty(
        'squared-correlation',
        x.map((value) => value / 2),
        { samples, units },
      );
      expect(relativeError([half.value], [whole.value])).toBeLessThanOrEqual(TOLERANCES.operation.f32);
      const doubled = whole.gradient.map((entry) => 2 * entry);
      expect(relativeError(half.gradient, doubled)).toBeLessThanOrEqual(TOLERANCES.operation.f32);
    }
  });

  it('activations with a large offset, tiny ones and ones dominated by one unit stay within tolerance', () => {
    const [reference, ...builds] = kernels;
    const kinds: Record<string, (value: number, unit: number) => number> = {
      offset: (value) => 20 + 0.05 * value,
      tiny: (value) => 1e-2 * value,
      dominated: (value, unit) => (unit === 3 ? 1000 * value : value),
    };
    for (const [samples, units] of [
      [48, 20],
      [20, 48],
    ] as const) {
      for (const [kind, shape] of Object.entries(kinds)) {
        const x = random(samples * units).map((value, index) => Math.fround(shape(value, index % units)));
        for (const { id } of PENALTIES.filter(({ exact }) => exact)) {
          const options: PenaltyOptions = { samples, units };
          const expected = reference!.penalty(id, x, options);
          for (const kernel of builds) {
            const actual = kernel.penalty(id, x, options);
            const where = `${kernel.variant} ${id} ${kind} ${samples}x${units}`;
            const tolerance = TOLERANCES.hardInput[kernel.precision];
            expect(relativeError([actual.value], [expected.value]), where).toBeLessThanOrEqual(tolerance);
            expect(relativeError(actual.gradient, expected.gradient), where).toBeLessThanOrEqual(tolerance);
          }
        }
      }
    }
  });

  it.each(['decov', 'off-diagonal-squared', 'vicreg-covariance', 'squared-correlation'] as const)(
    '%s keeps its digits where the variances are a thousand times the covariances',
    (id) => {
      // Waves are orthogonal; a trace of the neighbour makes covariances whose squares are a millionth of the variances'.
      const [samples, units, trace] = [256, 40, 1e-3];
      const wave = (sample: number, unit: number): number =>
        Math.cos((2 * Math.PI * (unit + 1) * (sample + 0.25)) / samples);
      const x = Float64Array.from({ length: samples * units }, (_, i) => {
        const [sample, unit] = [Math.floor(i / units), i % units];
        return Math.fround(wave(sample, unit) + trace * wave(sample, (unit + 1) % units));
      });
      const [reference, ...builds] = kernels;
      const expected = reference!.penalty(id, x, { samples, units });
      for (const kernel of builds) {
        const actual = kernel.penalty(id, x, { samples, units });
        const tolerance = TOLERANCES.smallCovariances[kernel.precision];
        expect(relativeError([actual.value], [expected.value]), kernel.variant).toBeLessThanOrEqual(
          tolerance,
        );
        expect(relativeError(actual.gradient, expected.gradient), kernel.variant).toBeLessThanOrEqual(
          tolerance,
        );
      }
    },
  );

  describe.each(PENALTIES)('$id', ({ id }) => {
    const shapes = [
      [16, 5],
      [5, 16],
    ] as const;

    it('has a finite value and gradient where units never change, and moves none of them when centred', () => {
      for (const [samples, units] of shapes) {
        for (const constant of [0, 3, Math.fround(0.1)]) {
          const x = random(samples * units).map((value, index) => (index % units === 2 ? constant : value));
          const still = new Float64Array(samples * units).fill(constant);
          for (const kernel of kernels) {
            for (const activations of [x, still]) {
              const { value, gradient } = kernel.penalty(id, activations, { samples, units });
              expect(Number.isFinite(value)).toBe(true);
              expect(gradient.every(Number.isFinite)).toBe(true);
            }
            // The mean over all pairs pulls each unit by the same, whatever it is like itself.
            if (id === 'mean' || id === 'mean-abs-signed') continue;
            const { gradient } = kernel.penalty(id, x, { samples, units, centered: true });
            const own = gradient.filter((_, index) => index % units === 2);
            const largest = Math.max(...Array.from(gradient, Math.abs));
            // Eigenvectors hold the zeros of a matrix to rounding only, all else to the last bit.
            const rest = id === 'von-neumann-entropy' ? TOLERANCES.identity.f64 * largest : 0;
            for (const entry of own) expect(Math.abs(entry)).toBeLessThanOrEqual(rest);
          }
        }
      }
    });

    it('is NaN where an activation is, not finite where one is infinite, and so is some of its gradient', () => {
      for (const [samples, units] of shapes) {
        for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const x = random(samples * units);
          x[17] = wrong;
          for (const kernel of kernels) {
            const { value, gradient } = kernel.penalty(id, x, { samples, units });
            if (Number.isNaN(wrong)) expect(value).toBeNaN();
            else expect(Number.isFinite(value)).toBe(false);
            expect(gradient.every(Number.isFinite)).toBe(false);
          }
        }
      }
    });
  });

  it('a single unit has no pair: its correlation penalty and gradient are zero', () => {
    for (const kernel of kernels) {
      for (const id of ['squared-correlation', 'decov'] as const) {
        const { value, gradient } = kernel.penalty(id, [1, 2, 4], { samples: 3, units: 1 });
        expect(value).toBe(0);
        expect(Array.from(gradient, Math.abs)).toEqual([0, 0, 0]);
      }
    }
  });
});

describe('numbers at the edge of float32', () => {
  it('participation-ratio is the same for activations whose squares float32 does not hold', () => {
    const [samples, units] = [12, 9];
    const x = random(samples * units);
    for (const kernel of kernels) {
      const expected = kernel.penalty('participation-ratio', x, { samples, units }).value;
      for (const scale of [2 ** -80, 2 ** -55, 2 ** 70]) {
        const scaled = x.map((value) => scale * value);
        const actual = kernel.penalty('participation-ratio', scaled, { samples, units }).value;
        const tolerance = TOLERANCES.invariance[kernel.precision];
        expect(relativeError([actual], [expected]), `${kernel.variant} ${scale}`).toBeLessThanOrEqual(
          tolerance,
        );
      }
    }
  });

  it.each([
    ['smooth-abs', 1e-30],
    ['squared-correlation', 1e-90],
    ['mean-abs-correlation', 1e-90],
    ['gaussian-mutual-information', 1e-90],
  ] as const)('%s has a finite gradient for a unit that never changes, however small ε is', (id, epsilon) => {
    const [samples, units] = [9, 6];
    const x = random(samples * units).map((value, index) => (index % units === 2 ? 3 : value));
    for (const kernel of kernels) {
      const { value, gradient } = kernel.penalty(id, x, { samples, units, epsilon });
      expect(value).toSatisfy(Number.isFinite);
      expect(gradient.every(Number.isFinite), kernel.variant).toBe(true);
    }
  });
});

describe('prepare', () => {
  it('evaluates what penalty evaluates, again and again, through live views', () => {
    const options = { samples: 24, units: 40 };
    for (const kernel of kernels) {
      for (const layout of ['samples-first', 'units-first'] as const) {
        const prepared = kernel.prepare('decov', { ...options, layout });
        for (const scale of [1, 3]) {
          const x = random(960).map((value) => Math.fround(scale * value));
          prepared.activations.set(x);
          const value = prepared.evaluate();
          const expected = kernel.penalty('decov', x, { ...options, layout });
          expect(value).toBe(expected.value);
          expect(Array.from(prepared.gradient)).toEqual(Array.from(expected.gradient));
        }
        prepared.dispose();
      }
    }
  });

  it('its views outlive every evaluation: what that needs is allocated before', async () => {
    for (const { id } of PENALTIES) {
      // New kernels, whose memory has not grown for others yet.
      for (const kernel of await allKernels()) {
        const prepared = kernel.prepare(id, { samples: 120, units: 70 });
        const { activations, gradient } = prepared;
        activations.set(random(8400));
        prepared.evaluate();
        expect(activations, `${id} ${kernel.variant}`).toHaveLength(8400);
        expect(gradient.some((entry) => entry !== 0)).toBe(true);
      }
    }
  });

  it('several live side by side, survive the growth of the memory, and give it back', () => {
    for (const kernel of kernels) {
      const first = kernel.prepare('decov', { samples: 4, units: 3 });
      first.activations.set(random(12));
      const before = first.evaluate();
      const large = kernel.prepare('mean-abs', { samples: 200, units: 200 });
      expect(first.evaluate()).toBe(before);
      large.evaluate();
      large.dispose();
      const bytes = kernel.operations.memoryBytes;
      for (let i = 0; i < 5; i++) {
        const again = kernel.prepare('mean-abs', { samples: 200, units: 200 });
        again.evaluate();
        again.dispose();
      }
      expect(kernel.operations.memoryBytes).toBe(bytes);
      expect(first.evaluate()).toBe(before);
      first.dispose();
      first.dispose();
    }
  });

  it('refuses everything once it is disposed of, and leaves the memory to its next owner', () => {
    for (const kernel of kernels) {
      for (const layout of ['samples-first', 'units-first'] as const) {
        const prepared = kernel.prepare('decov', { samples: 4, units: 3, layout });
        prepared.dispose();
        const next = kernel.operations.allocate(12);
        for (const use of [
          () => prepared.evaluate(),
          () => prepared.activations.fill(7),
          () => prepared.gradient.fill(7),
        ])
          expect(use).toThrow(/^decov: what was disposed of has no memory\. Prepare it again\.$/);
        expect(next.values.every((value) => value === 0)).toBe(true);
        kernel.operations.free(next);
      }
    }
  });

  it('keeps nothing where the memory runs out half-way', () => {
    const [reference] = kernels;
    let [left, freed] = [3, 0];
    const operations = {
      ...reference!.operations,
      allocate: (length: number) => {
        if (left-- === 0) throw new KernelError('KERNEL_OUT_OF_MEMORY', 'kernel: full.');
        return reference!.operations.allocate(length);
      },
      free: () => void freed++,
    };
    const options = { samples: 4, units: 3, layout: 'units-first' } as const;
    expect(() => createKernel(operations).prepare('decov', options)).toThrow('kernel: full.');
    expect(freed).toBe(3);
  });
});

describe('errors', () => {
  const x = random(12);
  const shape = { samples: 4, units: 3 };
  const calls: Record<string, [(kernel: Kernel) => unknown, string]> = {
    'an unknown penalty': [(kernel) => kernel.penalty('decor' as 'decov', x, shape), 'UNKNOWN_PENALTY'],
    'a parameter that the penalty does not have': [
      (kernel) => kernel.penalty('decov', x, { ...shape, epsilon: 1 } as PenaltyOptions),
      'UNKNOWN_PARAMETER',
    ],
    'a parameter of zero': [
      (kernel) => kernel.penalty('smooth-abs', x, { ...shape, epsilon: 0 }),
      'PARAMETER_OUT_OF_RANGE',
    ],
    'no samples': [(kernel) => kernel.penalty('decov', [], { samples: 0, units: 3 }), 'SIZE_OUT_OF_RANGE'],
    'half a unit': [(kernel) => kernel.penalty('decov', x, { samples: 4, units: 2.5 }), 'SIZE_OUT_OF_RANGE'],
    'too few numbers': [(kernel) => kernel.penalty('decov', x.slice(1), shape), 'LENGTH_MISMATCH'],
    'no activations at all': [
      (kernel) => kernel.penalty('decov', undefined as unknown as Float64Array, shape),
      'LENGTH_MISMATCH',
    ],
    'rows instead of numbers': [
      (kernel) => kernel.penalty('decov', [[1], [2]] as unknown as number[], { samples: 2, units: 1 }),
      'NOT_NUMBERS',
    ],
    'numbers of a type of their own': [
      (kernel) => kernel.penalty('decov', new BigInt64Array(12) as unknown as Int32Array, shape),
      'NOT_NUMBERS',
    ],
    'a hole among the numbers': [
      (kernel) =>
        kernel.penalty('decov', Array.from<number>({ length: 6 }).fill(1, 1), { samples: 2, units: 3 }),
      'NOT_NUMBERS',
    ],
    'no options at all': [
      (kernel) => kernel.penalty('decov', x, undefined as unknown as PenaltyOptions),
      'OPTIONS_MISSING',
    ],
    'a misspelt option': [
      (kernel) => kernel.penalty('decov', x, { ...shape, centred: false } as PenaltyOptions),
      'UNKNOWN_OPTION',
    ],
    'a parameter where there is no penalty': [
      (kernel) => kernel.covariance(x, { ...shape, epsilon: 1 } as PenaltyOptions),
      'UNKNOWN_OPTION',
    ],
    'other units where there is one activation': [
      (kernel) => kernel.penalty('decov', x, { ...shape, otherUnits: 3 } as PenaltyOptions),
      'UNKNOWN_OPTION',
    ],
    'a centring that is neither yes nor no': [
      (kernel) => kernel.covariance(x, { ...shape, centered: 'no' as unknown as boolean }),
      'NOT_A_BOOLEAN',
    ],
    'a ddof that is text': [
      (kernel) => kernel.covariance(x, { ...shape, ddof: '1' as unknown as number }),
      'DDOF_OUT_OF_RANGE',
    ],
    'samples that are text': [
      (kernel) => kernel.covariance(x, { samples: '4' as unknown as number, units: 3 }),
      'SIZE_OUT_OF_RANGE',
    ],
    'a negative length': [(kernel) => kernel.operations.allocate(-100), 'SIZE_OUT_OF_RANGE'],
    'half a byte': [(kernel) => kernel.operations.allocateBytes(0.5), 'SIZE_OUT_OF_RANGE'],
    'no labels': [(kernel) => kernel.operations.allocateIndices(0), 'SIZE_OUT_OF_RANGE'],
    'a compressed batch of no samples': [
      (kernel) => kernel.operations.allocateCompressed(-3, 4),
      'SIZE_OUT_OF_RANGE',
    ],
    'a label that is no class': [
      ({ operations }) => {
        const [logits, labels] = [operations.allocate(6), operations.allocateIndices(2)];
        labels.values.set([0, 3]);
        operations.softmaxCrossEntropy(null, logits, labels, { samples: 2, classes: 3 });
      },
      'LABEL_OUT_OF_RANGE',
    ],
    'momentum without a velocity': [
      (kernel) => {
        const [p, g] = [kernel.operations.allocate(4), kernel.operations.allocate(4)];
        kernel.operations.sgd(p, g, null, 4, {
          learningRate: 0.1,
          momentum: 0.9,
          weightDecay: 0,
          nesterov: false,
        });
      },
      'STATE_MISSING',
    ],
    'samples = ddof': [(kernel) => kernel.covariance([1, 2], { samples: 1, units: 2 }), 'TOO_FEW_SAMPLES'],
    'an unknown layout': [
      (kernel) => kernel.covariance(x, { ...shape, layout: 'rows' as unknown as 'units-first' }),
      'UNKNOWN_LAYOUT',
    ],
    'an upstream of the wrong size': [(kernel) => kernel.covarianceVjp(x, x, shape), 'LENGTH_MISMATCH'],
    'a tangent of the wrong size': [
      (kernel) => kernel.covarianceJvp(x, x.slice(3), shape),
      'LENGTH_MISMATCH',
    ],
  };

  it.each(Object.keys(calls))('%s is one clear ShapeError', (name) => {
    const [call, code] = calls[name]!;
    for (const kernel of kernels) {
      try {
        call(kernel);
        expect.unreachable(`${kernel.variant} accepted ${name}`);
      } catch (error) {
        expect(error).toBeInstanceOf(ShapeError);
        expect((error as ShapeError).code).toBe(code);
        expect((error as ShapeError).message).toMatch(/^[\w-]+: .+\.$/);
      }
    }
  });

  it('a penalty on another number of activations is sent to the method that has it', () => {
    for (const kernel of kernels) {
      expect(() => kernel.penalty('barlow-twins' as 'decov', x, shape)).toThrow(
        /"barlow-twins"\. .*call crossPenalty\.$/,
      );
      expect(() => kernel.crossPenalty('decov' as 'barlow-twins', x, x, shape)).toThrow(
        /"decov"\. .*call penalty\.$/,
      );
    }
  });

  it('lengths that are refused leave the memory as it was', () => {
    for (const { operations } of kernels) {
      const before = operations.allocate(100);
      before.values.fill(7);
      for (const length of [-100, Number.NaN, 1.5, 0])
        expect(() => operations.allocate(length)).toThrow(ShapeError);
      operations.allocate(100);
      operations.allocate(100);
      expect(before.values.every((value) => value === 7)).toBe(true);
    }
  });

  it('an array of another kernel is refused, even of the same build', async () => {
    const others = await allKernels();
    kernels.forEach(({ operations }, index) => {
      for (const { operations: strangers } of [others[index]!, kernels[(index + 1) % kernels.length]!]) {
        // The reference has no memory of its own to protect.
        if (operations.variant === 'reference' && strangers.variant === 'reference') continue;
        const [own, foreign] = [operations.allocate(4), strangers.allocate(4)];
        for (const use of [() => operations.exp(own, foreign, 4), () => operations.exp(foreign, own, 4)])
          expect(use).toThrow(expect.objectContaining({ code: 'FOREIGN_ARRAY' }));
        strangers.free(foreign);
        operations.free(own);
      }
    });
  });

  it('bins that no memory holds are told from units that it does not hold', async () => {
    for (const kernel of await wasmKernels()) {
      const bins = 1e7;
      expect(() => kernel.penalty('mutual-information', x, { ...shape, bins })).toThrow(
        /^mutual-information: bins must .*got 10000000 for \d+ bytes\. Use fewer bins\.$/,
      );
      expect(() => kernel.prepare('mutual-information', { ...shape, bins })).toThrow(/Use fewer bins\.$/);
      expect(() => kernel.prepare('log-det', { samples: 1e6, units: 1e6 })).toThrow(/Use fewer units/);
    }
  });

  it('an array that no host has room for is a KernelError', () => {
    for (const { operations } of kernels) expect(() => operations.allocate(2 ** 50)).toThrow(KernelError);
  });

  it('a name that the modules have no number for is refused, with the names that they have', async () => {
    for (const { operations } of await wasmKernels()) {
      const a = operations.allocate(4);
      expect(() => operations.activationForward('selu' as 'relu', a, a, 4)).toThrow(
        'activationForward: the activation must be one of identity, relu, leaky-relu, tanh, sigmoid, elu, gelu, silu, softplus, got "selu".',
      );
      expect(() => operations.activationBackward('toString' as 'relu', a, a, a, 4)).toThrow(/got "toString"/);
      const sizes = { rows: 2, columns: 2, inner: 2 };
      expect(() => operations.gemm('TT' as 'NN', a, a, a, sizes)).toThrow(/form must be one of NN, NT, TN/);
      const call = { ...resolvePenalty('decov', { samples: 2, units: 2 }), id: 'constructor' };
      expect(() => operations.penalty(a, a, call)).toThrow(/got "constructor"/);
    }
  });
});
