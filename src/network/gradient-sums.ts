/** How the gradient of a penalty stands to that of the loss, and to the activations themselves, on one batch of one layer. */

/** Sums of squares and products, to be added up over batches. */
export interface GradientSums {
  /** Value of the penalty, without its weight. */
  readonly value: number;
  /** ‖∂penalty/∂X‖², without the weight. */
  readonly penalty: number;
  /** ‖∂loss/∂X‖². */
  readonly loss: number;
  /** ‖X_c‖², X less its column means. */
  readonly activations: number;
  /** ⟨∂penalty/∂X, X_c⟩. */
  readonly inner: number;
}

/** The sums of one batch. Shapes: all arrays samples x units; `value` is passed through. */
export function sumGradients(
  penalty: ArrayLike<number>,
  loss: ArrayLike<number>,
  x: ArrayLike<number>,
  { samples, units, value }: { readonly samples: number; readonly units: number; readonly value: number },
): GradientSums {
  const means = new Float64Array(units);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < units; i++) means[i]! += x[s * units + i]! / samples;
  }
  const sums = { value, penalty: 0, loss: 0, activations: 0, inner: 0 };
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < units; i++) {
      const at = s * units + i;
      const centered = x[at]! - means[i]!;
      sums.penalty += penalty[at]! ** 2;
      sums.loss += loss[at]! ** 2;
      sums.activations += centered ** 2;
      sums.inner += penalty[at]! * centered;
    }
  }
  return sums;
}
