/** What a user sees of a sweep while it runs, where there is no terminal: a line for each trial that ends. */

import type { TrialSpec } from '../plan/plan.ts';
import { printable } from '../printable.ts';
import { formatSetting } from '../render/number.ts';
import type { TrialRecord } from '../store/record.ts';
import type { SweepEvent } from '../sweep.ts';

/** Shows the events of a sweep. */
export interface ProgressDisplay {
  show(event: SweepEvent): void;
  /** A line of its own, at once. */
  note(line: string): void;
  /** Leave the terminal as it was found. */
  close(): void;
}

/** One plain line for each finished trial. */
export function createLineDisplay(write: (text: string) => void): ProgressDisplay {
  let total = 0;
  let done = 0;
  return {
    show(event) {
      if (event.type === 'planned') {
        total = event.manifest.trials.length;
        done = event.finished;
        write(`${describePlan(event)}\n`);
      } else if (event.type === 'trialFinished') {
        if (event.record.outcome.status !== 'interrupted') done += 1;
        const position = `${String(done).padStart(String(total).length)}/${total}`;
        write(`[${position}] ${trialLabel(event.spec)}: ${describeOutcome(event.record)}\n`);
      }
    },
    note: (line) => write(`${line}\n`),
    close() {},
  };
}

/** The head of a display: what runs, and where. */
export function describePlan({
  manifest,
  concurrency,
  finished,
}: Extract<SweepEvent, { type: 'planned' }>): string {
  if (concurrency === 0) return `${manifest.name}: ${manifest.trials.length} trials, all of them done before`;
  const trials = `${manifest.trials.length} trials${finished > 0 ? `, ${finished} of them done before` : ''}`;
  const threads = concurrency === 1 ? '1 thread' : `${concurrency} threads`;
  return `${manifest.name}: ${trials}, on ${threads} with the ${manifest.kernel.variant} kernel`;
}

/** A trial in a few words: `decov 0.1 seed 2`, `baseline seed 2`. */
export function trialLabel({ baseline, seed, settings }: TrialSpec): string {
  const words = Object.entries(settings).map(([path, value]) =>
    path === 'penalty.type' || path === 'penalty.weight'
      ? formatSetting(value)
      : `${path.slice(path.lastIndexOf('.') + 1)}=${formatSetting(value)}`,
  );
  return printable([...(baseline ? ['baseline'] : []), ...words, `seed ${seed}`].join(' '));
}

/** How a trial ended, in a line. */
export function describeOutcome({ outcome, epochs, timing }: TrialRecord): string {
  switch (outcome.status) {
    case 'complete': {
      const accuracy = epochs.at(-1)?.test.accuracy ?? Number.NaN;
      return `test accuracy ${percent(accuracy)}, ${timing.seconds.toFixed(1)} s`;
    }
    case 'diverged':
      return printable(`diverged in epoch ${outcome.epoch} at step ${outcome.step}: ${outcome.reason}`);
    case 'failed':
      return printable(`failed (${outcome.code}): ${outcome.message}`);
    case 'interrupted':
      return 'interrupted, to be trained again';
  }
}

/** A fraction in percent. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
