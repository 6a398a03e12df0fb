/** A layer of TensorFlow.js that passes its activations on and adds a penalty on them to the loss of the training. */

import * as tf from '@tensorflow/tfjs';
import { findPenalty, PENALTIES } from '../kernel/catalogue.ts';
import { checkedOptions, type DecorrelationOptions, decorrelationPenalty } from './penalty.ts';

/** What the constructor takes: the penalty, and the arguments of every layer (`name`, `inputShape`, …). */
export type DecorrelationArgs = DecorrelationOptions & ConstructorParameters<typeof tf.layers.Layer>[0];

/**
 * An identity that penalises what flows through it: place it behind the activations to be decorrelated.
 *
 *     model.add(tf.layers.dense({ units: 64, activation: 'relu' }));
 *     model.add(new Decorrelation({ type: 'decov', weight: 0.1 }));
 *
 * `model.fit` and `trainOnBatch` add the penalty to the loss, in the same way as the penalty of a `kernelRegularizer`,
 * and report their sum as `loss`; `evaluate` and `val_loss` do not contain it, and `predict` does not compute it. A batch
 * that is too small for a covariance (samples ≤ ddof, as the last of an epoch may be) adds nothing. `model.apply` disposes
 * of the activations before any loss can be asked for: in a training loop of your own, add `decorrelationPenalty`.
 *
 * Needs `await ready()` before the training. Models that hold it can be saved and loaded.
 * Shapes: [samples, units]. Errors: ShapeError for unknown types, parameters out of range and other ranks.
 */
export class Decorrelation extends tf.layers.Layer {
  /** The name under which models are saved. */
  static readonly className: string = 'Decorrelation';
  readonly #options: DecorrelationOptions;
  /** Activations of the forward pass that is under way; several where the layer is shared. */
  #activations: tf.Tensor[] = [];

  constructor(args: DecorrelationArgs) {
    super(args);
    const {
      name,
      trainable,
      dtype,
      inputShape,
      batchInputShape,
      batchSize,
      weights,
      inputDType,
      ...options
    } = args;
    this.#options = checkedOptions(options);
    // The activity regularizer of TensorFlow.js is declared but not implemented, while losses are summed.
    this.addLoss(() => this.#penalty());
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor | tf.Tensor[] {
    const activations = Array.isArray(inputs) ? inputs[0]! : inputs;
    if (kwargs.training === true) this.#activations = [...this.#alive(), activations];
    return activations;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#options };
  }

  /**
   * Loading turns every key of a saved model into camel case, which `variance_weight` must not stay in, and hands on
   * `customObjects`, which are for layers that hold others.
   */
  static override fromConfig<T extends tf.serialization.Serializable>(
    layer: tf.serialization.SerializableConstructor<T>,
    { customObjects: _, ...config }: tf.serialization.ConfigDict,
  ): T {
    const entries = Object.entries(config).map(([key, value]) => [PARAMETER_NAMES.get(key) ?? key, value]);
    return new layer(Object.fromEntries(entries));
  }

  /** A forward pass that nobody asked the loss of leaves disposed tensors behind. */
  #alive(): tf.Tensor[] {
    return this.#activations.filter((tensor) => !tensor.isDisposed);
  }

  #penalty(): tf.Scalar {
    const { type, ddof = findPenalty(type)!.ddof } = this.#options;
    const activations = this.#alive().filter(({ shape }) => shape[0]! > ddof);
    this.#activations = [];
    return activations.reduce<tf.Scalar>(
      (sum, tensor) => tf.add(sum, decorrelationPenalty(tensor, this.#options)),
      tf.scalar(0),
    );
  }
}

/** The parameters of the penalties by their names in camel case. */
const PARAMETER_NAMES: ReadonlyMap<string, string> = new Map(
  PENALTIES.flatMap(({ parameters }) => parameters).map(({ name }) => [
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    name,
  ]),
);

tf.serialization.registerClass(Decorrelation);
