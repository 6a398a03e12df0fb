/** Training of a small model with the layer, against the same penalty written in tf's own operations. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import {
  Decorrelation,
  type DecorrelationOptions,
  decorrelationPenalty,
  ready,
} from '../../src/tfjs/index.ts';
import { TOLERANCES } from '../tolerances.ts';
import { expectClose, TF_PENALTIES } from './tf-penalties.ts';

const [samples, inputs, units] = [96, 12, 16];
let x: tf.Tensor2D;
let y: tf.Tensor2D;

beforeAll(async () => {
  await tf.setBackend('cpu');
  await ready();
  x = tf.randomNormal([samples, inputs], 0, 1, 'float32', 3);
  y = tf.tanh(tf.matMul(x, tf.randomNormal([inputs, 2], 0, 1, 'float32', 4)));
});

/** inputs → units (tanh) → 2, with a layer in between; always the same initial weights. */
function model(between: tf.layers.Layer): tf.Sequential {
  const initial = (seed: number) => tf.initializers.glorotUniform({ seed });
  const network = tf.sequential();
  network.add(
    tf.layers.dense({ units, activation: 'tanh', inputShape: [inputs], kernelInitializer: initial(1) }),
  );
  network.add(between);
  network.add(tf.layers.dense({ units: 2, kernelInitializer: initial(2) }));
  network.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'meanSquaredError', metrics: ['mse'] });
  return network;
}

/** Losses of the epochs. */
async function losses(network: tf.Sequential, options: tf.ModelFitArgs = {}): Promise<number[]> {
  const { history } = await network.fit(x, y, { epochs: 8, batchSize: 32, shuffle: false, ...options });
  return history.loss as number[];
}

/** The same layer with the penalty in tf's own operations. */
class Written extends tf.layers.Layer {
  static readonly className = 'Written';
  #activations: tf.Tensor | undefined;
  constructor(type: string, weight: number) {
    super({});
    this.addLoss(() => tf.mul(TF_PENALTIES[type]!(this.#activations as tf.Tensor2D), weight));
  }
  override call(activations: tf.Tensor[]): tf.Tensor {
    this.#activations = activations[0]!;
    return this.#activations;
  }
}

test.each(Object.keys(TF_PENALTIES))(
  'model.fit follows the loss curve of %s written in tf operations',
  async (type) => {
    const ours = await losses(model(new Decorrelation({ type, weight: 0.3 })));
    const theirs = await losses(model(new Written(type, 0.3)));
    expectClose(ours, theirs, TOLERANCES.training.f32);
    expect(ours.at(-1)).toBeLessThan(ours[0]!);
  },
);

test('the penalty is part of the loss of the training and of nothing else', async () => {
  const network = model(new Decorrelation({ type: 'decov', weight: 0.3 }));
  const plain = model(new Decorrelation({ type: 'decov', weight: 0 }));
  const [loss, error] = (await network.trainOnBatch(x, y)) as number[];
  const [plainLoss] = (await plain.trainOnBatch(x, y)) as number[];
  expect(loss).toBeGreaterThan(plainLoss!);
  expectClose([error!], [plainLoss!], TOLERANCES.operation.f32);
  const [evaluated, mse] = network.evaluate(x, y) as tf.Scalar[];
  expectClose(evaluated!.dataSync(), mse!.dataSync(), TOLERANCES.operation.f32);
});

test('a last batch that is too small for a covariance adds nothing', async () => {
  const options: DecorrelationOptions = { type: 'vicreg-covariance', weight: 0.3 };
  const network = model(new Decorrelation(options));
  const [loss] = await losses(network, { batchSize: samples - 1, epochs: 1 });
  expect(loss).toBeGreaterThan(0);
});

test('training leaves no tensors behind', async () => {
  const network = model(new Decorrelation({ type: 'decov', weight: 0.3 }));
  await losses(network, { epochs: 1 });
  const before = tf.memory().numTensors;
  await losses(network, { epochs: 3 });
  expect(tf.memory().numTensors).toBe(before);
});

test('a forward pass whose loss nobody asked for does not reach the next training step', async () => {
  const layer = new Decorrelation({ type: 'decov', weight: 0.3 });
  const network = model(layer);
  tf.tidy(() => void network.apply(x, { training: true }));
  const [loss] = (await network.trainOnBatch(x, y)) as number[];
  const [expected] = (await model(new Decorrelation({ type: 'decov', weight: 0.3 })).trainOnBatch(
    x,
    y,
  )) as number[];
  expectClose([loss!], [expected!], TOLERANCES.operation.f32);
});

test('activations that are disposed of are let go at the next forward pass', () => {
  const layer = new Decorrelation({ type: 'decov', weight: 1 });
  let looks = 0;
  const disposed = Object.defineProperty({}, 'isDisposed', { get: () => ++looks > 0 }) as tf.Tensor;
  for (const activations of [disposed, x, x, x]) layer.call(activations, { training: true });
  expect(looks).toBe(1);
});

test('a training loop of its own that adds the penalty takes the steps of model.fit, and leaves no tensors behind', async () => {
  const trained = model(new Decorrelation({ type: 'decov', weight: 0.3 }));
  await trained.fit(x, y, { epochs: 3, batchSize: samples, shuffle: false });
  const [first, , last] = model(tf.layers.activation({ activation: 'linear' })).layers as tf.layers.Layer[];
  const optimizer = tf.train.momentum(0.05, 0.9);
  let before = 0;
  for (let step = 0; step < 3; step++) {
    optimizer.minimize(() => {
      const hidden = first!.apply(x) as tf.Tensor;
      const error = tf.losses.meanSquaredError(y, last!.apply(hidden) as tf.Tensor) as tf.Scalar;
      return tf.add(error, decorrelationPenalty(hidden, { type: 'decov', weight: 0.3 }));
    });
    if (step === 0) before = tf.memory().numTensors;
  }
  expect(tf.memory().numTensors).toBe(before);
  const weights = [...first!.getWeights(), ...last!.getWeights()];
  trained.getWeights().forEach((expected, i) => {
    expectClose(weights[i]!.dataSync(), expected.dataSync(), TOLERANCES.training.f32);
  });
});

test('a model that holds the layer trains on after it was saved and loaded', async () => {
  const args = { type: 'vicreg', weight: 0.3, variance_weight: 10, gamma: 0.5, name: 'spread' };
  const network = model(new Decorrelation(args));
  let artifacts: tf.io.ModelArtifacts | undefined;
  await network.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = (await tf.loadLayersModel(tf.io.fromMemory(artifacts!))) as tf.Sequential;
  expect(loaded.getLayer('spread').getConfig()).toMatchObject(args);
  loaded.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'meanSquaredError', metrics: ['mse'] });
  expectClose(await losses(loaded), await losses(network), TOLERANCES.training.f32);
});

test('a misspelt penalty is refused when the layer is made', () => {
  expect(() => new Decorrelation({ type: 'decof', weight: 1 })).toThrow(/"decof"/);
});

test('a misspelt option is refused when the layer is made', () => {
  const misspelt = { type: 'log-det', weight: 1, epsilom: 0.1 } as DecorrelationOptions;
  expect(() => new Decorrelation(misspelt)).toThrow(/^log-det: an option must be one of .+, got "epsilom"/);
});
