/** The penalties as operations of TensorFlow.js, against the kernel and against the same formulas in tf's own operations. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { findPenalty, PENALTIES } from '../../src/kernel/catalogue.ts';
import { loadKernel } from '../../src/kernel/instantiate.ts';
import { decorrelationPenalty, ready } from '../../src/tfjs/index.ts';
import { TOLERANCES } from '../tolerances.ts';
import { expectClose, TF_PENALTIES } from './tf-penalties.ts';

const [samples, units] = [17, 9];
let x: tf.Tensor2D;

test('before ready() the error says what to await', () => {
  const call = () => decorrelationPenalty(tf.zeros([3, 2]), { type: 'decov', weight: 1 });
  expect(call).toThrow(/Await ready\(\)/);
});

beforeAll(async () => {
  await tf.setBackend('cpu');
  x = tf.randomNormal([samples, units], 0.5, 2, 'float32', 7);
});

test('the value and gradient of every penalty are the kernel’s, times the weight', async () => {
  await ready();
  const kernel = await loadKernel();
  for (const { id } of PENALTIES) {
    const { value, grad } = tf.valueAndGrad((a: tf.Tensor) =>
      decorrelationPenalty(a, { type: id, weight: 0.5 }),
    )(x);
    const expected = kernel.penalty(id, x.dataSync(), { samples, units });
    expectClose(value.dataSync(), [0.5 * expected.value], TOLERANCES.operation.f32);
    expectClose(
      grad.dataSync(),
      expected.gradient.map((entry) => 0.5 * entry),
      TOLERANCES.operation.f32,
    );
  }
});

test('the gradient is that of the same penalty written in tf operations', async () => {
  await ready();
  for (const [type, penalty] of Object.entries(TF_PENALTIES)) {
    // A factor behind the penalty reaches the gradient through the chain rule.
    const ours = tf.valueAndGrad((a: tf.Tensor) => tf.mul(decorrelationPenalty(a, { type, weight: 2 }), 3))(
      x,
    );
    const theirs = tf.valueAndGrad((a: tf.Tensor) => tf.mul(penalty(a as tf.Tensor2D), 6))(x);
    expectClose(ours.value.dataSync(), theirs.value.dataSync(), TOLERANCES.penalty.f32);
    expectClose(ours.grad.dataSync(), theirs.grad.dataSync(), TOLERANCES.penalty.f32);
  }
});

test('parameters, centring and divisor reach the kernel', async () => {
  await ready();
  const kernel = await loadKernel();
  const options = { centered: false, ddof: 0, delta: 3 };
  const value = decorrelationPenalty(x, { type: 'huber', weight: 1, ...options }).dataSync();
  const expected = kernel.penalty('huber', x.dataSync(), { samples, units, ...options }).value;
  expectClose(value, [expected], TOLERANCES.operation.f32);
});

test('no tensor outlives a tidied gradient', async () => {
  await ready();
  const before = tf.memory().numTensors;
  tf.tidy(() =>
    tf
      .grad((a: tf.Tensor) => decorrelationPenalty(a, { type: 'decov', weight: 1 }))(x)
      .dataSync(),
  );
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [
    'what is no tensor',
    () => [[1, 2]] as unknown as tf.Tensor,
    { type: 'decov', weight: 1 },
    /must be a tensor/,
  ],
  ['another rank', () => tf.zeros([2, 3, 4]), { type: 'decov', weight: 1 }, /\[2, 3, 4\]/],
  ['too few samples', () => tf.zeros([1, 3]), { type: 'mean', weight: 1 }, /samples − ddof/],
  ['an unknown type', () => x, { type: 'decor', weight: 1 }, /"decor"/],
  ['a parameter of another penalty', () => x, { type: 'decov', weight: 1, delta: 1 }, /no parameter delta/],
  ['a weight that is no number', () => x, { type: 'decov', weight: Number.NaN }, /weight must be/],
] as const)('%s is refused', async (_, activations, options, message) => {
  await ready();
  expect(() => decorrelationPenalty(activations(), options)).toThrow(message);
});

test('the formulas in tf operations are of penalties of the catalogue', () => {
  expect(Object.keys(TF_PENALTIES).filter((id) => findPenalty(id) === undefined)).toEqual([]);
});
