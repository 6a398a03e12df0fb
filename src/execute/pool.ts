/** Trials on the threads of this machine, by piscina. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Dataset } from '../data/dataset.ts';
import { TrialError } from '../errors.ts';
import type { TrialSpec } from '../plan/plan.ts';
import type { TrialRecord } from '../store/record.ts';
import type { TrialProgress } from '../trial/trial.ts';
import type { Executor } from './executor.ts';
import type { KernelSource } from './kernel-source.ts';
import { unfinishedTrial } from './unfinished.ts';
import type { ProgressMessage, ThreadSetup, TrialTask } from './worker.ts';

/** What a pool is made from. */
export interface ThreadPoolOptions {
  readonly threads: number;
  readonly kernel: KernelSource;
  /** The data of every trial, or a function that finds it where the sweep varies the data. */
  readonly dataset: Dataset | ((spec: TrialSpec) => Dataset);
  /** File that every thread starts with. Default: the one of this package. */
  readonly entry?: URL | undefined;
}

const ENTRY = new URL('./thread.cjs', import.meta.url);
/** How often to look whether there are threads left. */
const WATCH_INTERVAL_MS = 1000;

/** Start `threads` worker threads; each makes its own instance of the kernel and keeps it from trial to trial. */
export function createThreadPool(options: ThreadPoolOptions): Executor {
  return new ThreadPool(options);
}

/** A trial in the hands of piscina. */
interface RunningTrial {
  readonly onProgress: (progress: TrialProgress) => void;
  readonly giveUp: (error: Error) => void;
}

class ThreadPool implements Executor {
  readonly concurrency: number;
  readonly #setup: ThreadSetup;
  readonly #datasetOf: (spec: TrialSpec) => Dataset;
  readonly #entry: string;
  readonly #running = new Map<number, RunningTrial>();
  /** Trials wait here and not in piscina, which forgets its own queue when its last thread is lost. */
  readonly #waiting: (() => void)[] = [];
  readonly #unsettled = new Set<Promise<TrialRecord>>();
  #freeThreads: number;
  #pool: Piscina;
  #tasks = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #closing = false;

  constructor({ threads, kernel, dataset, entry = ENTRY }: ThreadPoolOptions) {
    this.concurrency = threads;
    this.#freeThreads = threads;
    this.#setup = { kernel, stopFlag: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
    this.#datasetOf = typeof dataset === 'function' ? dataset : () => dataset;
    this.#entry = fileURLToPath(entry);
    this.#pool = this.#startThreads();
  }

  run(spec: TrialSpec, onProgress: (progress: TrialProgress) => void): Promise<TrialRecord> {
    if (this.#closing) {
      const message = `trial ${spec.id}: a pool takes no trials after close(), got one more. Create another pool.`;
      return Promise.reject(new TrialError('POOL_CLOSED', message));
    }
    const trial = this.#run(spec, onProgress).finally(() => this.#unsettled.delete(trial));
    this.#unsettled.add(trial);
    return trial;
  }

  stop(): void {
    Atomics.store(this.#setup.stopFlag, 0, 1);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#unsettled);
    // Not piscina's close(), which ends threads that still work when there are several.
    await this.#pool.destroy();
  }

  async #run(spec: TrialSpec, onProgress: (progress: TrialProgress) => void): Promise<TrialRecord> {
    if (this.#freeThreads > 0) this.#freeThreads -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (Atomics.load(this.#setup.stopFlag, 0) !== 0) {
        return unfinishedTrial(spec, Date.now(), { status: 'interrupted', epoch: 0 });
      }
      return await this.#train(spec, onProgress);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#freeThreads += 1;
      else next();
    }
  }

  async #train(spec: TrialSpec, onProgress: (progress: TrialProgress) => void): Promise<TrialRecord> {
    const startedAt = Date.now();
    const task: TrialTask = { key: this.#tasks++, spec, dataset: this.#datasetOf(spec) };
    const lost = new Promise<never>((_, giveUp) => this.#running.set(task.key, { onProgress, giveUp }));
    // The timer also keeps the process alive while there is no thread that would.
    this.#watchdog ??= setInterval(() => this.#replaceLostThreads(), WATCH_INTERVAL_MS);
    try {
      return await Promise.race([this.#pool.run(task), lost]);
    } catch (error) {
      const message = `the worker thread ended before the trial did (${(error as Error).message})`;
      return unfinishedTrial(spec, startedAt, { status: 'failed', code: 'WORKER_DIED', message });
    } finally {
      this.#running.delete(task.key);
      if (this.#running.size === 0) {
        clearInterval(this.#watchdog);
        this.#watchdog = undefined;
      }
    }
  }

  #startThreads(): Piscina {
    const pool = new Piscina({
      filename: this.#entry,
      // Fewer to begin with, and trials can stay pending for ever once every thread has ended.
      minThreads: this.concurrency,
      maxThreads: this.concurrency,
      workerData: this.#setup,
      recordTiming: false,
    });
    // An 'error' without a listener ends the process; the trial it belongs to is told in its own way.
    pool.on('error', () => {});
    pool.on('message', ({ key, progress }: ProgressMessage) => this.#running.get(key)?.onProgress(progress));
    return pool;
  }

  /** piscina stops replacing threads that end while they start: give up what waits for them and begin anew. */
  #replaceLostThreads(): void {
    if (this.#pool.threads.length > 0) return;
    this.#pool = this.#startThreads();
    for (const { giveUp } of this.#running.values()) giveUp(new Error('no thread is left'));
  }
}
