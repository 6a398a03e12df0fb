/**
 * Batch normalisation of each unit, or of each channel over all positions.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015, with Keras' conventions.
 */
import { z } from 'zod';
import type { KernelArray } from '../../kernel/operations.ts';
import { realNumber, section } from '../../schema/rules.ts';
import type { ArrayScope } from '../array-scope.ts';
import {
  type BuildContext,
  type Layer,
  type LayerInput,
  type LayerKind,
  type LayerSettings,
  numbersOf,
  type Pass,
} from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { DEFAULT_EPSILON, epsilonKey, gammaAndBeta, rowsAndUnits } from './normalization.ts';

/** Settings of a batch normalisation. */
export interface BatchNormalizationSettings extends LayerSettings {
  readonly batch_normalization: true;
  readonly momentum?: number;
  readonly epsilon?: number;
}

/** Keras' default. */
const DEFAULT_MOMENTUM = 0.99;

/** Normalises with the moments of the batch, in evaluation with their moving means. */
export const batchNormalization: LayerKind<BatchNormalizationSettings> = {
  key: 'batch_normalization',
  summary:
    '`y = gamma·(x − mean)/√(variance + epsilon) + beta`, with the moments of each unit over the batch',
  section: section(
    {
      batch_normalization: z
        .literal(true, { error: 'must be true' })
        .describe('Normalises each unit, or each channel, over the batch'),
      momentum: realNumber({ from: 0, to: 1 })
        .exactOptional()
        .describe(`What a step leaves of the moving moments; ${DEFAULT_MOMENTUM} unless given`),
      epsilon: epsilonKey,
      ...commonKeys,
    },
    '{batch_normalization: true, activation: relu}',
  ),
  plan({ momentum = DEFAULT_MOMENTUM, epsilon = DEFAULT_EPSILON }, input) {
    const { rows, units } = rowsAndUnits(input);
    return {
      output: input,
      parameters: gammaAndBeta(units),
      buffers: [
        { name: 'moving_mean', shape: [units], initial: 0 },
        { name: 'moving_variance', shape: [units], initial: 1 },
      ],
      // A square and a product of each number.
      multiplyAdds: 2 * rows * units,
      memory: 'own',
      readsInput: true,
      readsOutput: false,
      reserved: () => 3 * units,
      build: (context) => new BatchNormalization(context, rows, units, momentum, epsilon),
    };
  },
};

class BatchNormalization implements Layer {
  readonly #context: BuildContext;
  readonly #rows: number;
  readonly #units: number;
  readonly #momentum: number;
  readonly #epsilon: number;
  /** Of the batch, for the way back. */
  #statistics: KernelArray | null = null;

  constructor(context: BuildContext, rows: number, units: number, momentum: number, epsilon: number) {
    this.#context = context;
    this.#rows = rows;
    this.#units = units;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
  }

  reserve(scope: ArrayScope): void {
    this.#statistics = scope.numbers(3 * this.#units);
    this.#context.operations.reserveNormalization(this.#units);
  }

  forward(y: KernelArray, x: LayerInput, { samples, mode, learns }: Pass): void {
    const [gamma, beta] = this.#context.parameters;
    const [mean, variance] = this.#context.buffers;
    const statistics = this.#statistics!;
    const settings = {
      rows: samples * this.#rows,
      units: this.#units,
      epsilon: this.#epsilon,
      // Where nothing is learned the moving moments stay as they are.
      momentum: learns ? this.#momentum : 1,
      training: mode === 'training',
    };
    const { operations } = this.#context;
    operations.batchNormalizationForward(
      y,
      statistics,
      mean!,
      variance!,
      numbersOf(x),
      gamma!.values,
      beta!.values,
      settings,
    );
  }

  backward(
    dx: KernelArray | null,
    dy: KernelArray,
    x: LayerInput,
    _y: KernelArray,
    { samples, mode }: Pass,
  ): number {
    const [gamma, beta] = this.#context.parameters;
    const settings = { rows: samples * this.#rows, units: this.#units, training: mode === 'training' };
    const { operations } = this.#context;
    operations.batchNormalizationBackward(
      dx,
      gamma!.gradient,
      beta!.gradient,
      dy,
      numbersOf(x),
      gamma!.values,
      this.#statistics!,
      settings,
    );
    return 0;
  }
}
