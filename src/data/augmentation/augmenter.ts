/**
 * Augmented training samples: each a function of the seed, the epoch and its position in the training split alone, whatever the
 * batch, the thread and the point.
 */
import { uniformStream } from '../../random.ts';
import type { Split } from '../dataset.ts';
import { type AugmentationConfig, augmentationOf, imageShapeOf } from './augmentations.ts';
import type { Mixer, SampleValues, Transform } from './kind.ts';

/** Epochs and samples as digits of the index of a stream: 4 bits of the kind, 17 of the epoch, 32 of the sample. */
const EPOCHS = 2 ** 17;
const SAMPLES = 2 ** 32;

/** A batch of augmented samples, to be loaded as a source of its own. */
export interface AugmentedBatch {
  readonly samples: number;
  readonly values: SampleValues;
  readonly divisor: number;
  readonly standardization?: NonNullable<Split['standardization']>;
  readonly targets: ArrayLike<number> | null;
  readonly mixture?: { readonly shares: Float64Array; readonly targets: ArrayLike<number> };
}

interface Step {
  readonly stream: number;
  readonly transform: Transform | undefined;
  readonly mixer: Mixer | undefined;
}

/** What was mixed in. */
interface Mixed {
  readonly share: number;
  readonly other: number;
}

/** Makes the batches of a training. */
export class Augmenter {
  readonly #train: Split;
  readonly #seed: number;
  readonly #features: number;
  readonly #steps: readonly Step[];
  readonly #keepsBytes: boolean;
  /** Two places for a sample between its steps, and two for what it is mixed with. */
  readonly #places: readonly SampleValues[];
  #batch: SampleValues;

  /** `shape` is that of one sample. */
  constructor(steps: readonly AugmentationConfig[], shape: readonly number[], train: Split, seed: number) {
    this.#train = train;
    this.#seed = seed;
    this.#features = shape.reduce((product, extent) => product * extent, 1);
    const image = imageShapeOf(shape) ?? { height: 1, width: this.#features, channels: 1 };
    this.#steps = steps.map((settings) => {
      const kind = augmentationOf(settings);
      return {
        stream: kind.stream,
        transform: kind.transform?.(settings, image),
        mixer: kind.mixer?.(settings),
      };
    });
    const kinds = steps.map(augmentationOf);
    this.#keepsBytes = train.values instanceof Uint8Array && kinds.every(({ keepsBytes }) => keepsBytes);
    this.#places = Array.from({ length: 4 }, () => this.#allocate(this.#features));
    this.#batch = this.#allocate(0);
  }

  /** Samples `rows[first]` to `rows[first + samples − 1]` of the training split as epoch `epoch`, counted from 1, sees them. */
  batch(epoch: number, rows: ArrayLike<number>, first: number, samples: number): AugmentedBatch {
    const { divisor, standardization, targets } = this.#train;
    const features = this.#features;
    if (this.#batch.length < samples * features) this.#batch = this.#allocate(samples * features);
    const mixed = Array.from({ length: samples }, (_, s) => {
      const [values, with_] = this.#produce(epoch, rows[first + s]!, this.#steps.length, 0);
      this.#batch.set(values, s * features);
      return with_;
    });
    const gathered = targets && gather(targets, this.#train.samples, (s) => rows[first + s]!, samples);
    const isMixed = gathered !== null && mixed.some(({ share }) => share < 1);
    return {
      samples,
      values: this.#batch.subarray(0, samples * features),
      divisor: this.#keepsBytes ? divisor : 1,
      ...(standardization !== undefined && { standardization }),
      targets: gathered,
      ...(isMixed && {
        mixture: {
          shares: Float64Array.from(mixed, ({ share }) => share),
          targets: gather(targets!, this.#train.samples, (s) => mixed[s]!.other, samples),
        },
      }),
    };
  }

  /** A sample after its first `count` steps, in one of the two places from `place` on, and what was mixed in. */
  #produce(epoch: number, row: number, count: number, place: number): [values: SampleValues, mixed: Mixed] {
    let [current, free] = [this.#places[place]!, this.#places[place + 1]!];
    this.#read(current, row);
    let mixed: Mixed = { share: 1, other: row };
    for (const [position, { stream, transform, mixer }] of this.#steps.slice(0, count).entries()) {
      const index = (stream * EPOCHS + epoch) * SAMPLES + row;
      const next = uniformStream(this.#seed, 'augmentation', index);
      if (transform !== undefined) {
        transform(free, current, next);
        [current, free] = [free, current];
      }
      if (mixer !== undefined) {
        const { share, other } = mixer(next);
        mixed = { share, other: Math.floor(other * this.#train.samples) };
        // With the steps before this one, which mix nothing: each kind is there once.
        const [values] = this.#produce(epoch, mixed.other, position, place + 2);
        for (let i = 0; i < current.length; i++) current[i] = share * current[i]! + (1 - share) * values[i]!;
      }
    }
    return [current, mixed];
  }

  #read(out: SampleValues, row: number): void {
    const { values, divisor } = this.#train;
    const features = this.#features;
    out.set(values.subarray(row * features, (row + 1) * features));
    if (!this.#keepsBytes && divisor !== 1) for (let i = 0; i < features; i++) out[i]! /= divisor;
  }

  #allocate(length: number): SampleValues {
    return this.#keepsBytes ? new Uint8Array(length) : new Float32Array(length);
  }
}

/** The targets of some samples: as many numbers each as the split has. */
function gather(
  targets: ArrayLike<number>,
  all: number,
  rowAt: (sample: number) => number,
  samples: number,
): Float64Array {
  const width = targets.length / all;
  const out = new Float64Array(samples * width);
  for (let s = 0; s < samples; s++) {
    for (let k = 0; k < width; k++) out[s * width + k] = targets[rowAt(s) * width + k]!;
  }
  return out;
}
