/** Networks of many kinds of layers on every kernel: trajectories of an independent implementation. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LayerSettings } from '../../src/network/layer.ts';
import { createNetwork, type NetworkOptions } from '../../src/network/network.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

interface Trajectory extends Pick<NetworkOptions, 'loss' | 'optimizer' | 'batch'> {
  readonly name: string;
  readonly input_shape: readonly number[];
  readonly layers: readonly LayerSettings[];
  readonly penalty: NonNullable<NetworkOptions['penalty']>;
  readonly initial: readonly (readonly number[])[];
  readonly batches: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[];
  /** Before the step of each batch. */
  readonly expected: readonly { readonly loss: number; readonly penalty: number }[];
  readonly final: readonly (readonly number[])[];
  /** Mean and variance of each batch normalisation. */
  readonly moving: readonly (readonly number[])[];
  readonly probe: readonly number[];
  /** What the trained network answers to the probe. */
  readonly output: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../reference/networks.json', import.meta.url), 'utf8'),
) as { cases: readonly Trajectory[] };

const kernels = await allKernels();

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= largest)) largest = error;
  }
  expect(largest).toBeLessThanOrEqual(tolerance);
}

for (const kernel of kernels) {
  describe(`on the ${kernel.variant} ${kernel.precision} kernel`, () => {
    const tolerance = TOLERANCES.networks[kernel.precision];

    it.each(cases)('the trajectory is reproduced: $name', (trajectory) => {
      const { input_shape: inputShape, layers, loss, optimizer, penalty, batch } = trajectory;
      const network = createNetwork(kernel, {
        inputShape,
        layers,
        loss,
        optimizer,
        penalty,
        batch: batch!,
      });
      for (const [i, parameter] of network.parameters.entries()) parameter.values = trajectory.initial[i]!;
      for (const [i, { x, y }] of trajectory.batches.entries()) {
        const result = network.step(x, y);
        const expected = trajectory.expected[i]!;
        expectClose([result.loss, result.penalty], [expected.loss, expected.penalty], tolerance);
      }
      const values = (held: typeof network.parameters) => held.map((each) => [...each.values]);
      expect(values(network.parameters)).toHaveLength(trajectory.final.length);
      for (const [i, parameter] of network.parameters.entries()) {
        expectClose(parameter.values, trajectory.final[i]!, tolerance);
      }
      expect(values(network.buffers)).toHaveLength(trajectory.moving.length);
      for (const [i, buffer] of network.buffers.entries()) {
        expectClose(buffer.values, trajectory.moving[i]!, tolerance);
      }
      expectClose(network.predict(trajectory.probe), trajectory.output, tolerance);
      network.dispose();
    });
  });
}
