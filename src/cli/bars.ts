/** What a user sees of a sweep while it runs, on a terminal: a bar for the sweep and one for each running trial. */
import { moveCursor } from 'node:readline';
import { MultiBar, type SingleBar } from 'cli-progress';
import { pad, truncate, widthOf, wrap } from '../render/text.ts';
import type { TrialProgress } from '../trial/trial.ts';
import type { ProgressDisplay } from './progress.ts';
import { Tally } from './tally.ts';
import {
  describeOutcome,
  describePlan,
  describePlanning,
  describeQuality,
  describeStop,
  trialLabel,
} from './wording.ts';

const LONGEST_LABEL = 40;
const BAR_WIDTH = 20;
const NARROW_BAR_WIDTH = 10;
/** From this many columns on there is room for the wide bar. */
const WIDE = 80;
/** Columns for the epoch, the loss and the accuracy, and for the spaces between the parts. */
const STATE_WIDTH = { narrow: 31, wide: 38 };
/** Clears from the cursor to the end of the screen. */
const CLEAR_BELOW = '\u001b[J';

/** A row of the display: one of the trials at work. */
interface Row {
  readonly bar: SingleBar;
  /** Id of the trial; undefined while the row is free. */
  trial: string | undefined;
}

/** Progress bars on a terminal, which must be one that moves its cursor. */
export function createBarDisplay(terminal: NodeJS.WriteStream): ProgressDisplay {
  // A terminal that does not know its width says 0.
  const columns = (): number => terminal.columns || WIDE;
  /** Columns of each line as it was drawn last. */
  const drawn: number[] = [];
  const bars = new MultiBar({
    stream: terminal,
    hideCursor: true,
    clearOnComplete: true,
    // What is logged moves every bar, also one that has not changed, and must wrap where it is long.
    forceRedraw: true,
    linewrap: true,
    // Ctrl-C is a matter of the command, which has something to say about it.
    gracefulExit: false,
    // The whole line is made here, so that it can be fitted to the terminal as it is at the moment.
    format: (_options, _state, { line }: { line?: (columns: number) => string }) => {
      const text = truncate(line?.(columns()) ?? '', columns() - 1);
      drawn.push(widthOf(text));
      return text;
    },
  });
  bars.on('redraw-pre', () => {
    drawn.length = 0;
  });
  const rows: Row[] = [];
  const tally = new Tally();
  let sweep: SingleBar | undefined;
  let best: SingleBar | undefined;

  const updateSweep = (): void => {
    sweep?.update(0, { line: (width: number) => `${drawBar(tally.share, width)} ${tally.counts}` });
    best?.update(0, { line: () => tally.best });
  };
  const setRow = (
    row: Row,
    trial: string | undefined,
    share: number,
    line: (columns: number) => string,
  ): void => {
    row.trial = trial;
    row.bar.update(share, { line });
    updateSweep();
  };

  const folded = (line: string): string => wrap(line, columns() - 1, '  ').join('\n');

  /** A line above the bars, which are drawn anew below it. */
  const log = (line: string): void => bars.log(`${CLEAR_BELOW}${folded(line)}\n`);

  /** A narrower window has broken the lines that were drawn: start again where the first of them begins. */
  const resize = (): void => {
    const broken = drawn.reduce((sum, width) => sum + Math.max(0, Math.ceil(width / columns()) - 1), 0);
    moveCursor(terminal, 0, -broken);
    bars.log(CLEAR_BELOW);
    bars.update();
  };

  const close = (): void => {
    if (!bars.isActive) return;
    terminal.off('resize', resize);
    // What was logged last is still to be written.
    bars.update();
    bars.stop();
  };

  return {
    show(event) {
      tally.show(event);
      switch (event.type) {
        case 'planning':
          terminal.write(`${describePlanning(event.points, event.most)}\n`);
          break;
        case 'planned': {
          terminal.write(`${describePlan(event)}\n`);
          sweep = bars.create(1, 0, {});
          best = bars.create(1, 0, {});
          // More rows than the window holds would scroll; the trials beyond go unseen.
          const visible = Math.min(event.concurrency, Math.max(1, (terminal.rows ?? 24) - 4));
          for (let row = 0; row < visible; row += 1) {
            rows.push({ bar: bars.create(1, 0, {}), trial: undefined });
          }
          terminal.on('resize', resize);
          updateSweep();
          break;
        }
        case 'trialStarted': {
          const row = rows.find(({ trial }) => trial === undefined);
          const label = trialLabel(event.spec);
          if (row !== undefined) setRow(row, event.spec.id, 0, (width) => trialLine(label, undefined, width));
          break;
        }
        case 'trialProgress': {
          const { spec, progress } = event;
          const row = rows.find(({ trial }) => trial === spec.id);
          const label = trialLabel(spec);
          const share = progress.step / progress.steps;
          if (row !== undefined) setRow(row, spec.id, share, (width) => trialLine(label, progress, width));
          break;
        }
        case 'trialFinished': {
          const { spec, record } = event;
          const { status } = record.outcome;
          if (status !== 'complete' && status !== 'interrupted') {
            log(`${trialLabel(spec)}: ${describeOutcome(record, tally.labels)}`);
          }
          const row = rows.find(({ trial }) => trial === spec.id);
          if (row !== undefined) setRow(row, undefined, 0, () => '');
          else updateSweep();
          break;
        }
        case 'trialRetried': {
          const { spec, record } = event;
          log(`${trialLabel(spec)}: ${describeOutcome(record, tally.labels)}; it is begun anew`);
          const row = rows.find(({ trial }) => trial === spec.id);
          if (row !== undefined) setRow(row, undefined, 0, () => '');
          break;
        }
        case 'stopping':
          log(describeStop(event.reason, tally.labels));
          break;
        case 'finished':
          close();
      }
    },
    note: (line) => void (bars.isActive ? log(line) : terminal.write(`${folded(line)}\n`)),
    close,
  };
}

function trialLine(label: string, progress: TrialProgress | undefined, columns: number): string {
  const state = progress === undefined ? '' : describeProgress(progress, columns);
  const room = Math.min(
    LONGEST_LABEL,
    columns - barWidth(columns) - STATE_WIDTH[columns < WIDE ? 'narrow' : 'wide'],
  );
  const share = progress === undefined ? 0 : progress.step / progress.steps;
  return `${pad(truncate(label, room), room, 'left')} ${drawBar(share, columns)} ${state}`;
}

function describeProgress({ epoch, epochs, loss, quality }: TrialProgress, columns: number): string {
  return `${columns < WIDE ? '' : 'epoch '}${epoch}/${epochs} loss ${loss.toPrecision(3)} ${describeQuality(quality)}`;
}

function barWidth(columns: number): number {
  return columns < WIDE ? NARROW_BAR_WIDTH : BAR_WIDTH;
}

function drawBar(share: number, columns: number): string {
  const width = barWidth(columns);
  const filled = Math.round(share * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
