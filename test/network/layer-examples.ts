/** A layer of every kind, over odd shapes: what the tests of all kinds run on. */

/** A layer and the shape of its input. */
export interface Example {
  readonly kind: string;
  readonly name: string;
  readonly layer: Readonly<Record<string, unknown>>;
  readonly input: readonly number[];
}

const of =
  (kind: string, input: readonly number[]) =>
  (name: string, layer: Example['layer'], own = input): Example => ({ kind, name, layer, input: own });

const dense = of('dense', [7]);
const conv2d = of('conv2d', [5, 4, 3]);
const residual = of('residual', [5]);
const activation = of('activation', [3, 3, 2]);

/** All of them. */
export const EXAMPLES: readonly Example[] = [
  dense('a rectifier', { dense: 5, activation: 'relu' }),
  dense('no function', { dense: 4 }),
  conv2d('a window', { conv2d: 4, kernel_size: 3, activation: 'tanh' }),
  conv2d('an uneven window with strides and padding', {
    conv2d: 3,
    kernel_size: [2, 3],
    strides: [2, 1],
    padding: 'same',
    use_bias: false,
  }),
  of('max_pooling2d', [5, 4, 3])('windows that overlap', {
    max_pooling2d: 3,
    strides: [2, 1],
    padding: 'same',
    activation: 'elu',
  }),
  of('average_pooling2d', [5, 4, 3])('uneven windows past the edge', {
    average_pooling2d: [2, 3],
    padding: 'same',
    activation: 'tanh',
  }),
  of('global_average_pooling2d', [3, 4, 5])('an image', { global_average_pooling2d: true }),
  of('batch_normalization', [6])('features', { batch_normalization: true, activation: 'gelu' }),
  of('batch_normalization', [3, 2, 4])('channels, a short memory', {
    batch_normalization: true,
    momentum: 0.5,
    epsilon: 0.01,
    activation: 'relu',
  }),
  of('layer_normalization', [6])('features', { layer_normalization: true, activation: 'silu' }),
  of('layer_normalization', [2, 3, 4])('channels', { layer_normalization: true, epsilon: 0.1 }),
  of('dropout', [7])('features', { dropout: 0.4 }),
  of('dropout', [3, 2, 4])('an image', { dropout: 0.3, activation: 'softplus' }),
  of('gaussian_noise', [7])('features', { gaussian_noise: 0.2, activation: 'tanh' }),
  conv2d('the mean of its positions', {
    conv2d: 3,
    kernel_size: 2,
    activation: 'tanh',
    on_positions: 'mean',
  }),
  conv2d('three of its positions', { conv2d: 3, kernel_size: 2, on_positions: 3 }),
  conv2d('all of its numbers', {
    conv2d: 2,
    kernel_size: 3,
    activation: 'sigmoid',
    on: 'preactivation',
    on_positions: 'flatten',
  }),
  of('flatten', [3, 2, 2])('an image', { flatten: true, activation: 'sigmoid' }),
  residual('layers beside the input', {
    residual: [{ dense: 4, activation: 'tanh' }, { dense: 5 }],
    activation: 'relu',
  }),
  residual('a shortcut, and a block inside', {
    residual: [
      { dense: 4, activation: 'tanh' },
      { residual: [{ dense: 4, activation: 'sigmoid' }] },
      { dense: 6 },
    ],
    shortcut: [{ dense: 6 }],
  }),
  residual(
    'convolutions with a shortcut of strides',
    {
      residual: [
        { conv2d: 4, kernel_size: 3, padding: 'same', strides: 2, activation: 'relu', penalized: true },
        { conv2d: 3, kernel_size: 3, padding: 'same' },
      ],
      shortcut: [{ conv2d: 3, kernel_size: 1, strides: 2 }],
    },
    [4, 4, 2],
  ),
  activation('a rectifier that leaks', { activation: 'leaky-relu' }),
];
