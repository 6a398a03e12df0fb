/** Trains the trials of a queue, as many at once as the executor takes, until none is left or something ends the sweep. */
import type { Executor } from '../execute/executor.ts';
import { workerDied } from '../execute/unfinished.ts';
import type { TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { startTimer } from '../timer.ts';
import type { StopReason, SweepEvent } from './events.ts';
import type { FailureWatch } from './failures.ts';
import type { TrialQueue } from './queue.ts';
import type { Referee } from './referee.ts';
import type { TargetWatch } from './target.ts';

/** What training needs. */
export interface Training {
  readonly queue: TrialQueue;
  readonly executor: Executor;
  readonly referee: Referee | undefined;
  /** Loads what a trial needs, unless it is there. */
  readonly prepare: (spec: TrialSpec) => Promise<void>;
  readonly failures: FailureWatch;
  readonly target: TargetWatch;
  /** How often a trial is begun anew whose worker died. */
  readonly retries: number;
  readonly maxSeconds: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Stores a record; it is on disk when this returns. */
  readonly store: (record: TrialRecord) => void;
  readonly onEvent: (event: SweepEvent) => void;
}

/**
 * Train all trials, or say why that was stopped.
 *
 * Errors: whatever the store or a listener throws, and TrialError ALL_TRIALS_FAILED; the running trials have then been
 * stopped and stored.
 */
export async function trainTrials(training: Training): Promise<StopReason | undefined> {
  const { executor, signal, maxSeconds } = training;
  const lanes = new Lanes(training);
  const onAbort = (): void => lanes.stop({ why: 'signal' });
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  const stopClock =
    maxSeconds === undefined
      ? undefined
      : startTimer(maxSeconds * 1000, () => lanes.stop({ why: 'max-time', seconds: maxSeconds }));
  try {
    const running = Array.from({ length: executor.concurrency }, () => lanes.run());
    // A full disk ends one lane: the others' trials are stopped, not abandoned.
    for (const lane of running) lane.catch(() => lanes.abandon());
    const broken = (await Promise.allSettled(running)).find(({ status }) => status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
    if (lanes.thrown.length > 0) throw lanes.thrown[0];
    return lanes.stopped;
  } finally {
    stopClock?.();
    signal?.removeEventListener('abort', onAbort);
    await executor.close();
  }
}

/** Lanes that take trials from the queue, each one after another, and what they have in common. */
class Lanes {
  /** Why: the first reason, or what stopped the rest after the target was reached. */
  stopped: StopReason | undefined;
  /** By the listener. */
  readonly thrown: unknown[] = [];
  readonly #training: Training;
  #closed = false;
  #running = 0;
  /** One after another: two lanes must not load the same data. */
  #prepared: Promise<void> = Promise.resolve();
  /** Lanes that wait for the queue. */
  #idle: (() => void)[] = [];

  constructor(training: Training) {
    this.#training = training;
  }

  /** One lane, until there is nothing more for it to take. */
  async run(): Promise<void> {
    for (let spec = await this.#take(); spec !== undefined; spec = await this.#take()) {
      try {
        await this.#train(spec);
      } finally {
        this.#running -= 1;
        this.#wake();
      }
    }
  }

  stop(reason: StopReason): void {
    if (this.stopped !== undefined && (this.stopped.why !== 'target' || reason.why === 'target')) return;
    this.stopped = reason;
    this.#tell({ type: 'stopping', reason });
    if (reason.why === 'target') this.#close();
    else this.abandon();
  }

  /** Begin no more trials, and end the running ones. */
  abandon(): void {
    this.#close();
    this.#training.executor.stop();
  }

  #close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #take(): Promise<TrialSpec | undefined> {
    for (;;) {
      const spec = this.#closed ? undefined : this.#training.queue.next();
      // Counted at once: another lane that is asked to wait must know of it.
      if (spec !== undefined && spec !== 'wait') this.#running += 1;
      if (spec !== 'wait') return spec;
      // Nothing could ever change what it waits for.
      if (this.#running === 0) return undefined;
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  #wake(): void {
    for (const resume of this.#idle.splice(0)) resume();
  }

  /** Much is told where an error of the listener would reach nobody: it ends the sweep by this way. */
  #tell(event: SweepEvent): void {
    try {
      this.#training.onEvent(event);
    } catch (error) {
      this.thrown.push(error);
      this.abandon();
    }
  }

  /** Train a trial to whatever end, and store it. */
  async #train(spec: TrialSpec): Promise<void> {
    const { queue, referee, prepare, failures, target, retries, store } = this.#training;
    this.#prepared = this.#prepared.then(() => prepare(spec));
    await this.#prepared;
    for (let attempt = 1; ; attempt += 1) {
      const record = await this.#attempt(spec, attempt);
      const again = attempt <= retries && workerDied(record.outcome) && !this.#closed;
      store(record);
      if (again) {
        this.#tell({ type: 'trialRetried', spec, record });
        continue;
      }
      queue.add(record);
      referee?.end(spec, record);
      this.#tell({ type: 'trialFinished', spec, record });
      const error = failures.note(record);
      if (error !== undefined) throw error;
      const value = target.note(record);
      if (value !== undefined) this.stop({ why: 'target', trial: spec.id, value });
      return;
    }
  }

  async #attempt(spec: TrialSpec, attempt: number): Promise<TrialRecord> {
    const { executor, referee } = this.#training;
    referee?.begin(spec);
    this.#tell({ type: 'trialStarted', spec, attempt });
    const record = await executor.run(spec, {
      onProgress: (progress) => this.#tell({ type: 'trialProgress', spec, progress }),
      onEpoch: (epoch) => {
        this.#tell({ type: 'epochFinished', spec, epoch });
        return referee?.judge(spec, epoch);
      },
    });
    return attempt === 1 ? record : { ...record, attempt };
  }
}
