/** The two-dimensional convolution. Shapes: W kernel height x kernel width x channels x filters, b filters. */
import type { Conv2dShape } from '../../kernel/layers/convolution.ts';
import type { Padding } from '../../kernel/layers/windows.ts';
import { section, truthValue, wholeNumber } from '../../schema/rules.ts';
import { type BuildContext, type Layer, type LayerKind, type LayerSettings, numbersOf } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { type WeightSettings, weightKeys, weightsAndBiases } from './weights.ts';
import { imageOf, type Lengths, lengths, paddingKey, pairOf, windowsOf } from './windows.ts';

/** Settings of a convolution. */
export interface Conv2dSettings extends LayerSettings, WeightSettings {
  readonly conv2d: number;
  readonly kernel_size: Lengths;
  readonly strides?: Lengths;
  readonly padding?: Padding;
  readonly use_bias?: boolean;
}

const MOST_FILTERS = 65_536;

/** Adds up the window around each position with weights that are the same at all positions. */
export const conv2d: LayerKind<Conv2dSettings> = {
  key: 'conv2d',
  summary: 'A convolution: at every position the same weights over a window of the image',
  section: section(
    {
      conv2d: wholeNumber(1, MOST_FILTERS).describe('Filters of a convolution: the channels of its output'),
      kernel_size: lengths('Size of the window, or [height, width]'),
      strides: lengths('Steps between windows, or [vertical, horizontal]; 1 unless given').exactOptional(),
      padding: paddingKey,
      use_bias: truthValue()
        .exactOptional()
        .describe('Whether a bias is added to each filter; true unless given'),
      ...commonKeys,
      ...weightKeys,
    },
    '{conv2d: 32, kernel_size: 3, activation: relu}',
  ),
  units: ({ conv2d: filters }) => filters,
  plan(settings, input, context) {
    const { conv2d: filters, strides = 1, padding = 'valid', use_bias: useBias = true } = settings;
    const [height, width, channels] = imageOf(input, context);
    const [kernelSize, stride] = [pairOf(settings.kernel_size), pairOf(strides)];
    const [down, across] = windowsOf([height, width], kernelSize, stride, padding, context);
    const area = kernelSize[0] * kernelSize[1];
    const fans = { fanIn: area * channels, fanOut: area * filters };
    const shape = { height, width, channels, filters, kernelSize, strides: stride, padding };
    const weights = [...kernelSize, channels, filters];
    return {
      output: [down, across, filters],
      parameters: weightsAndBiases(weights, fans, context.followedBy, useBias, settings),
      buffers: [],
      multiplyAdds: down * across * area * channels * filters,
      memory: 'own',
      readsInput: true,
      readsOutput: false,
      build: (built) => convolution(built, shape),
    };
  },
};

function convolution({ operations, parameters }: BuildContext, sizes: Omit<Conv2dShape, 'samples'>): Layer {
  const [weights, biases] = parameters;
  return {
    reserve: (_, samples) => operations.reserveConv2d({ ...sizes, samples }),
    forward(y, x, { samples }) {
      const shape = { ...sizes, samples };
      operations.conv2dForward(y, numbersOf(x), weights!.values, biases?.values ?? null, shape);
    },
    backward(dx, dy, x, _y, { samples }) {
      const [shape, kernel] = [{ ...sizes, samples }, weights!];
      const dBiases = biases?.gradient ?? null;
      operations.conv2dBackward(kernel.gradient, dBiases, dx, dy, numbersOf(x), kernel.values, shape);
      return 0;
    },
  };
}
