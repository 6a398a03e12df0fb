/** The dense layer `y = x·W + b`. Shapes: W inputs x units, b units. */

import { ACTIVATIONS, type KernelArray } from '../../kernel/operations.ts';
import { choice, section, truthValue, wholeNumber } from '../../schema/rules.ts';
import {
  type BuildContext,
  describeShape,
  type Layer,
  type LayerInput,
  type LayerKind,
  type LayerSettings,
  type Pass,
  type TrainedArray,
} from '../layer.ts';
import { layerName } from '../layer-section.ts';
import { type WeightSettings, weightKeys, weightsAndBiases } from './weights.ts';

/** Settings of a dense layer. */
export interface DenseSettings extends LayerSettings, WeightSettings {
  readonly dense: number;
}

const MOST_UNITS = 65_536;

/** Adds up all inputs with a weight each. */
export const dense: LayerKind<DenseSettings> = {
  key: 'dense',
  summary: '`y = x·W + b` over all inputs of a sample',
  section: section(
    {
      dense: wholeNumber(1, MOST_UNITS).describe('Units of a dense layer'),
      activation: choice(ACTIVATIONS).default('relu').describe('Function applied to the output of the layer'),
      penalized: truthValue().default(false).describe('Whether the penalty acts on this layer'),
      on: choice(['activation', 'preactivation'])
        .default('activation')
        .describe(
          'Whether the penalty sees the output of the layer or the values before the activation function',
        ),
      name: layerName,
      ...weightKeys,
    },
    '{dense: 256, activation: relu}',
  ),
  units: ({ dense: units }) => units,
  plan(settings, input, { followedBy, refuse }) {
    const { dense: units } = settings;
    const [inputs = 0] = input;
    if (input.length !== 1) {
      refuse('must have features as its input', describeShape(input), 'Put {flatten: true} before it', [
        units,
      ]);
    }
    const fans = { fanIn: inputs, fanOut: units };
    return {
      output: [units],
      parameters: weightsAndBiases([inputs, units], fans, followedBy, true, settings),
      buffers: [],
      multiplyAdds: inputs * units,
      memory: 'own',
      readsInput: true,
      readsOutput: false,
      takesCompressed: true,
      build: (context) => new Dense(context, inputs, units),
    };
  },
};

class Dense implements Layer {
  readonly #context: BuildContext;
  readonly #inputs: number;
  readonly #units: number;
  readonly #weights: TrainedArray;
  readonly #biases: TrainedArray;

  constructor(context: BuildContext, inputs: number, units: number) {
    this.#context = context;
    this.#inputs = inputs;
    this.#units = units;
    [this.#weights, this.#biases] = context.parameters as [TrainedArray, TrainedArray];
  }

  forward(y: KernelArray, x: LayerInput, { samples }: Pass): void {
    const { operations } = this.#context;
    const shape = { samples, inputs: this.#inputs, units: this.#units };
    const [weights, biases] = [this.#weights.values, this.#biases.values];
    if (x.compressed === undefined) operations.denseForward(y, x.dense, weights, biases, shape);
    else operations.sparseForward(y, x.compressed, weights, biases, shape);
  }

  backward(
    dx: KernelArray | null,
    dy: KernelArray,
    x: LayerInput,
    _y: KernelArray,
    { samples, learns }: Pass,
  ): number {
    const { operations } = this.#context;
    const [inputs, units] = [this.#inputs, this.#units];
    const weights = this.#weights.values;
    if (!learns) {
      const shape = { rows: samples, columns: inputs, inner: units };
      if (dx !== null) operations.gemm('NT', dx, dy, weights, shape);
      return 0;
    }
    const shape = { samples, inputs, units };
    const [dWeights, dBiases] = [this.#weights.gradient, this.#biases.gradient];
    if (x.compressed === undefined)
      operations.denseBackward(dWeights, dBiases, dx, dy, x.dense, weights, shape);
    else operations.sparseBackward(dWeights, dBiases, dy, x.compressed, shape);
    return 0;
  }
}
