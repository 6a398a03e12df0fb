/** The penalties as differentiable operations of TensorFlow.js: value and gradient come from the kernel. */

import * as tf from '@tensorflow/tfjs';
import { KernelError, ShapeError } from '../errors.ts';
import type { PenaltyId } from '../kernel/catalogue.ts';
import { type KernelSelection, loadKernel } from '../kernel/instantiate.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type PenaltyParameterValues, resolvePenalty } from '../kernel/resolve.ts';

/** A penalty, how much it counts, and its parameters by name, as in the catalogue. */
export interface DecorrelationOptions extends PenaltyParameterValues {
  /** Id of the penalty, such as `decov`. */
  readonly type: string;
  /** Factor of the value and of the gradient. */
  readonly weight: number;
  /** Subtract the column means first. Default: as the catalogue says. */
  readonly centered?: boolean;
  /** Divisor of the covariance: samples − ddof. Default: as the catalogue says. */
  readonly ddof?: number;
}

/** Shared by every operation: a graph of tensors has no place for a kernel of its own. */
let kernel: Kernel<Float32Array<ArrayBuffer>> | undefined;

/**
 * Load the kernel; to be awaited once, like `tf.ready()`, before the first penalty is computed.
 *
 * Errors: KernelError where the build cannot run on this host.
 */
export async function ready(selection: Pick<KernelSelection, 'variant'> = {}): Promise<void> {
  kernel = await loadKernel(selection);
}

/**
 * `weight · penalty(activations)`, differentiable once by `tf.grad`, `tf.variableGrads` and every optimizer.
 *
 * The kernel reads the tensor by `dataSync()`: free of charge on the backends cpu and wasm, a stall of the pipeline on
 * webgl, and impossible on webgpu.
 *
 * Shapes: activations [samples, units]; the result is a scalar. Precision: float32.
 * Errors: KernelError before `ready()`; ShapeError for tensors of another rank, samples ≤ ddof, unknown types and parameters.
 */
export function decorrelationPenalty(activations: tf.Tensor, options: DecorrelationOptions): tf.Scalar {
  const loaded = kernel;
  if (loaded === undefined) {
    throw new KernelError(
      'KERNEL_NOT_LOADED',
      'decorrelationPenalty: the kernel must be loaded first. Await ready() of covgrad/tfjs once.',
    );
  }
  const [samples, units] = matrixShape(activations);
  const { type, weight, ...rest } = checkedOptions(options);
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const { value, gradient } = loaded.penalty(type as PenaltyId, x.dataSync(), { ...rest, samples, units });
    save([tf.tensor2d(gradient, [samples, units])]);
    return {
      value: tf.scalar(weight * value),
      gradFunc: (upstream: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(saved!, tf.mul(upstream, weight)),
    };
  });
  return operation(activations) as tf.Scalar;
}

/** The options, once they are known to make sense for some shape. Errors: ShapeError. */
export function checkedOptions(options: DecorrelationOptions): DecorrelationOptions {
  const { type, weight, ...rest } = options;
  resolvePenalty(type, { ...rest, samples: Number.MAX_SAFE_INTEGER, units: 1 });
  if (Number.isFinite(weight)) return options;
  throw new ShapeError(
    'WEIGHT_OUT_OF_RANGE',
    `${type}: weight must be a finite number, got ${String(weight)}.`,
    { type, weight: String(weight) },
  );
}

function matrixShape(activations: tf.Tensor): [samples: number, units: number] {
  // Another copy of TensorFlow.js has a class of its own.
  const shape: readonly number[] | undefined = activations?.shape;
  if (shape === undefined) {
    throw new ShapeError(
      'NOT_A_TENSOR',
      `decorrelationPenalty: activations must be a tensor, got ${typeof activations}. Make one, by tf.tensor2d for example.`,
    );
  }
  if (shape.length === 2) return shape as [number, number];
  throw new ShapeError(
    'NOT_A_MATRIX',
    `decorrelationPenalty: activations must have the shape [samples, units], got [${shape.join(', ')}]. ` +
      'Reshape them: it is for you to say what counts as a sample.',
    { shape: shape.map(String) },
  );
}
