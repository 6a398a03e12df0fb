/** Measures a network on a split that it was not trained on: loss, accuracy, and how decorrelated its layers are. */
import type { Kernel } from '../kernel/kernel.ts';
import type { KernelArray } from '../kernel/operations.ts';
import { correlationBlocks } from '../metrics/correlation-blocks.ts';
import { decorrelationMetrics } from '../metrics/decorrelation.ts';
import type { ArrayScope } from '../network/array-scope.ts';
import type { Network, SampleSource } from '../network/network.ts';
import type { LayerRecord } from '../record/record.ts';
import type { GradientProbe } from './gradient-probe.ts';

/** Samples that are evaluated at once, unless the network is trained on more. */
export const EVALUATION_BATCH = 256;

/** Means over all samples of the split. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** A split with memory for the activations of every penalised layer over all of its samples. */
export interface Evaluator {
  evaluate(): Evaluation;
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
  /** Shapes: samples x units. */
  readonly activations: KernelArray;
}

/**
 * An evaluator with its memory allocated once, in `scope`; it evaluates `batch` samples at a time.
 *
 * Errors: KernelError when memory runs out.
 */
export function createEvaluator(
  kernel: Kernel,
  scope: ArrayScope,
  network: Network,
  split: SampleSource,
  batch: number,
  probe: GradientProbe,
): Evaluator {
  const { operations } = kernel;
  const { samples } = split;
  const observed = network.layers.flatMap(({ name, units, penalized }, layer) =>
    penalized ? [{ name, units, layer, activations: scope.numbers(samples * units) }] : [],
  );
  return {
    evaluate() {
      let loss = 0;
      let correct = 0;
      for (let first = 0; first < samples; first += batch) {
        const count = Math.min(batch, samples - first);
        network.load(split, null, first, count);
        const result = network.evaluateLoaded();
        loss += result.loss * count;
        correct += result.correct;
        for (const { layer, activations } of observed) {
          network.copyActivations(activations, first, layer);
        }
      }
      return { loss: loss / samples, accuracy: correct / samples };
    },
    measureLayers(pictured = false) {
      const gradients = probe.measure();
      return observed.map(({ name, units, layer, activations }) => {
        const covariance = operations.covarianceFloat64(activations, samples, units);
        const metrics = decorrelationMetrics(covariance, samples, units);
        const gradient = gradients.get(layer);
        return {
          layer,
          name,
          units,
          samples,
          metrics,
          ...(gradient && { gradient }),
          ...(pictured && { correlation: correlationBlocks(covariance, units) }),
        };
      });
    },
    observed,
  };
}
