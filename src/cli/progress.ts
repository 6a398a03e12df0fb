/** What a user sees of a sweep while it runs, where there is no terminal: a line for each trial that ends. */
import type { SweepEvent } from '../sweep/events.ts';
import { Tally } from './tally.ts';
import { describeOutcome, describePlan, describePlanning, describeStop, trialLabel } from './wording.ts';

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
  const tally = new Tally();
  return {
    show(event) {
      tally.show(event);
      switch (event.type) {
        case 'planning':
          write(`${describePlanning(event.points, event.most)}\n`);
          break;
        case 'planned':
          write(`${describePlan(event)}\n`);
          break;
        case 'trialRetried': {
          const { spec, record } = event;
          write(`${trialLabel(spec)}: ${describeOutcome(record, tally.labels)}; it is begun anew\n`);
          break;
        }
        case 'trialFinished': {
          const { spec, record } = event;
          const position = `${String(tally.done).padStart(String(tally.total).length)}/${tally.total}`;
          write(`[${position}] ${trialLabel(spec)}: ${describeOutcome(record, tally.labels)}\n`);
          break;
        }
        case 'stopping':
          write(`${describeStop(event.reason, tally.labels)}\n`);
      }
    },
    note: (line) => write(`${line}\n`),
    close() {},
  };
}
