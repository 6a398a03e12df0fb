/** Measures a network on a split that it was not trained on: loss, accuracy, and how decorrelated its layers are. */
import type { TargetKind } from '../data/task.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { KernelArray } from '../kernel/operations.ts';
import { correlationBlocks } from '../metrics/correlation-blocks.ts';
import { decorrelationMetrics } from '../metrics/decorrelation.ts';
import type { ArrayScope } from '../network/array-scope.ts';
import type { Network, SampleSource } from '../network/network.ts';
import { heldOutRows } from '../network/observed-shape.ts';
import { drawPositions } from '../network/positions.ts';
import type { LayerRecord, Scores } from '../record/record.ts';
import type { GradientProbe } from './gradient-probe.ts';
import { createScorer } from './scores.ts';

/** Samples that are evaluated at once, unless the network is trained on more. */
export const EVALUATION_BATCH = 256;

/** A split with memory for the activations of every penalised layer over all of its samples. */
export interface Evaluator {
  evaluate(): Scores;
  /**
   * Decorrelation of each penalised layer, from what the last `evaluate` left, and the gradient of its penalty;
   * `pictured` adds what a picture needs.
   */
  measureLayers(pictured?: boolean): LayerRecord[];
  /** The layers that are measured, with what the last `evaluate` left. */
  readonly observed: readonly ObservedLayer[];
}

/** A penalised layer and its activations over the split. */
export interface ObservedLayer {
  readonly name: string;
  readonly units: number;
  /** Position in the network. */
  readonly layer: number;
  /** Rows of each sample: of an image one for each position that is measured. */
  readonly rows: number;
  /** Whether the rows are positions of images. */
  readonly isImage: boolean;
  readonly feedsDense: boolean;
  /** Shapes: samples·rows x units. */
  readonly activations: KernelArray;
}

/** What is evaluated, and how. */
export interface EvaluationOptions {
  readonly split: SampleSource;
  readonly target: TargetKind;
  /** Samples that are evaluated at once. */
  readonly batch: number;
  readonly probe: GradientProbe;
}

/**
 * An evaluator with its memory allocated once, in `scope`;
 *
 * Errors: KernelError when memory runs out.
 */
export function createEvaluator(
  kernel: Kernel,
  scope: ArrayScope,
  network: Network,
  { split, target, batch, probe }: EvaluationOptions,
): Evaluator {
  const { operations } = kernel;
  const { samples } = split;
  const observed = network.layers.flatMap((shown, layer) => {
    if (!shown.penalized) return [];
    const { name, units, positions, feedsDense } = shown;
    const rows = heldOutRows(shown, samples);
    const activations = scope.numbers(samples * rows * units);
    // Every trial looks at the same positions.
    const chosen =
      rows === positions
        ? null
        : drawPositions({ seed: 0, layer, step: 0 }, { samples, count: rows, positions });
    return [{ name, units, layer, rows, isImage: positions > 1, feedsDense, activations, chosen }];
  });
  return {
    evaluate() {
      const scorer = createScorer(target);
      for (let first = 0; first < samples; first += batch) {
        const count = Math.min(batch, samples - first);
        network.load(split, null, first, count);
        const { loss } = network.evaluateLoaded();
        scorer.add({ samples: count, loss, ...network.answersLoaded() });
        for (const { layer, rows, activations, chosen } of observed) {
          const positions = chosen?.subarray(first * rows, (first + count) * rows);
          if (positions === undefined) network.copyActivations(activations, first * rows, layer);
          else network.copyPositions(activations, first * rows, layer, positions);
        }
      }
      return scorer.scores;
    },
    measureLayers(pictured = false) {
      const gradients = probe.measure();
      return observed.map(({ name, units, layer, rows, isImage, activations }) => {
        const covariance = operations.covarianceFloat64(activations, samples * rows, units);
        const metrics = decorrelationMetrics(covariance, samples * rows, units);
        const gradient = gradients.get(layer);
        return {
          layer,
          name,
          units,
          samples,
          ...(isImage && { positions: rows }),
          metrics,
          ...(gradient && { gradient }),
          ...(pictured && { correlation: correlationBlocks(covariance, units) }),
        };
      });
    },
    observed,
  };
}
