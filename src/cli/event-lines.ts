/** The events of a sweep as JSON lines for other programs; docs/events.md describes them. */
import { mostTrials } from '../plan/extent.ts';
import type { SweepEvent } from '../sweep/events.ts';
import type { ProgressDisplay } from './progress.ts';

/** Writes one line of JSON an event, and nothing for people. */
export function createEventDisplay(write: (text: string) => void): ProgressDisplay {
  return {
    show: (event) => write(`${JSON.stringify(eventObject(event))}\n`),
    note() {},
    close() {},
  };
}

/** An event with what a reader needs: a trial is described once, when it starts, and named afterwards. */
function eventObject(event: SweepEvent): object {
  switch (event.type) {
    case 'planned': {
      const { manifest, concurrency, finished, trials, notes = [] } = event;
      const { name, kernel, startedAt, config } = manifest;
      const { metric } = config.sweep;
      return {
        type: event.type,
        name,
        startedAt,
        kernel,
        metric,
        trials,
        mostTrials: mostTrials(config.sweep, manifest.trials),
        finished: finished.length,
        concurrency,
        notes,
      };
    }
    case 'trialsProposed':
      return { type: event.type, trials: event.trials.map(({ id }) => id) };
    case 'trialStarted': {
      const { id, point, baseline, seed, settings } = event.spec;
      return { type: event.type, trial: id, point, baseline, seed, settings, attempt: event.attempt };
    }
    case 'trialProgress':
      return { type: event.type, trial: event.spec.id, ...event.progress };
    case 'epochFinished':
      return { type: event.type, trial: event.spec.id, ...event.epoch };
    case 'trialRetried':
    case 'trialFinished':
      return { type: event.type, trial: event.spec.id, record: event.record };
    case 'planning':
    case 'stopping':
    case 'finished':
      return event;
  }
}
