/**
 * Layer normalisation over the last axis: the units of a sample, or the channels of a position.
 *
 * Source: Ba, Kiros and Hinton, "Layer Normalization", 2016, with Keras' conventions.
 */
import { z } from 'zod';
import type { KernelArray } from '../../kernel/operations.ts';
import { section } from '../../schema/rules.ts';
import { type BuildContext, type Layer, type LayerKind, type LayerSettings, numbersOf } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { DEFAULT_EPSILON, epsilonKey, gammaAndBeta, rowsAndUnits } from './normalization.ts';

/** Settings of a layer normalisation. */
export interface LayerNormalizationSettings extends LayerSettings {
  readonly layer_normalization: true;
  readonly epsilon?: number;
}

/** Normalises every sample by itself. */
export const layerNormalization: LayerKind<LayerNormalizationSettings> = {
  key: 'layer_normalization',
  summary:
    '`y = gamma·(x − mean)/√(variance + epsilon) + beta`, with the moments of each sample, or position, over its units',
  section: section(
    {
      layer_normalization: z
        .literal(true, { error: 'must be true' })
        .describe('Normalises each sample over its units, or each position over its channels'),
      epsilon: epsilonKey,
      ...commonKeys,
    },
    '{layer_normalization: true}',
  ),
  plan({ epsilon = DEFAULT_EPSILON }, input) {
    const { rows, units } = rowsAndUnits(input);
    return {
      output: input,
      parameters: gammaAndBeta(units),
      buffers: [],
      // A square and a product of each number.
      multiplyAdds: 2 * rows * units,
      memory: 'own',
      readsInput: true,
      readsOutput: false,
      reserved: (samples) => 3 * samples * rows,
      build: (context) => normalization(context, rows, units, epsilon),
    };
  },
};

function normalization(
  { operations, parameters }: BuildContext,
  rowsPerSample: number,
  units: number,
  epsilon: number,
): Layer {
  const [gamma, beta] = parameters;
  let statistics: KernelArray | null = null;
  return {
    reserve(scope, samples) {
      statistics = scope.numbers(3 * samples * rowsPerSample);
      operations.reserveNormalization(units);
    },
    forward(y, x, { samples }) {
      const settings = { rows: samples * rowsPerSample, units, epsilon };
      const [scale, shift] = [gamma!.values, beta!.values];
      operations.layerNormalizationForward(y, statistics!, numbersOf(x), scale, shift, settings);
    },
    backward(dx, dy, x, _y, { samples }) {
      const shape = { rows: samples * rowsPerSample, units };
      const [dGamma, dBeta] = [gamma!.gradient, beta!.gradient];
      // Written over where nothing below wants it.
      const below = dx ?? dy;
      const input = numbersOf(x);
      operations.layerNormalizationBackward(
        below,
        dGamma,
        dBeta,
        dy,
        input,
        gamma!.values,
        statistics!,
        shape,
      );
      return 0;
    },
  };
}
