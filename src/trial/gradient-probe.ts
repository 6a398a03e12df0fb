/** Measures how strong a trial's penalty is, and how much of it only shrinks the activations, on batches of its own. */
import type { Dataset } from '../data/dataset.ts';
import { TrialError } from '../errors.ts';
import type { LayerProbe, Network } from '../network/network.ts';
import { shuffledIndices } from '../random.ts';
import type { GradientRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/** One batch is measured for so many steps of an epoch, at least one and at most {@link MOST_BATCHES}. */
const STEPS_PER_BATCH = 100;
const MOST_BATCHES = 4;

/** Gradients at the layers that a penalty acts on, always on the same batches: the first ones of the first epoch. */
export interface GradientProbe {
  /** What they are like with the weights as they stand. Nothing is trained. By the position of the layer. */
  measure(): ReadonlyMap<number, GradientRecord>;
  /**
   * The weight at which ‖weight · ∂penalty/∂X‖ is `strength` times ‖∂loss/∂X‖ with the weights of the network as they
   * stand, on average over the penalised layers.
   *
   * Errors: TrialError STRENGTH_UNDEFINED where one of the gradients is zero or not finite.
   */
  weightFor(strength: number): number;
}

/** A probe of a network that trains `spec` on `dataset`. Every batch has the size of the training's. */
export function createGradientProbe(network: Network, spec: TrialSpec, { train }: Dataset): GradientProbe {
  const size = Math.min(spec.experiment.training.batch_size, train.samples);
  const steps = Math.floor(train.samples / size);
  const batches = Math.min(Math.max(Math.floor(steps / STEPS_PER_BATCH), 1), MOST_BATCHES);
  let rows: Uint32Array<ArrayBuffer> | undefined;
  const sums = (): LayerProbe[] => {
    rows ??= shuffledIndices(spec.seed, 'order', 1, train.samples).slice(0, batches * size);
    const totals = new Map<number, LayerProbe>();
    for (let batch = 0; batch < batches; batch++) {
      network.load(train, rows, batch * size, size);
      for (const probe of network.probeLoaded()) {
        totals.set(probe.layer, add(totals.get(probe.layer), probe));
      }
    }
    return [...totals.values()];
  };
  return {
    measure: () =>
      new Map(
        (network.penaltyWeight === 0 ? [] : sums()).map((sum) => [
          sum.layer,
          {
            penalty: sum.value / batches,
            cosine: finite(sum.inner / Math.sqrt(sum.penalty * sum.activations)),
            strength: finite(network.penaltyWeight * ratioOf(sum)),
          },
        ]),
      ),
    weightFor(strength) {
      const ratios = sums().map(ratioOf);
      const ratio = ratios.reduce((sum, each) => sum + each, 0) / ratios.length;
      if (ratio > 0 && Number.isFinite(ratio)) return strength / ratio;
      throw new TrialError(
        'STRENGTH_UNDEFINED',
        `penalty.strength: the gradients of loss and penalty must be above 0 on the first batches, got a ratio of ${ratio}. Give a penalty.weight.`,
        { strength },
      );
    },
  };
}

function ratioOf({ penalty, loss }: LayerProbe): number {
  return Math.sqrt(penalty) / Math.sqrt(loss);
}

function add(a: LayerProbe | undefined, b: LayerProbe): LayerProbe {
  if (a === undefined) return b;
  return {
    layer: b.layer,
    value: a.value + b.value,
    penalty: a.penalty + b.penalty,
    loss: a.loss + b.loss,
    activations: a.activations + b.activations,
    inner: a.inner + b.inner,
  };
}

/** Null where there is nothing to divide by: a gradient of zero has no direction. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
