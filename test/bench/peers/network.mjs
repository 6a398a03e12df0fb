/** covgrad's network for the training steps. */
import { createNetwork } from 'covgrad';

/** Layers as the request says, DeCov on the first, SGD with momentum. */
export function createStepNetwork(kernel, { sizes, batch, learningRate, momentum, weight }) {
  const [inputs, ...units] = sizes;
  return createNetwork(kernel, {
    inputs,
    layers: units.map((count, i) => ({
      units: count,
      activation: i === units.length - 1 ? 'identity' : 'relu',
      penalized: i === 0,
    })),
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: learningRate, momentum },
    penalty: { type: 'decov', weight },
    batch,
  });
}
