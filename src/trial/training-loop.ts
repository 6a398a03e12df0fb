/** The training loop of a trial: epochs of shuffled batches, each measured at its end. */
import { Augmenter } from '../data/augmentation/augmenter.ts';
import type { Dataset } from '../data/dataset.ts';
import type { TargetKind } from '../data/task.ts';
import type { Network, StepResult } from '../network/network.ts';
import { isMeasured, SMALLEST_BATCH, stepsPerEpoch, trainingSteps } from '../network/steps.ts';
import { shuffledIndices } from '../random.ts';
import type { EarlyStoppingRecord } from '../record/early-stopping.ts';
import { qualitiesOf } from '../record/quality.ts';
import {
  type EpochRecord,
  heldOutScores,
  type MomentRecord,
  type Outcome,
  type Scores,
  type StepRecord,
} from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { EarlyStopping } from './early-stopping.ts';
import type { Evaluator } from './evaluation.ts';
import { createScheduledStep, type ScheduledStep } from './scheduled-step.ts';
import { createScorer, type Scorer } from './scores.ts';

/** How far a trial is. */
export interface TrialProgress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimizer steps done, and to be done, over all epochs. */
  readonly step: number;
  readonly steps: number;
  /** Means over the epoch so far, on the batches as they were trained. */
  readonly loss: number;
  /** Of the task: the first of its metrics of quality. */
  readonly quality: { readonly name: string; readonly value: number };
}

/** What a caller can do while a trial runs. */
export interface TrialHooks {
  /** Called at most every 100 ms, and after the last step. */
  onProgress?(progress: TrialProgress): void;
  /** Told of every finished epoch but the last; an outcome ends the trial there. The time that this takes is not the trial's. */
  onEpoch?(epoch: EpochRecord): Outcome | undefined;
  /** Asked after every epoch but the last; true ends the trial as interrupted. */
  shouldStop?(): boolean;
  /** Told when all epochs are done, before what is measured once at the end. */
  onTrained?(): void;
  /** A trial that has taken longer than this ends at its next step, as `timeout`. */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds from any origin. Default performance.now. */
  now?(): number;
}

const PROGRESS_INTERVAL_MS = 100;

/** One training from the first step to the last, with what it has brought so far. */
export class TrainingLoop {
  /** The finished epochs. */
  readonly epochs: EpochRecord[] = [];
  /** What was measured between the ends of the epochs. */
  readonly steps: StepRecord[] = [];
  /** Time spent in training steps, without evaluation. */
  trainingMs = 0;
  /** Time spent in waiting for an answer to what an epoch brought. */
  waitingMs = 0;
  readonly #network: Network;
  readonly #takeStep: ScheduledStep;
  readonly #stopping: EarlyStopping | null;
  readonly #augmenter: Augmenter | null;
  readonly #evaluator: Evaluator;
  readonly #spec: TrialSpec;
  readonly #dataset: Dataset;
  readonly #hooks: TrialHooks;
  readonly #now: () => number;
  readonly #begunAt: number;
  #step = 0;
  #reportedAt: number = Number.NEGATIVE_INFINITY;

  constructor(
    network: Network,
    evaluator: Evaluator,
    spec: TrialSpec,
    dataset: Dataset,
    hooks: TrialHooks,
    now: () => number,
    begunAt: number,
  ) {
    this.#network = network;
    const { samples } = dataset.train;
    const { experiment } = spec;
    this.#takeStep = createScheduledStep(network, spec, {
      steps: trainingSteps(experiment, samples),
      stepsPerEpoch: stepsPerEpoch(samples, experiment.training.batch_size),
    });
    const { early_stopping: stopping } = experiment.training;
    this.#stopping = stopping === undefined ? null : new EarlyStopping(stopping, network);
    const { augmentation = [] } = experiment.training;
    this.#augmenter =
      augmentation.length === 0 ? null : new Augmenter(augmentation, dataset.shape, dataset.train, spec.seed);
    this.#evaluator = evaluator;
    this.#spec = spec;
    this.#dataset = dataset;
    this.#hooks = hooks;
    this.#now = now;
    this.#begunAt = begunAt;
  }

  /** Wall time since the trial began, without waiting. */
  get seconds(): number {
    return (this.#now() - this.#begunAt - this.waitingMs) / 1000;
  }

  /** Train to the end, or until a number is not finite, time is up or the caller wants to stop. */
  run(): Outcome {
    const { epochs } = this.#spec.experiment.training;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const means = new EpochMeans(this.#dataset.target);
      const begunAt = this.#now();
      const ended = this.#trainEpoch(epoch, means);
      this.trainingMs += this.#now() - begunAt;
      if (ended !== null) return ended;

      if (!this.#network.isFinite()) return this.#diverged(epoch, 'a weight is not finite');
      const moment = this.measure(epoch === 1 || epoch === epochs);
      const { loss } = heldOutScores(moment);
      if (!Number.isFinite(loss)) return this.#diverged(epoch, `the ${this.#split} loss is ${loss}`);
      this.epochs.push({ epoch, train: means.train, ...moment });
      if (this.#stopping?.ends(this.epochs.at(-1) as EpochRecord) === true || epoch === epochs) break;
      const told = this.#tell(epoch);
      if (told !== null) return told;
    }
    return { status: 'complete' };
  }

  /**
   * Ends a complete training: the network has the weights that its results are of. Returns what early stopping did, and the position
   * of the epoch with those weights.
   */
  finish(): { readonly earlyStopping?: EarlyStoppingRecord; readonly final: number } {
    const last = this.epochs.length - 1;
    if (this.#stopping === null) return { final: last };
    const { epochs } = this.#spec.experiment.training;
    const earlyStopping = this.#stopping.recordOf(epochs);
    const final = earlyStopping.restored ? earlyStopping.best - 1 : last;
    this.#stopping.restore();
    const kept = this.epochs[final] as EpochRecord;
    if (final < epochs - 1) {
      // Which epoch would be the last was not known when it was measured.
      const pictures = this.measure(true).layers;
      const layers = kept.layers.map((layer, at) => ({ ...layer, correlation: pictures[at]?.correlation }));
      this.epochs[final] = { ...kept, layers };
    }
    return { earlyStopping, final };
  }

  /** Scores and decorrelation on the held-out split as the network stands; `pictured` adds what a picture needs. */
  measure(pictured = false): MomentRecord {
    const scores = this.#evaluator.evaluate();
    const layers = this.#evaluator.measureLayers(pictured);
    return this.#split === 'validation' ? { validation: scores, layers } : { test: scores, layers };
  }

  /** The split that is measured after every epoch. */
  get #split(): 'validation' | 'test' {
    return this.#dataset.validation === undefined ? 'test' : 'validation';
  }

  /** What the caller says to an epoch. */
  #tell(epoch: number): Outcome | null {
    const askedAt = this.#now();
    const answer = this.#hooks.onEpoch?.(this.epochs.at(-1) as EpochRecord);
    this.waitingMs += this.#now() - askedAt;
    if (answer !== undefined) return answer;
    return this.#hooks.shouldStop?.() === true ? { status: 'interrupted', epoch } : null;
  }

  /** One pass over the training samples in an order of its own; null when nothing ended the trial. */
  #trainEpoch(epoch: number, means: EpochMeans): Outcome | null {
    const { train } = this.#dataset;
    const { seed, experiment } = this.#spec;
    const { epochs, batch_size: batchSize } = experiment.training;
    const order = shuffledIndices(seed, 'order', epoch, train.samples);
    const steps = trainingSteps(experiment, train.samples);
    for (let first = 0; train.samples - first >= SMALLEST_BATCH; first += batchSize) {
      const samples = Math.min(batchSize, train.samples - first);
      if (this.#augmenter === null) this.#network.load(train, order, first, samples);
      else this.#network.load(this.#augmenter.batch(epoch, order, first, samples), null, 0, samples);
      const result = this.#takeStep(this.#step);
      const { loss, penalty } = result;
      this.#step++;
      if (!Number.isFinite(loss)) return this.#diverged(epoch, `the training loss is ${loss}`);
      if (!Number.isFinite(penalty)) return this.#diverged(epoch, `the penalty is ${penalty}`);
      means.add(result, samples, this.#network);
      this.#report(
        () => ({ epoch, epochs, step: this.#step, steps, ...means.progress }),
        this.#step === steps,
      );
      if (isMeasured(experiment, train.samples, this.#step)) {
        const measuredAt = this.#now();
        this.steps.push({ epoch, step: this.#step, train: means.train, ...this.measure() });
        // It is no training.
        this.trainingMs -= this.#now() - measuredAt;
      }
      if (this.#isLate()) return { status: 'timeout', epoch: epoch - 1, seconds: this.seconds };
    }
    return null;
  }

  #isLate(): boolean {
    const { timeoutSeconds } = this.#hooks;
    return timeoutSeconds !== undefined && this.seconds > timeoutSeconds;
  }

  #diverged(epoch: number, reason: string): Outcome {
    return { status: 'diverged', epoch, step: this.#step, reason };
  }

  #report(progress: () => TrialProgress, last: boolean): void {
    const now = this.#now();
    if (now - this.#reportedAt < PROGRESS_INTERVAL_MS && !last) return;
    this.#reportedAt = now;
    this.#hooks.onProgress?.(progress());
  }
}

/** Running means of an epoch: loss and quality over its samples, the penalty over its batches. */
class EpochMeans {
  readonly #quality: string;
  /** Null where the steps themselves count what was classified right. */
  readonly #scorer: Scorer | null;
  #samples = 0;
  #batches = 0;
  #loss = 0;
  #penalty = 0;
  #correct = 0;

  constructor(target: TargetKind) {
    this.#quality = qualitiesOf(target)[0].name;
    this.#scorer = target.kind === 'classes' ? null : createScorer(target);
  }

  add(
    { loss, penalty, correct }: StepResult & { readonly correct: number },
    samples: number,
    network: Network,
  ): void {
    this.#samples += samples;
    this.#batches++;
    this.#loss += loss * samples;
    this.#penalty += penalty;
    this.#correct += correct;
    this.#scorer?.add({ samples, loss, ...network.answersLoaded() });
  }

  get progress(): Pick<TrialProgress, 'loss' | 'quality'> {
    const { loss } = this.train;
    return { loss, quality: { name: this.#quality, value: this.train[this.#quality] ?? Number.NaN } };
  }

  get train(): EpochRecord['train'] {
    return {
      loss: this.#loss / this.#samples,
      penalty: this.#penalty / this.#batches,
      ...(this.#scorer === null
        ? { accuracy: this.#correct / this.#samples }
        : withoutLoss(this.#scorer.scores)),
    };
  }
}

function withoutLoss({ loss: _, ...quality }: Scores): Readonly<Record<string, number>> {
  return quality;
}
