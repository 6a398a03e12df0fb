/** A trial in the hands of a thread, as seen from outside: its epochs, what it was told, and how long it has worked. */
import type { EpochRecord, Outcome } from '../record/record.ts';
import { startTimer } from '../timer.ts';
import type { TrialWatcher } from './executor.ts';
import { ANSWER } from './messages.ts';

/** One trial from the moment its thread gets it. */
export class RunningTrial {
  readonly watcher: TrialWatcher;
  /** Where the thread reads its answer. */
  readonly control: Int32Array<SharedArrayBuffer> = new Int32Array(
    new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  );
  /** The epochs that the thread has told of, in case it dies. */
  readonly epochs: EpochRecord[] = [];
  /** Rejects when there is no thread any more that could end the trial. */
  readonly lost: Promise<never>;
  giveUp: (error: Error) => void = () => {};
  /** How the trial was told to end. */
  verdict: Outcome | undefined;
  readonly #abort = new AbortController();
  readonly #limitMs: number | undefined;
  #workedMs = 0;
  #workingSince: number | undefined;
  #stopAlarm: (() => void) | undefined;

  /** A trial that works for longer than `limitMs` is aborted; its waiting for an answer does not count. */
  constructor(watcher: TrialWatcher, limitMs: number | undefined) {
    this.watcher = watcher;
    this.#limitMs = limitMs;
    this.lost = new Promise((_, reject) => {
      this.giveUp = reject;
    });
    // It may be given up before anyone listens.
    this.lost.catch(() => {});
    this.#work();
  }

  /** Aborted when time is up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Wall time, without waiting. */
  get seconds(): number {
    const now = performance.now();
    return (this.#workedMs + now - (this.#workingSince ?? now)) / 1000;
  }

  /** The thread has finished an epoch and waits for the answer. */
  hear(epoch: EpochRecord, stopped: boolean): void {
    this.#rest();
    this.epochs.push(epoch);
    const answer = this.watcher.onEpoch(epoch);
    const ended: Outcome | undefined = stopped ? { status: 'interrupted', epoch: epoch.epoch } : undefined;
    if (!(answer instanceof Promise)) this.answer(answer ?? ended);
    else if (ended !== undefined) this.answer(ended);
    else void answer.then((outcome) => this.answer(outcome));
  }

  /** Answer a thread that waits; where it does not, or has been answered, this does nothing. */
  answer(outcome: Outcome | undefined): void {
    if (this.#workingSince !== undefined) return;
    this.verdict = outcome;
    this.#work();
    Atomics.store(this.control, 0, outcome === undefined ? ANSWER.goOn : ANSWER.end);
    Atomics.notify(this.control, 0);
  }

  /** All is trained: what is measured once at the end may take its time. */
  untime(): void {
    this.#stopAlarm?.();
  }

  /** Whatever happened, it is over. */
  end(): void {
    this.#rest();
    // An answer that comes now is for nobody.
    this.#workingSince = 0;
  }

  #work(): void {
    this.#workingSince = performance.now();
    if (this.#limitMs === undefined) return;
    this.#stopAlarm = startTimer(this.#limitMs - this.#workedMs, () => this.#abort.abort());
  }

  #rest(): void {
    this.#stopAlarm?.();
    const now = performance.now();
    this.#workedMs += now - (this.#workingSince ?? now);
    this.#workingSince = undefined;
  }
}
