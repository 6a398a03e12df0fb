/**
 * One suite over every implementation: the reference and both builds give the same answers for every operation, at
 * sizes that hit every remainder of tiles and vectors, and write nothing outside their outputs.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nonZerosOf } from '../../src/data/non-zeros.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { type Kernel, resolvePenalty } from '../../src/kernel/kernel.ts';
import type { GemmForm, KernelArray, Operations } from '../../src/kernel/operations.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';
import { compareAll, expectClose, kernels, numberSource, reference, SIZES } from './agreement.ts';
import { guarded as run } from './guarded.ts';

/** Sizes past the blocks of the products (128 rows, 512 columns, 256 terms). */
const LARGE = [
  [130, 9, 7],
  [5, 515, 3],
  [9, 11, 300],
  [129, 520, 257],
] as const;
const numbers = numberSource();

describe('products', () => {
  const check = (form: GemmForm, rows: number, columns: number, inner: number, beta: 0 | 1): void => {
    const a = numbers(rows * inner);
    const b = numbers(inner * columns);
    compareAll(
      `gemm ${form} ${rows}x${columns}x${inner} beta ${beta}`,
      [rows * columns],
      [a, b],
      (operations, [c], [left, right]) =>
        operations.gemm(form, c!, left!, right!, { rows, columns, inner, alpha: 0.75, beta }),
      0.5,
    );
  };

  it.each(['NN', 'NT', 'TN'] as const)('gemm %s is right at every remainder, storing and adding', (form) => {
    for (const rows of SIZES) {
      for (const columns of SIZES) for (const inner of [1, 4, 5, 17]) check(form, rows, columns, inner, 0);
      check(form, rows, 9, 33, 1);
    }
  });

  it.each(['NN', 'NT', 'TN'] as const)('gemm %s is right past the blocks', (form) => {
    for (const [rows, columns, inner] of LARGE) {
      check(form, rows, columns, inner, 0);
      check(form, rows, columns, inner, 1);
    }
  });

  it.each(['N', 'T'] as const)('syrk %s gives the whole symmetric product', (form) => {
    for (const [order, inner] of [
      ...SIZES.flatMap((m) => [1, 5, 16].map((k) => [m, k] as const)),
      [531, 9],
      [140, 270],
    ] as const) {
      const a = numbers(order * inner);
      compareAll(`syrk ${form} ${order} ${inner}`, [order * order], [a], (operations, [c], [input]) =>
        operations.syrk(form, c!, input!, { order, inner, alpha: 1.5 }),
      );
      for (const kernel of kernels) {
        const [c] = run(kernel, [order * order], [a], (operations, [out], [input]) =>
          operations.syrk(form, out!, input!, { order, inner }),
        );
        for (let i = 0; i < order; i++)
          for (let j = 0; j < i; j++)
            if (c![i * order + j] !== c![j * order + i]) throw new Error(`not symmetric at ${i}, ${j}`);
      }
    }
  });
});

describe('covariances', () => {
  const shapes = SIZES.flatMap((samples) => SIZES.map((units) => [samples, units] as const)).filter(
    ([n]) => n > 1,
  );

  it('center subtracts the column means, in place too', () => {
    for (const [samples, units] of shapes) {
      const x = numbers(samples * units).map((value) => Math.fround(value + 3));
      compareAll(`center ${samples}x${units}`, [x.length], [x], (operations, [out], [input]) =>
        operations.center(out!, input!, samples, units),
      );
      compareAll(`center in place ${samples}x${units}`, [x.length], [x], (operations, [out], [input]) => {
        out!.values.set(input!.values);
        operations.center(out!, out!, samples, units);
      });
    }
  });

  it('a constant column is centred to exact zeros', () => {
    // 1/49, 1/98 and 1/103 are rounded so that a mean of equal numbers is not one of them; 0.1 is a full number of float64.
    for (const [samples, units] of [
      [7, 19],
      [49, 3],
      [98, 37],
      [103, 8],
    ] as const) {
      const x = new Float64Array(samples * units).fill(0.1);
      for (const kernel of kernels) {
        const array = kernel.operations.allocate(x.length);
        array.values.set(x);
        kernel.operations.center(array, array, samples, units);
        expect(array.values.every((value) => value === 0)).toBe(true);
        array.values.set(x);
        const c = kernel.operations.covarianceFloat64(array, samples, units);
        expect(c.every((value) => value === 0)).toBe(true);
        kernel.operations.free(array);
      }
    }
  });

  it('covariance, its VJP and its JVP agree, centred or not, for both divisors', () => {
    for (const [samples, units] of [...shapes, [40, 150], [150, 40]] as const) {
      for (const centered of [true, false]) {
        const shape = { samples, units, centered, ddof: units % 2 };
        const x = numbers(samples * units);
        const t = numbers(samples * units);
        const g = numbers(units * units);
        const where = `${samples}x${units} centred ${centered}`;
        compareAll(`covariance ${where}`, [units * units], [x], (operations, [c], [input]) =>
          operations.covariance(c!, input!, shape),
        );
        compareAll(`VJP ${where}`, [samples * units], [x, g], (operations, [dx], [input, upstream]) =>
          operations.covarianceVjp(dx!, input!, upstream!, shape),
        );
        compareAll(`JVP ${where}`, [units * units], [x, t], (operations, [dc], [input, tangent]) =>
          operations.covarianceJvp(dc!, input!, tangent!, shape),
        );
      }
    }
  });

  it('⟨G, JVP(T)⟩ = ⟨VJP(G), T⟩: the adjoint identity', () => {
    for (const kernel of kernels) {
      for (const [samples, units] of [
        [9, 17],
        [33, 8],
        [64, 65],
      ] as const) {
        const shape = { samples, units, centered: true, ddof: 1 };
        const [x, t, g] = [numbers(samples * units), numbers(samples * units), numbers(units * units)];
        const jvp = kernel.covarianceJvp(x, t, shape);
        const vjp = kernel.covarianceVjp(x, g, shape);
        const dot = (a: ArrayLike<number>, b: ArrayLike<number>): [number, number] => {
          let sum = 0;
          let size = 0;
          for (let i = 0; i < a.length; i++) {
            sum += a[i]! * b[i]!;
            size += Math.abs(a[i]! * b[i]!);
          }
          return [sum, size];
        };
        const [left, size] = dot(g, jvp);
        const [right] = dot(vjp, t);
        expect(Math.abs(left - right)).toBeLessThanOrEqual(TOLERANCES.operation[kernel.precision] * size);
      }
    }
  });

  it('covarianceFloat64 is exact to float64 in every kernel, blocks and remainders included', () => {
    for (const [samples, units] of [
      ...shapes.filter(([, m]) => m % 4 !== 0),
      [300, 18],
      [257, 33],
    ] as const) {
      const x = numbers(samples * units).map((value) => Math.fround(20 + value));
      const results = [reference, ...kernels].map(({ operations }) => {
        const array = operations.allocate(x.length);
        array.values.set(x);
        const c = operations.covarianceFloat64(array, samples, units);
        operations.free(array);
        return c;
      });
      for (const c of results) expectClose(c, results[0]!, TOLERANCES.identity.f64, `${samples}x${units}`);
    }
  });
});

describe('penalties', () => {
  it.each(PENALTIES)('$id agrees at every size, with a weight, storing and adding', ({ id, family }) => {
    const shapes = SIZES.filter((n) => n > 1).flatMap((n) => SIZES.map((m) => [n, m] as const));
    for (const [samples, units] of [...shapes, [40, 150], [150, 40], [1, 5]] as const) {
      for (const centered of samples === 1 ? [false] : [true, false]) {
        // Zeros as after a relu; all of one sign so that no covariance sits at the kink of an absolute value.
        const x = numbers(samples * units, 0.3).map((value, index) => value * value + (index % units) / 64);
        const exact = x.map(Math.fround);
        const options = { samples, units, centered, ddof: samples === 1 ? 0 : 1 };
        const call = { ...resolvePenalty(id, options), weight: 0.25 };
        for (const accumulate of [false, true]) {
          const values: number[] = [];
          const gradients = [reference, ...kernels].map((kernel) => {
            const [gradient] = run(
              kernel,
              [x.length],
              [exact],
              (operations, [out], [input]) => {
                values.push(operations.penalty(out!, input!, { ...call, accumulate }));
              },
              accumulate ? 0 : 77,
            );
            return gradient!;
          });
          kernels.forEach((kernel, index) => {
            const where = `${kernel.variant} ${id} ${samples}x${units} centred ${centered} add ${accumulate}`;
            const { precision } = kernel;
            const tolerance = TOLERANCES.penalty[precision];
            // Where everything cancels the tolerance is taken of the numbers whose share of it is rounding.
            const nothing = TOLERANCES.cancelled / tolerance;
            expectClose([values[index + 1]!], [values[0]!], tolerance, `value ${where}`, nothing);
            if (isAtKink(kernel, id, exact, options)) return;
            // One or two samples: every correlation is ±1, and a gradient that knows no scale cancels down to its ε part.
            const isEpsilonPart = samples <= 2 && (centered || family !== 'covariance');
            const bound = isEpsilonPart ? TOLERANCES.epsilonPart[precision] : tolerance;
            const rest = isEpsilonPart ? TOLERANCES.cancelledToEpsilonPart[precision] / bound : nothing;
            expectClose(gradients[index + 1]!, gradients[0]!, bound, where, rest);
          });
        }
      }
    }
  });

  it('adding leaves what was there: gradient(b) = b + gradient(0)', () => {
    const x = numbers(9 * 14);
    for (const kernel of kernels) {
      for (const { id } of PENALTIES) {
        const call = resolvePenalty(id, { samples: 9, units: 14 });
        const [plain] = run(kernel, [x.length], [x], (operations, [out], [input]) => {
          operations.penalty(out!, input!, call);
        });
        const [added] = run(
          kernel,
          [x.length],
          [x],
          (operations, [out], [input]) => {
            operations.penalty(out!, input!, { ...call, accumulate: true });
          },
          2,
        );
        expectClose(
          added!,
          plain!.map((entry) => entry + 2),
          TOLERANCES.operation[kernel.precision],
          `${kernel.variant} ${id}`,
        );
      }
    }
  });
});

describe('signs by tables', () => {
  /** Rectified, so that many pairs of units are never active together, and centred or not. */
  it.each([0.1, 0.5, 0.9, 0.995])(
    'mean-abs agrees where a share of %d of the activations is zero',
    (zeros) => {
      for (const [samples, units] of [
        [20, 96],
        [33, 131],
        [7, 260],
      ] as const) {
        for (const centered of [false, true]) {
          const x = numbers(samples * units, zeros).map((value, index) => (index % units === 5 ? 0 : value));
          const call = {
            ...resolvePenalty('mean-abs', { samples, units, centered }),
            weight: 0.5,
            accumulate: true,
          };
          const results = [reference, ...kernels].map((kernel) => {
            let value = 0;
            const [gradient] = run(kernel, [x.length], [x], (operations, [out], [input]) => {
              value = operations.penalty(out!, input!, call);
            });
            return { value, gradient: gradient! };
          });
          kernels.forEach((kernel, index) => {
            const where = `${kernel.variant} ${kernel.precision} ${samples}x${units} centred ${centered}`;
            const tolerance = TOLERANCES.penalty[kernel.precision];
            expectClose([results[index + 1]!.value], [results[0]!.value], tolerance, where);
            if (isAtKink(kernel, 'mean-abs', x, { samples, units, centered, ddof: 1 })) return;
            expectClose(results[index + 1]!.gradient, results[0]!.gradient, tolerance, where);
          });
        }
      }
    },
  );
});

/** Whether rounding can flip the sign of a covariance: there the gradient of an absolute value has no single answer. */
function isAtKink(
  kernel: Kernel,
  id: string,
  x: Float64Array,
  options: { samples: number; units: number; centered: boolean; ddof: number },
): boolean {
  if (kernel.precision === 'f64' || (id !== 'mean-abs' && id !== 'smooth-abs')) return false;
  const c = Array.from(reference.covariance(x, options));
  const largest = c.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  return c.some((entry) => entry !== 0 && Math.abs(entry) < 1e-5 * largest);
}

describe('layers', () => {
  it('dense forward and backward agree at every remainder', () => {
    for (const samples of [1, 3, 8, 17]) {
      for (const inputs of SIZES) {
        for (const units of SIZES) {
          const shape = { samples, inputs, units };
          const x = numbers(samples * inputs);
          const w = numbers(inputs * units);
          const b = numbers(units);
          const dz = numbers(samples * units);
          compareAll(
            `dense forward ${JSON.stringify(shape)}`,
            [samples * units],
            [x, w, b],
            (operations, [z], [i, j, k]) => operations.denseForward(z!, i!, j!, k!, shape),
          );
          compareAll(
            `dense backward ${JSON.stringify(shape)}`,
            [inputs * units, units, samples * inputs],
            [dz, x, w],
            (operations, [dw, db, dx], [i, j, k]) =>
              operations.denseBackward(dw!, db!, dx!, i!, j!, k!, shape),
          );
          compareAll(
            `dense backward without dx ${JSON.stringify(shape)}`,
            [inputs * units, units],
            [dz, x, w],
            (operations, [dw, db], [i, j, k]) => operations.denseBackward(dw!, db!, null, i!, j!, k!, shape),
          );
        }
      }
    }
  });

  it('products over the non-zeros agree with the dense ones', () => {
    for (const { operations } of [reference, ...kernels]) {
      const tolerance = TOLERANCES.operation[operations.precision];
      for (const [samples, inputs] of [
        [1, 1],
        [3, 15],
        [5, 16],
        [8, 33],
        [17, 100],
      ] as const) {
        const next = uniformStream(samples, 'check', inputs);
        const pixels = Array.from({ length: samples * inputs }, () =>
          next() < 0.8 ? 0 : Math.floor(256 * next()),
        );
        pixels[0] = 0;
        const bytes = operations.allocateBytes(pixels.length);
        bytes.values.set(pixels);
        const batch = operations.allocateCompressed(samples, inputs);
        expect(operations.compress(batch, bytes, samples, inputs, 255)).toBe(
          pixels.filter((pixel) => pixel !== 0).length <= 0.4 * pixels.length,
        );
        if (!operations.compress(batch, bytes, samples, inputs, 255)) continue;
        const x = operations.allocate(pixels.length);
        operations.scaleBytes(x, bytes, pixels.length, 255);
        for (const units of [1, 3, 4, 8, 9, 24, 25, 33, 61]) {
          const shape = { samples, inputs, units };
          const [w, b, dz] = [inputs * units, units, samples * units].map((length) => {
            const array = operations.allocate(length);
            array.values.set(numbers(length));
            return array;
          });
          const outputs = [samples * units, inputs * units, units];
          const [z, dw, db] = outputs.map((length) => operations.allocate(length));
          const [z2, dw2, db2] = outputs.map((length) => operations.allocate(length));
          operations.denseForward(z!, x, w!, b!, shape);
          operations.sparseForward(z2!, batch, w!, b!, shape);
          operations.denseBackward(dw!, db!, null, dz!, x, w!, shape);
          operations.sparseBackward(dw2!, db2!, dz!, batch, shape);
          const where = `${operations.variant} ${JSON.stringify(shape)}`;
          expectClose(z2!.values, z!.values, tolerance, where, 1);
          expectClose(dw2!.values, dw!.values, tolerance, where, 1);
          expectClose(db2!.values, db!.values, tolerance, where, 1);
          for (const array of [w, b, dz, z, dw, db, z2, dw2, db2]) operations.free(array!);
        }
        for (const array of [bytes, batch, x]) operations.free(array);
      }
    }
  });

  it('a batch of kept non-zeros is the one that its bytes give', () => {
    const next = uniformStream(13, 'check', 0);
    for (const { operations } of kernels) {
      for (const [samples, inputs] of [
        [1, 1],
        [3, 5],
        [9, 33],
        [16, 784],
        [2, 65_535],
      ] as const) {
        const pixels = Uint8Array.from({ length: samples * inputs }, () =>
          next() < 0.8 ? 0 : Math.floor(256 * next()),
        );
        // One sample without any, and one of which the last is other than zero.
        pixels.fill(0, 0, inputs);
        if (samples > 1) pixels[samples * inputs - 1] = 255;
        const values = new Uint8Array(new SharedArrayBuffer(pixels.length));
        values.set(pixels);
        const { rows } = nonZerosOf({ samples, values, divisor: 255, targets: null }, inputs, 1)!;
        const kept = operations.allocateBytes(rows.byteLength);
        kept.values.set(new Uint8Array(rows.buffer, 0, rows.byteLength));
        const bytes = operations.allocateBytes(pixels.length);
        bytes.values.set(pixels);
        const [one, other] = [0, 1].map(() => operations.allocateCompressed(samples, inputs));
        expect(operations.compressRows(one!, kept, rows.byteLength, samples, inputs, 255)).toBe(true);
        expect(operations.compress(other!, bytes, samples, inputs, 255)).toBe(true);
        const shape = { samples, inputs, units: 3 };
        const [w, b, z, z2, dw, dw2, db] = [
          inputs * 3,
          3,
          samples * 3,
          samples * 3,
          inputs * 3,
          inputs * 3,
          3,
        ].map((length) => operations.allocate(length));
        for (const array of [w, b]) array!.values.set(Array.from(array!.values, () => next() - 0.5));
        operations.sparseForward(z!, one!, w!, b!, shape);
        operations.sparseForward(z2!, other!, w!, b!, shape);
        expect([...z!.values]).toEqual([...z2!.values]);
        operations.sparseBackward(dw!, db!, z!, one!, shape);
        operations.sparseBackward(dw2!, db!, z!, other!, shape);
        expect(Buffer.from(dw!.values.slice().buffer).equals(Buffer.from(dw2!.values.slice().buffer))).toBe(
          true,
        );
        for (const array of [kept, bytes, one, other, w, b, z, z2, dw, dw2, db]) operations.free(array!);
      }
    }
  });

  it('kept non-zeros that are too many are not compressed, and malformed ones are refused', () => {
    const few = [1, 0, 9, 0, 7, 0, 0, 0];
    const full = [3, 0, 0, 0, 1, 0, 2, 0, 7, 7, 7, 0];
    for (const { operations } of kernels) {
      const compress = (content: number[], length = content.length) => {
        const rows = operations.allocateBytes(content.length);
        rows.values.set(content);
        return operations.compressRows(operations.allocateCompressed(2, 10), rows, length, 2, 10, 1);
      };
      expect(compress([...few, ...few])).toBe(true);
      expect(compress([...full, ...full, 0, 0, 0, 0])).toBe(true);
      expect(compress([5, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 1, 1, 1, 1, 1, 0, 0, 0, ...few, ...few])).toBe(
        true,
      );
      const half = [5, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 1, 1, 1, 1, 1, 0, 0, 0];
      expect(compress([...half, ...half])).toBe(false);
      for (const wrong of [
        few,
        few.slice(0, 1),
        [1, 0, 10, 0, 7, 0, 0, 0, ...few],
        [11, 0, ...full, ...full],
      ]) {
        expect(() => compress(wrong)).toThrow('kept rows counts, offsets and bytes');
      }
      expect(() => compress(few, 9)).toThrow('rows');
    }
  });

  it('a batch with too few zeros is not compressed', () => {
    for (const { operations } of [reference, ...kernels]) {
      const bytes = operations.allocateBytes(64);
      bytes.values.fill(1, 0, 26);
      expect(operations.compress(operations.allocateCompressed(2, 32), bytes, 2, 32, 1)).toBe(false);
      bytes.values.fill(0, 25);
      expect(operations.compress(operations.allocateCompressed(2, 32), bytes, 2, 32, 1)).toBe(true);
    }
  });

  it('softmax cross-entropy agrees: loss, right answers, gradient; large logits do not overflow', () => {
    for (const samples of [1, 5, 16]) {
      for (const classes of [...SIZES, 100]) {
        for (const scale of [1, 300]) {
          const logits = numbers(samples * classes).map((value) => Math.fround(value * scale));
          const labels = Array.from({ length: samples }, (_, i) => (i * 7) % classes);
          const results: { loss: number; correct: number }[] = [];
          const gradients = [reference, ...kernels].map((kernel) => {
            const indices = kernel.operations.allocateIndices(samples);
            indices.values.set(labels);
            const [gradient] = run(kernel, [logits.length], [logits], (operations, [out], [input]) => {
              results.push(operations.softmaxCrossEntropy(out!, input!, indices, { samples, classes }));
              const alone = operations.softmaxCrossEntropy(null, input!, indices, { samples, classes });
              expect(alone).toEqual(results.at(-1));
            });
            kernel.operations.free(indices);
            return gradient!;
          });
          kernels.forEach((kernel, index) => {
            const where = `${kernel.variant} ${samples}x${classes} scale ${scale}`;
            expectClose(
              [results[index + 1]!.loss],
              [results[0]!.loss],
              TOLERANCES.operation[kernel.precision],
              where,
              1,
            );
            expect(results[index + 1]!.correct).toBe(results[0]!.correct);
            expectClose(
              gradients[index + 1]!,
              gradients[0]!,
              TOLERANCES.operation[kernel.precision],
              where,
              1,
            );
          });
        }
      }
    }
  });

  it('the lowest index wins a tie of logits', () => {
    for (const { operations } of [reference, ...kernels]) {
      const logits = operations.allocate(6);
      logits.values.set([1, 2, 2, 3, 3, 1]);
      const labels = operations.allocateIndices(2);
      const right = (given: readonly number[]): number => {
        labels.values.set(given);
        return operations.softmaxCrossEntropy(null, logits, labels, { samples: 2, classes: 3 }).correct;
      };
      expect([right([1, 0]), right([2, 1])]).toEqual([2, 0]);
      operations.free(logits);
      operations.free(labels);
    }
  });

  it('squared error agrees', () => {
    for (const count of [...SIZES, 999]) {
      const [outputs, targets] = [numbers(count), numbers(count)];
      const losses: number[] = [];
      compareAll(`squared error ${count}`, [count], [outputs, targets], (operations, [gradient], [o, t]) => {
        losses.push(operations.squaredError(gradient!, o!, t!, count));
        expect(operations.squaredError(null, o!, t!, count)).toBe(losses.at(-1));
      });
      for (const loss of losses) expectClose([loss], [losses[0]!], TOLERANCES.operation.f32, `loss ${count}`);
    }
  });
});

/** Entries of a loss: an input, its target or delta, the loss and its gradient. */
type Entry = readonly [input: number, other: number, loss: number, gradient: number];

const LOSS_ENTRIES = JSON.parse(
  readFileSync(new URL('../reference/losses.json', import.meta.url), 'utf8'),
) as Record<'binary-cross-entropy' | 'huber', Entry[]>;

describe('losses of numbers', () => {
  it('binary cross-entropy and Huber loss agree at every remainder, with and without gradient', () => {
    for (const count of [...SIZES, 999]) {
      const [outputs, distances] = [numbers(count).map((z) => 16 * z), numbers(count)];
      const targets = distances.map((y) => Math.fround((y + 1) / 2));
      const cases = {
        'binary cross-entropy': (operations: Operations, out: KernelArray | null, [z, y]: KernelArray[]) =>
          operations.binaryCrossEntropy(out, z!, y!, count),
        huber: (operations: Operations, out: KernelArray | null, [z, y]: KernelArray[]) =>
          operations.huber(out, z!, y!, count, 0.75),
      };
      for (const [name, lossOf] of Object.entries(cases)) {
        const losses: number[] = [];
        compareAll(`${name} ${count}`, [count], [outputs, targets], (operations, [gradient], inputs) => {
          losses.push(lossOf(operations, gradient!, inputs));
          expect(lossOf(operations, null, inputs)).toBe(losses.at(-1));
        });
        for (const loss of losses) {
          expectClose([loss], [losses[0]!], TOLERANCES.operation.f32, `${name} ${count}`);
        }
      }
    }
  });

  it('the gradient may take the place of the outputs', () => {
    for (const { operations } of [reference, ...kernels]) {
      const [outputs, targets] = [operations.allocate(7), operations.allocate(7)];
      const apart = operations.allocate(7);
      targets.values.fill(0.5);
      for (const lossOf of [
        (gradient: KernelArray) => operations.binaryCrossEntropy(gradient, outputs, targets, 7),
        (gradient: KernelArray) => operations.huber(gradient, outputs, targets, 7, 1),
      ]) {
        outputs.values.set([-3, -1, -0.5, 0, 0.5, 1, 3]);
        lossOf(apart);
        lossOf(outputs);
        expect(Array.from(outputs.values)).toEqual(Array.from(apart.values));
      }
      for (const array of [outputs, targets, apart]) operations.free(array);
    }
  });

  it('each entry is what its definition gives in 50 digits, and their mean the mean', () => {
    for (const kernel of [reference, ...kernels]) {
      const { operations, precision } = kernel;
      const tolerance = TOLERANCES.operation[precision];
      const [z, y, gradient] = [operations.allocate(200), operations.allocate(200), operations.allocate(200)];
      const where = (name: string, entry: Entry): string => `${kernel.variant} ${precision} ${name} ${entry}`;
      const logistic = LOSS_ENTRIES['binary-cross-entropy'];
      for (const entry of logistic) {
        z.values[0] = entry[0];
        y.values[0] = entry[1];
        const loss = operations.binaryCrossEntropy(gradient, z, y, 1);
        // Relative to the loss itself, down to what float32 holds.
        expectClose([loss], [entry[2]], tolerance, where('loss', entry), 2 ** -126 / tolerance);
        expectClose([gradient.values[0]!], [entry[3]], tolerance, where('gradient', entry), 1);
      }
      z.values.set(logistic.map(([logit]) => logit));
      y.values.set(logistic.map(([, target]) => target));
      const mean = logistic.reduce((sum, [, , loss]) => sum + loss, 0) / logistic.length;
      const loss = operations.binaryCrossEntropy(null, z, y, logistic.length);
      expectClose([loss], [mean], tolerance, `${kernel.variant} ${precision} mean`);
      y.values[0] = 0;
      for (const entry of LOSS_ENTRIES.huber) {
        z.values[0] = entry[0];
        const huber = operations.huber(gradient, z, y, 1, entry[1]);
        expectClose([huber], [entry[2]], tolerance, where('huber', entry));
        expectClose([gradient.values[0]!], [entry[3]], tolerance, where('huber gradient', entry));
      }
      for (const array of [z, y, gradient]) operations.free(array);
    }
  });

  it('a NaN among the outputs is one of the loss', () => {
    for (const { operations } of [reference, ...kernels]) {
      const [outputs, targets, gradient] = [1, 2, 3].map(() => operations.allocate(5));
      outputs!.values[3] = Number.NaN;
      expect(operations.binaryCrossEntropy(gradient!, outputs!, targets!, 5)).toBeNaN();
      expect(Array.from(gradient!.values, Number.isNaN)).toEqual([false, false, false, true, false]);
      expect(operations.huber(gradient!, outputs!, targets!, 5, 1)).toBeNaN();
      expect(Array.from(gradient!.values, Number.isNaN)).toEqual([false, false, false, true, false]);
      for (const array of [outputs, targets, gradient]) operations.free(array!);
    }
  });

  it('a delta that is not above 0 in the precision of the kernel is refused', () => {
    for (const { operations, precision } of [reference, ...kernels]) {
      const [outputs, targets] = [operations.allocate(1), operations.allocate(1)];
      const tooSmall = precision === 'f32' ? 1e-50 : 0;
      for (const delta of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, tooSmall]) {
        expect(() => operations.huber(null, outputs, targets, 1, delta)).toThrow(
          `huber: delta must be a number above 0, got ${delta}.`,
        );
      }
      for (const array of [outputs, targets]) operations.free(array);
    }
  });
});

describe('optimizers', () => {
  it.each([
    { momentum: 0, weightDecay: 0, nesterov: false },
    { momentum: 0.9, weightDecay: 0.01, nesterov: false },
    { momentum: 0.8, weightDecay: 0.1, nesterov: true },
  ])('sgd %o takes the same step', (settings) => {
    for (const count of SIZES) {
      const [p, g, v] = [numbers(count), numbers(count), numbers(count)];
      compareAll(
        `sgd ${count}`,
        [count, count],
        [p, g, v],
        (operations, [parameters, velocity], [from, gradients, before]) => {
          parameters!.values.set(from!.values);
          velocity!.values.set(before!.values);
          operations.sgd(parameters!, gradients!, settings.momentum === 0 ? null : velocity!, count, {
            learningRate: 0.1,
            ...settings,
          });
        },
      );
    }
  });

  it.each([false, true])('adam, decoupled weight decay %s, takes the same step', (decoupled) => {
    for (const count of SIZES) {
      const [p, g, m] = [numbers(count), numbers(count), numbers(count)];
      const v = numbers(count).map((value) => Math.fround(value * value));
      compareAll(
        `adam ${count}`,
        [count, count, count],
        [p, g, m, v],
        (operations, [parameters, first, second], inputs) => {
          parameters!.values.set(inputs[0]!.values);
          first!.values.set(inputs[2]!.values);
          second!.values.set(inputs[3]!.values);
          operations.adam(parameters!, inputs[1]!, first!, second!, count, {
            learningRate: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weightDecay: 0.05,
            decoupled,
            correction1: 1 - 0.9 ** 3,
            correction2: 1 - 0.999 ** 3,
          });
        },
      );
    }
  });
});

describe('elementary functions', () => {
  const cases = {
    exp: { from: -110, to: 95 },
    log: { from: 1e-30, to: 1e30 },
    tanh: { from: -12, to: 12 },
    sigmoid: { from: -87, to: 20 },
  } as const;
  const truths = {
    exp: Math.exp,
    log: Math.log,
    tanh: Math.tanh,
    sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  };

  it.each(['exp', 'log', 'tanh', 'sigmoid'] as const)('%s is within its stated error', (name) => {
    const count = 40_001;
    const { from, to } = cases[name];
    const x = Float64Array.from({ length: count }, (_, i) => {
      const share = i / (count - 1);
      return Math.fround(name === 'log' ? from * (to / from) ** share : from + share * (to - from));
    });
    for (const kernel of kernels.filter(({ precision }) => precision === 'f32')) {
      const [y] = run(kernel, [count], [x], (operations, [out], [input]) =>
        name === 'sigmoid'
          ? operations.activationForward(name, out!, input!, count)
          : operations[name](out!, input!, count),
      );
      let worst = 0;
      x.forEach((value, index) => {
        const truth = truths[name](value);
        if (Math.fround(truth) === y![index]) return;
        const ulp = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(truth)))) - 23);
        worst = Math.max(worst, Math.abs(y![index]! - truth) / ulp);
      });
      expect(worst).toBeLessThanOrEqual(TOLERANCES.ulp[name]);
    }
  });

  it('limits and NaN come out as IEEE arithmetic has them', () => {
    for (const kernel of kernels) {
      const of = (name: 'exp' | 'log' | 'tanh', x: number[]): number[] =>
        Array.from(
          run(kernel, [x.length], [x], (operations, [out], [input]) =>
            operations[name](out!, input!, x.length),
          )[0]!,
        );
      const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
      expect(of('exp', [infinity, -infinity, nan, 0])).toEqual([infinity, 0, nan, 1]);
      expect(of('log', [infinity, 0, nan, -1, 1])).toEqual([infinity, -infinity, nan, nan, 0]);
      expect(of('tanh', [infinity, -infinity, nan, 0])).toEqual([1, -1, nan, 0]);
    }
  });
});

describe('bytes', () => {
  it('are divided with one rounding', () => {
    for (const { operations } of kernels) {
      const count = 259;
      const bytes = operations.allocateBytes(count);
      bytes.values.set(Array.from({ length: count }, (_, i) => i % 256));
      const out = operations.allocate(count);
      operations.scaleBytes(out, bytes, count, 255);
      const round = operations.precision === 'f32' ? Math.fround : (value: number) => value;
      expect(Array.from(out.values)).toEqual(Array.from({ length: count }, (_, i) => round((i % 256) / 255)));
      operations.free(bytes);
      operations.free(out);
    }
  });
});
