/** Trials on the threads of this machine, by piscina. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Dataset } from '../data/dataset.ts';
import { TrialError } from '../errors.ts';
import type { Outcome, TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { Executor, TrialWatcher } from './executor.ts';
import { withNonZeros } from './kept-non-zeros.ts';
import type { KernelSource } from './kernel-source.ts';
import type { ThreadMessage, ThreadSetup } from './messages.ts';
import { RunningTrial } from './running-trial.ts';
import { lostOutcome, unfinishedTrial } from './unfinished.ts';

/** What a pool is made from. */
export interface ThreadPoolOptions {
  readonly threads: number;
  readonly kernel: KernelSource;
  /** The data of every trial, or a function that finds it where the sweep varies the data. */
  readonly dataset: Dataset | ((spec: TrialSpec) => Dataset);
  /**
   * Seconds that one trial may take. A trial ends itself at its next step; a thread that does not come to one is
   * terminated `graceMs` later (default {@link GRACE_MS}).
   */
  readonly trialTimeout?: number | undefined;
  readonly graceMs?: number | undefined;
  /** Largest JavaScript heap of a thread; data and kernels lie outside it. Default: as Node has it. */
  readonly heapMegabytes?: number | undefined;
  /** File that every thread starts with. Default: the one of this package. */
  readonly entry?: URL | undefined;
}

const ENTRY = new URL('./thread.cjs', import.meta.url);
/** How often to look whether there are threads left. */
const WATCH_INTERVAL_MS = 1000;
/** How often to look in vain before all is begun anew. */
const MOST_LOOKS = 10;
/** Longer than any step or evaluation that is worth waiting for. */
const GRACE_MS = 10_000;

/** Start `threads` worker threads; each makes its own instance of the kernel and keeps it from trial to trial. */
export function createThreadPool(options: ThreadPoolOptions): Executor {
  return new ThreadPool(options);
}

class ThreadPool implements Executor {
  readonly concurrency: number;
  readonly #options: ThreadPoolOptions;
  readonly #setup: ThreadSetup;
  readonly #running = new Map<number, RunningTrial>();
  /** Trials wait here and not in piscina, which forgets its own queue when its last thread is lost. */
  readonly #waiting: (() => void)[] = [];
  readonly #unsettled = new Set<Promise<TrialRecord>>();
  #freeThreads: number;
  #pool: Piscina;
  #tasks = 0;
  #watchdog: NodeJS.Timeout | undefined;
  /** Looks in a row that found too few threads. */
  #looks = 0;
  #closing = false;

  constructor(options: ThreadPoolOptions) {
    const { threads, kernel, trialTimeout } = options;
    this.concurrency = threads;
    this.#freeThreads = threads;
    this.#options = options;
    const stopFlag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#setup = { kernel, stopFlag, trialTimeout };
    this.#pool = this.#startThreads();
  }

  run(spec: TrialSpec, watcher: TrialWatcher): Promise<TrialRecord> {
    if (this.#closing) {
      const message = `trial ${spec.id}: a pool takes no trials after close(), got one more. Create another pool.`;
      return Promise.reject(new TrialError('POOL_CLOSED', message));
    }
    const trial = this.#run(spec, watcher).finally(() => this.#unsettled.delete(trial));
    this.#unsettled.add(trial);
    return trial;
  }

  stop(): void {
    Atomics.store(this.#setup.stopFlag, 0, 1);
    for (const trial of this.#running.values())
      trial.answer({ status: 'interrupted', epoch: trial.epochs.length });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#unsettled);
    // Not piscina's close(), which ends threads that still work when there are several.
    await this.#pool.destroy();
  }

  async #run(spec: TrialSpec, watcher: TrialWatcher): Promise<TrialRecord> {
    if (this.#freeThreads > 0) this.#freeThreads -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (Atomics.load(this.#setup.stopFlag, 0) !== 0) {
        return unfinishedTrial(spec, Date.now(), { status: 'interrupted', epoch: 0 });
      }
      return await this.#train(spec, watcher);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#freeThreads += 1;
      else next();
    }
  }

  async #train(spec: TrialSpec, watcher: TrialWatcher): Promise<TrialRecord> {
    const { dataset, trialTimeout, graceMs = GRACE_MS } = this.#options;
    const startedAt = Date.now();
    const key = this.#tasks++;
    const data = withNonZeros(typeof dataset === 'function' ? dataset(spec) : dataset, spec);
    const limitMs = trialTimeout === undefined ? undefined : trialTimeout * 1000 + graceMs;
    const trial = new RunningTrial(watcher, limitMs);
    this.#running.set(key, trial);
    // The timer also keeps the process alive while there is no thread that would.
    this.#watchdog ??= setInterval(() => this.#replaceLostThreads(), WATCH_INTERVAL_MS);
    try {
      const task = { key, spec, dataset: data, answer: trial.control };
      const record = await Promise.race([this.#pool.run(task, { signal: trial.signal }), trial.lost]);
      return trial.verdict === undefined ? record : { ...record, outcome: trial.verdict };
    } catch (error) {
      const outcome: Outcome = trial.signal.aborted
        ? { status: 'timeout', epoch: trial.epochs.length, seconds: trial.seconds }
        : lostOutcome(error);
      return unfinishedTrial(spec, startedAt, outcome, trial.epochs);
    } finally {
      trial.end();
      this.#running.delete(key);
      if (this.#running.size === 0) {
        clearInterval(this.#watchdog);
        this.#watchdog = undefined;
      }
    }
  }

  #startThreads(): Piscina {
    const { heapMegabytes, entry = ENTRY } = this.#options;
    const pool = new Piscina({
      filename: fileURLToPath(entry),
      // Fewer to begin with, and trials can stay pending for ever once every thread has ended.
      minThreads: this.concurrency,
      maxThreads: this.concurrency,
      workerData: this.#setup,
      recordTiming: false,
      ...(heapMegabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } }),
    });
    // An 'error' without a listener ends the process; the trial it belongs to is told in its own way.
    pool.on('error', () => {});
    pool.on('message', ({ key, progress, epoch, trained }: ThreadMessage) => {
      const trial = this.#running.get(key);
      if (progress !== undefined) trial?.watcher.onProgress(progress);
      if (trained) trial?.untime();
      if (epoch !== undefined) trial?.hear(epoch, Atomics.load(this.#setup.stopFlag, 0) !== 0);
    });
    return pool;
  }

  /**
   * piscina stops replacing threads once one has ended while it started. As long as there are others, it starts one when
   * it is asked for a task more; the trials there may be waiting for the very one that has no thread.
   */
  #replaceLostThreads(): void {
    const threads = this.#pool.threads.length;
    this.#looks = threads < this.#running.size ? this.#looks + 1 : 0;
    if (this.#looks === 0) return;
    if (threads > 0 && this.#looks <= MOST_LOOKS) {
      const nothing = new AbortController();
      this.#pool.run(undefined, { signal: nothing.signal }).catch(() => {});
      nothing.abort();
      return;
    }
    const lost = this.#pool;
    this.#pool = this.#startThreads();
    this.#looks = 0;
    for (const trial of this.#running.values()) trial.giveUp(new Error('no thread is left'));
    void lost.destroy();
  }
}
