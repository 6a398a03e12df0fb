/**
 * The gradients of every kind of layer through a network, against central differences: its parameters', and by those of a layer below
 * the gradient of its input, with and without a penalty on it. The kernels compute what the reference does.
 */
import { describe, expect, it, test } from 'vitest';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import type { LayerSettings } from '../../src/network/layer.ts';
import { LAYER_KINDS } from '../../src/network/layers.ts';
import { createNetwork, type Network, type NetworkOptions } from '../../src/network/network.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { EXAMPLES, type Example } from './layer-examples.ts';

const SAMPLES = 5;
const reference = createReferenceKernel();
const kernels = await allKernels();

function uniform(length: number, index: number): Float64Array {
  const next = uniformStream(9, 'check', index);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

/** Layers that the example stands between: some that train below it, so that it has to pass its gradient on, and an output above. */
function around({ layer, input }: Example, observed: Partial<LayerSettings>): LayerSettings[] {
  const below = input.length === 3 ? { conv2d: input[2], kernel_size: 1 } : { dense: input[0] };
  const all = [{ ...below, activation: 'tanh' }, { ...layer, ...observed }, { flatten: true }, { dense: 3 }];
  return all as LayerSettings[];
}

function optionsFor(example: Example, observed: Partial<LayerSettings>): NetworkOptions {
  return {
    inputShape: example.input,
    layers: around(example, observed),
    loss: 'squared-error',
    // One step of this rate takes the gradient off the parameters.
    optimizer: { type: 'sgd', learning_rate: 1 },
    penalty: { type: 'off-diagonal-squared', weight: 0.5 },
    seed: 4,
  };
}

const x = (example: Example): Float64Array =>
  uniform(SAMPLES * example.input.reduce((product, length) => product * length, 1), 1);
const y = uniform(SAMPLES * 3, 2);

/** The parameters as they are after `change`, their gradients, and the cost. */
function gradientsOf(network: Network, example: Example): Float64Array[] {
  const before = network.parameters.map(({ values }) => Float64Array.from(values));
  network.step(x(example), y);
  return network.parameters.map(({ values }, p) => before[p]!.map((value, i) => value - values[i]!));
}

/** The cost of one step with one parameter moved; a network of its own, so that masks and statistics are those of the first step. */
function costWith(
  options: NetworkOptions,
  example: Example,
  parameter: number,
  at: number,
  by: number,
): number {
  const network = createNetwork(reference, options);
  network.parameters[parameter]!.values[at]! += by;
  const { loss, penalty } = network.step(x(example), y);
  network.dispose();
  return loss + (options.penalty?.weight ?? 0) * penalty;
}

test('every kind of layer has an example', () => {
  expect(new Set(EXAMPLES.map(({ kind }) => kind))).toEqual(new Set(LAYER_KINDS.map(({ key }) => key)));
});

describe.each(EXAMPLES)('$kind: $name', (example) => {
  it.each([
    ['without a penalty', { penalized: false }],
    ['with a penalty on it', { penalized: true }],
  ])('has the gradients of central differences, %s', (_, observed) => {
    const options = optionsFor(example, observed);
    const network = createNetwork(reference, options);
    const gradients = gradientsOf(network, example);
    network.dispose();
    const step = 1e-5;
    const scale = Math.max(...gradients.flatMap((gradient) => [...gradient].map(Math.abs)));
    for (const [p, gradient] of gradients.entries()) {
      // A few of many: each takes two networks.
      const stride = Math.max(1, Math.floor(gradient.length / 6));
      for (let i = 0; i < gradient.length; i += stride) {
        const above = costWith(options, example, p, i, step);
        const below = costWith(options, example, p, i, -step);
        const error = Math.abs((above - below) / (2 * step) - gradient[i]!);
        expect(error, `${p}, ${i}`).toBeLessThanOrEqual(TOLERANCES.finiteDifference * Math.max(1, scale));
      }
    }
  });

  it('trains on every kernel as on the reference, and probes without a trace', () => {
    const options = {
      ...optionsFor(example, { penalized: true }),
      optimizer: { type: 'sgd', learning_rate: 0.1 } as const,
    };
    const expected = createNetwork(reference, options);
    for (let step = 0; step < 3; step++) expected.step(x(example), y);
    for (const kernel of kernels) {
      const network = createNetwork(kernel, options);
      for (const [p, parameter] of network.parameters.entries()) {
        const initial = createNetwork(reference, options);
        parameter.values = initial.parameters[p]!.values;
        initial.dispose();
      }
      const inputs = Float32Array.from(x(example));
      const source = { samples: SAMPLES, values: inputs, divisor: 1, targets: y };
      for (let step = 0; step < 3; step++) {
        network.load(source, null, 0, SAMPLES);
        const [probe] = network.probeLoaded();
        expect(probe?.layer).toBe(network.layers.findIndex(({ penalized }) => penalized));
        network.evaluateLoaded();
        network.stepLoaded();
      }
      const held = [...network.parameters, ...network.buffers];
      for (const [p, { values }] of [...expected.parameters, ...expected.buffers].entries()) {
        const largest = Math.max(1, ...values.map(Math.abs));
        for (let i = 0; i < values.length; i++) {
          const error = Math.abs(held[p]!.values[i]! - values[i]!);
          expect(error).toBeLessThanOrEqual(TOLERANCES.networks[kernel.precision] * largest);
        }
      }
      network.dispose();
    }
    expected.dispose();
  });
});
