/** Scores of a network over the batches of a split: its loss, and how good it is at its task. */
import type { TargetKind } from '../data/task.ts';
import type { FloatArray } from '../kernel/operations.ts';
import type { Scores } from '../record/record.ts';

/** One batch that was evaluated. Shapes: outputs samples x outputs; targets labels, or samples x outputs numbers. */
export interface ScoredBatch {
  readonly samples: number;
  readonly loss: number;
  /** What the network says: logits of classes, else numbers in the unit of the targets. */
  readonly outputs: FloatArray;
  readonly targets: ArrayLike<number>;
}

/** Running scores: batches are added, the scores of all of them are read. */
export interface Scorer {
  add(batch: ScoredBatch): void;
  readonly scores: Scores;
}

/** A scorer for targets of a kind. */
export function createScorer(target: TargetKind): Scorer {
  switch (target.kind) {
    case 'classes':
      return new ClassScorer(target.classes);
    case 'numbers':
      return new NumberScorer(target.width, target.deviations);
    case 'inputs':
      return new ReconstructionScorer();
  }
}

/** Mean of the loss over the samples. */
class LossMean {
  samples = 0;
  #total = 0;

  add({ loss, samples }: ScoredBatch): void {
    this.samples += samples;
    this.#total += loss * samples;
  }

  get value(): number {
    return this.#total / this.samples;
  }
}

/** Accuracy, and the mean over the classes that occur of the share that is classified right. */
class ClassScorer implements Scorer {
  readonly #loss = new LossMean();
  readonly #classes: number;
  readonly #samples: Float64Array;
  readonly #correct: Float64Array;

  constructor(classes: number) {
    this.#classes = classes;
    this.#samples = new Float64Array(classes);
    this.#correct = new Float64Array(classes);
  }

  add(batch: ScoredBatch): void {
    this.#loss.add(batch);
    const { samples, outputs, targets } = batch;
    for (let s = 0; s < samples; s++) {
      const label = targets[s]!;
      this.#samples[label]! += 1;
      if (largestAt(outputs, s * this.#classes, this.#classes) === label) this.#correct[label]! += 1;
    }
  }

  get scores(): Scores {
    let [correct, recall, present] = [0, 0, 0];
    for (let c = 0; c < this.#classes; c++) {
      correct += this.#correct[c]!;
      if (this.#samples[c] === 0) continue;
      present += 1;
      recall += this.#correct[c]! / this.#samples[c]!;
    }
    return {
      loss: this.#loss.value,
      accuracy: correct / this.#loss.samples,
      'balanced-accuracy': recall / present,
    };
  }
}

/** Position of the largest of `count` values, the lowest where several are. */
function largestAt(values: FloatArray, first: number, count: number): number {
  let best = 0;
  for (let j = 1; j < count; j++) if (values[first + j]! > values[first + best]!) best = j;
  return best;
}

/**
 * R² of each target, their mean, and the root of the mean squared error in the unit in which the targets were given. Sums in
 * float64, of squares about the first value. A target that never changes has the R² 1 where it is met, else 0.
 *
 * Source: for that case r2_score of scikit-learn.
 */
class NumberScorer implements Scorer {
  readonly #loss = new LossMean();
  readonly #width: number;
  readonly #deviations: readonly number[] | undefined;
  readonly #errors: Float64Array;
  readonly #origin: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(width: number, deviations: readonly number[] | undefined) {
    this.#width = width;
    this.#deviations = deviations;
    this.#errors = new Float64Array(width);
    this.#origin = new Float64Array(width);
    this.#sums = new Float64Array(width);
    this.#squares = new Float64Array(width);
  }

  add(batch: ScoredBatch): void {
    const { samples, outputs, targets } = batch;
    const width = this.#width;
    if (this.#loss.samples === 0) for (let j = 0; j < width; j++) this.#origin[j] = targets[j]!;
    this.#loss.add(batch);
    for (let i = 0; i < samples * width; i++) {
      const j = i % width;
      const error = outputs[i]! - targets[i]!;
      const offset = targets[i]! - this.#origin[j]!;
      this.#errors[j]! += error * error;
      this.#sums[j]! += offset;
      this.#squares[j]! += offset * offset;
    }
  }

  get scores(): Scores {
    const { samples } = this.#loss;
    let [determined, errors] = [0, 0];
    for (let j = 0; j < this.#width; j++) {
      const spread = this.#squares[j]! - this.#sums[j]! ** 2 / samples;
      const error = this.#errors[j]!;
      determined += spread > 0 ? 1 - error / spread : error === 0 ? 1 : 0;
      errors += error * (this.#deviations?.[j] ?? 1) ** 2;
    }
    return {
      loss: this.#loss.value,
      r2: determined / this.#width,
      rmse: Math.sqrt(errors / (samples * this.#width)),
    };
  }
}

/** Mean squared difference between outputs and inputs. */
class ReconstructionScorer implements Scorer {
  readonly #loss = new LossMean();
  #errors = 0;
  #numbers = 0;

  add(batch: ScoredBatch): void {
    this.#loss.add(batch);
    const { outputs, targets } = batch;
    this.#numbers += targets.length;
    for (let i = 0; i < targets.length; i++) this.#errors += (outputs[i]! - targets[i]!) ** 2;
  }

  get scores(): Scores {
    return { loss: this.#loss.value, 'reconstruction-loss': this.#errors / this.#numbers };
  }
}
