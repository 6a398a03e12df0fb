/** Initial weights, and what acts on weights beside the loss. */
import { describe, expect, it } from 'vitest';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import type { LayerSettings } from '../../../src/network/layer.ts';
import { INITIALIZERS, type Initializer } from '../../../src/network/layers/initializers.ts';
import { createNetwork, type Network } from '../../../src/network/network.ts';
import { TOLERANCES } from '../../tolerances.ts';

const kernel = createReferenceKernel();

function networkOf(layers: readonly object[], inputShape: readonly number[] = [40]): Network {
  return createNetwork(kernel, {
    inputShape,
    layers: layers as LayerSettings[],
    loss: 'squared-error',
    optimizer: { type: 'sgd', learning_rate: 0.5 },
    seed: 8,
  });
}

function weightsOf(layer: object, inputShape?: readonly number[]): Float64Array {
  const network = networkOf([layer], inputShape);
  const values = Float64Array.from(network.parameters[0]!.values);
  network.dispose();
  return values;
}

/** Mean and variance, as far from what is expected as a share of their standard error. */
function expectMoments(values: Float64Array, variance: number, fourth: number): void {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const second = values.reduce((sum, value) => sum + value * value, 0) / n;
  expect(Math.abs(mean) / Math.sqrt(variance / n)).toBeLessThan(TOLERANCES.standardErrors);
  const error = Math.sqrt((fourth - variance * variance) / n);
  expect(Math.abs(second - variance) / error).toBeLessThan(TOLERANCES.standardErrors);
}

describe('initial weights', () => {
  /** Variances by the fans: 60 and 50 of a dense layer, 3·2·4 and 3·2·30 of a convolution. */
  const variances: Record<
    Exclude<Initializer, 'orthogonal' | 'zeros'>,
    (fans: [number, number]) => number
  > = {
    'he-uniform': ([fanIn]) => 2 / fanIn,
    'he-normal': ([fanIn]) => 2 / fanIn,
    'glorot-uniform': ([fanIn, fanOut]) => 2 / (fanIn + fanOut),
    'glorot-normal': ([fanIn, fanOut]) => 2 / (fanIn + fanOut),
  };

  it.each(Object.keys(variances) as (keyof typeof variances)[])('%s has the variance of its fans', (name) => {
    const cases = [
      { values: weightsOf({ dense: 50, initializer: name }, [60]), fans: [60, 50] as [number, number] },
      {
        values: weightsOf({ conv2d: 30, kernel_size: [3, 2], initializer: name }, [5, 5, 4]),
        fans: [24, 180] as [number, number],
      },
    ];
    for (const { values, fans } of cases) {
      const variance = variances[name](fans);
      // Of a uniform number; a normal one that is cut off at two deviations has less.
      const fourth = name.endsWith('uniform') ? 1.8 * variance ** 2 : 3 * variance ** 2;
      expectMoments(values, variance, fourth);
      const most = name.endsWith('uniform') ? Math.sqrt(3) : 2 / 0.879_625_661_034_239_78;
      for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(most * Math.sqrt(variance));
      if (name.endsWith('normal')) {
        // More in the middle than a uniform number has: 68.3 of 95.4 hundredths within one deviation of what is cut.
        const inner = values.filter(
          (value) => Math.abs(value) < Math.sqrt(variance) / 0.879_625_661_034_239_78,
        );
        const share = 0.682_689_5 / 0.954_499_7;
        const error = Math.sqrt((share * (1 - share)) / values.length);
        expect(Math.abs(inner.length / values.length - share) / error).toBeLessThan(
          TOLERANCES.standardErrors,
        );
      }
    }
  });

  it('the columns or the rows of orthogonal ones are orthonormal, of a window too', () => {
    for (const [values, rows, columns] of [
      [weightsOf({ dense: 9, initializer: 'orthogonal' }, [20]), 20, 9],
      [weightsOf({ dense: 20, initializer: 'orthogonal' }, [9]), 9, 20],
      [weightsOf({ dense: 7, initializer: 'orthogonal' }, [7]), 7, 7],
      [weightsOf({ conv2d: 5, kernel_size: 2, initializer: 'orthogonal' }, [4, 4, 3]), 12, 5],
    ] as const) {
      const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
      const at = (vector: number, k: number): number =>
        values[rows < columns ? vector * columns + k : k * columns + vector]!;
      for (let i = 0; i < count; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < length; k++) product += at(i, k) * at(j, k);
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(TOLERANCES.identity.f64);
        }
      }
    }
  });

  it('zeros are zeros, and leave the layers above what they draw beside any other initializer', () => {
    const above = INITIALIZERS.map((initializer) => {
      const network = networkOf([{ dense: 6, initializer }, { dense: 4 }]);
      const [first, , second] = network.parameters.map(({ values }) => [...values]);
      if (initializer === 'zeros') expect(first!.every((value) => value === 0)).toBe(true);
      network.dispose();
      return second!.join();
    });
    expect(new Set(above).size).toBe(1);
  });

  it('are the same bits as they were', () => {
    // Made once, by sums, products, quotients and square roots alone: another host must give them as well.
    const shown = INITIALIZERS.map((initializer) => weightsOf({ dense: 3, initializer }, [4])[5]);
    expect(shown).toEqual(EXPECTED);
  });
});

/** A weight by each, in the order of their list. */
const EXPECTED = [
  -0.7302659578583081, 0.27577276835630216, -0.5520291758369879, 0.2084646181241709, -0.0937194627750984, 0,
];

describe('what acts on weights', () => {
  const x = Float64Array.from({ length: 3 * 40 }, (_, i) => Math.sin(i * i));
  const y = new Float64Array(3 * 6);

  it('l1 and l2 add their gradients to the weights, not to the biases, and count neither as loss nor as penalty', () => {
    const [l1, l2] = [0.01, 0.02];
    const [plain, costly] = [networkOf([{ dense: 6 }]), networkOf([{ dense: 6, l1, l2 }])];
    const before = Float64Array.from(plain.parameters[0]!.values);
    expect(costly.step(x, y)).toEqual(plain.step(x, y));
    const [weights, biases] = [0, 1].map((p) => [plain.parameters[p]!.values, costly.parameters[p]!.values]);
    expect(biases![1]).toEqual(biases![0]);
    for (const [i, w] of before.entries()) {
      const expected = weights![0]![i]! - 0.5 * (l1 * Math.sign(w) + 2 * l2 * w);
      expect(Math.abs(weights![1]![i]! - expected)).toBeLessThan(TOLERANCES.identity.f64);
    }
    plain.dispose();
    costly.dispose();
  });

  it('max_norm holds the norm of the weights into each unit after every step, of a window too', () => {
    for (const [layers, inputShape, rows, units] of [
      [[{ dense: 6, max_norm: 0.7 }], [40], 40, 6],
      [[{ conv2d: 5, kernel_size: 3, max_norm: 0.7 }, { flatten: true }, { dense: 6 }], [5, 4, 2], 18, 5],
    ] as const) {
      const network = networkOf(layers, inputShape);
      for (let step = 0; step < 2; step++) {
        network.step(
          x,
          Float64Array.from(y, () => 30),
        );
        const { values } = network.parameters[0]!;
        const norms = Array.from({ length: units }, (_, unit) =>
          Math.hypot(...Array.from({ length: rows }, (__, row) => values[row * units + unit]!)),
        );
        for (const norm of norms) expect(norm).toBeLessThan(0.7 * (1 + TOLERANCES.identity.f64));
        expect(Math.max(...norms)).toBeGreaterThan(0.7 * (1 - TOLERANCES.identity.f64));
      }
      network.dispose();
    }
  });
});
