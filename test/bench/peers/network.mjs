/** covgrad's networks for the training steps. */
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

/** Convolutions, pools and dense layers as the request says. */
export function createConvolutionalNetwork(kernel, request) {
  const { inputShape, parts, normalized, epsilon, batch, learningRate, momentum } = request;
  const relu = { activation: 'relu' };
  const layers = parts.flatMap((part, i) => {
    if (part === 'pool') return [{ max_pooling2d: 2 }];
    if (part.dense !== undefined) {
      const flatten = parts[i - 1].dense === undefined ? [{ flatten: true }] : [];
      return [...flatten, { dense: part.dense, activation: i === parts.length - 1 ? 'identity' : 'relu' }];
    }
    const conv = { conv2d: part.conv, kernel_size: part.size, padding: 'same' };
    if (!normalized) return [{ ...conv, ...relu }];
    return [
      { ...conv, use_bias: false },
      { batch_normalization: true, epsilon, ...relu },
    ];
  });
  return createNetwork(kernel, {
    inputShape,
    layers,
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: learningRate, momentum },
    batch,
  });
}
