/** How far runs are: one line for each of several, a screen for one that is watched. */
import type { Comparison } from '../compare/compare.ts';
import type { RunProgress } from '../compare/progress.ts';
import { printable } from '../printable.ts';
import type { TrialRecord } from '../record/record.ts';
import { toAscii } from './ascii.ts';
import { buildColumns, defaultColumns } from './columns.ts';
import { drawListing } from './listing.ts';
import { metricFormatter, NO_VALUE, styleOf } from './metric.ts';
import { nameOf, pointNamer } from './names.ts';
import { formatDuration } from './number.ts';
import { describeEnding } from './outcome.ts';
import type { PictureStyle } from './style.ts';
import { drawTable, fitColumns, plainColumn, spellColumn, truncateColumns } from './table.ts';
import { truncate } from './text.ts';

const BAR_WIDTH = 10;
const WATCHED_BAR_WIDTH = 30;
/** Columns of the counts and the time behind that bar. */
const COUNTS_WIDTH = 45;
/** Trials that ended last, on the screen of a watched run. */
const RECENT = 5;
/** Seconds between two looks from which the screen says when the next one is. */
const NOTABLE_PAUSE = 3;
/** Lines of that screen besides those of the table and the recent trials. */
const FRAME = 10;

/** A run that was found, or why it cannot be read. */
export type FoundRun =
  | { readonly directory: string; readonly progress: RunProgress }
  | { readonly directory: string; readonly problem: string };

/** A table of runs. */
export function renderRuns(found: readonly FoundRun[], style: PictureStyle): string[] {
  const cells = (read: (progress: RunProgress) => string): string[] =>
    found.map((run) => ('progress' in run ? read(run.progress) : NO_VALUE));
  const lines = drawListing(
    [
      plainColumn(
        'run',
        found.map(({ directory }) => printable(directory)),
      ),
      plainColumn(
        'state',
        found.map((run) => ('progress' in run ? run.progress.state : 'damaged')),
      ),
      plainColumn(
        'trials',
        cells(({ ended, planned }) => `${drawBar(ended / planned, BAR_WIDTH)} ${ended}/${planned}`),
      ),
      plainColumn('best point', cells(describeBest)),
      plainColumn(
        'started',
        cells(({ startedAt }) => printable(startedAt.slice(0, 16).replace('T', ' '))),
      ),
    ],
    style,
    3,
  );
  const problems = found.flatMap((run) =>
    'problem' in run ? [style.colors.yellow(printable(run.problem))] : [],
  );
  return problems.length === 0 ? lines : [...lines, '', ...problems];
}

/** The same as tab-separated lines; behind them, after a `#` each, why a run cannot be read. */
export function runsAsText(found: readonly FoundRun[]): string[] {
  const line = (run: FoundRun): string[] =>
    'progress' in run
      ? [
          printable(run.directory),
          run.progress.state,
          String(run.progress.ended),
          String(run.progress.planned),
          describeBest(run.progress),
          printable(run.progress.startedAt),
        ]
      : [printable(run.directory), 'damaged', '', '', '', ''];
  const lines = [['run', 'state', 'ended', 'planned', 'best point', 'started'], ...found.map(line)];
  const problems = found.flatMap((run) => ('problem' in run ? [`# ${printable(run.problem)}`] : []));
  return [...lines.map((cells) => cells.join('\t')), ...problems];
}

/** The screen of a run that is being watched, at most `height` lines; `pause` are the seconds until the next look at a running one. */
export function renderWatched(
  progress: RunProgress,
  comparison: Comparison,
  records: readonly TrialRecord[],
  { height, pause = 0, ...style }: PictureStyle & { readonly height: number; readonly pause?: number },
): string[] {
  const { colors, width, ascii = false } = style;
  const { planned, ended, secondsLeft, pruned, diverged, failed } = progress;
  const left =
    secondsLeft === null || progress.state !== 'running'
      ? ''
      : `, about ${formatDuration(Math.max(1, secondsLeft))} left`;
  const endings = Object.entries({ pruned, diverged, failed }).flatMap(([ending, trials]) =>
    trials > 0 ? `, ${trials} ${ending}` : [],
  );
  const all = comparison.rows.filter(({ seeds }) => seeds.length > 0);
  const waiting = comparison.rows.length - all.length;
  const names = defaultColumns({ ...comparison, rows: all });
  // Lines that the screen has no room for need no cells.
  const begun = all.slice(0, height);
  const columns = buildColumns({ ...comparison, rows: begun }, names, { chosen: false, intervals: true });
  const spelled = ascii ? columns.map((column) => spellColumn(column, toAscii)) : columns;
  const { shown } = fitColumns(spelled, width);
  const table = drawTable(
    truncateColumns(shown, width),
    begun.map(() => ({ text: '', tone: 'none' })),
    colors,
  );
  // A long run takes long to read, and a view that stands still is to say that it is alive.
  const waits = progress.state === 'running' && pause >= NOTABLE_PAUSE;
  const next = waits ? ` The next look is in ${formatDuration(pause)}.` : '';
  const namePoint = pointNamer(comparison.rows);
  const recent = records
    .map((record) => ({ record, end: endOf(record) }))
    .sort((a, b) => b.end - a.end)
    .slice(0, RECENT)
    .map(({ record }) => {
      const row = comparison.rows.find(({ point }) => point === record.point);
      const name = row === undefined ? record.point : namePoint(row);
      return `  ${name} seed ${record.seed}: ${describeEnding(record)}, ${record.timing.seconds.toFixed(1)} s`;
    });
  const lines = [
    `${colors.bold(truncate(printable(progress.name), width - progress.state.length - 2))}  ${progress.state}`,
    `${drawBar(ended / planned, Math.min(WATCHED_BAR_WIDTH, width - COUNTS_WIDTH))} ${ended}/${planned} trials${left}${endings.join('')}`,
    `best so far: ${describeBest(progress)}`,
    '',
    ...table.slice(0, Math.max(4, height - FRAME - recent.length)),
    ...(waiting > 0
      ? [colors.dim(`and ${waiting} ${waiting === 1 ? 'point' : 'points'} without a complete trial`)]
      : []),
    '',
    ...(recent.length === 0 ? [] : [colors.bold('Ended last'), ...recent]),
    '',
    colors.dim(`Ctrl-C ends the view, not the sweep.${next}`),
  ];
  return lines.slice(0, height).map((line) => (line.includes('\u001b') ? line : truncate(line, width)));
}

/** `decov at 0.1, mean |ρ| 0.061`. */
export function describeBest({ best, metric, rows }: RunProgress): string {
  if (best === null) return NO_VALUE;
  const value = best.metrics[metric.name]?.mean ?? null;
  const { label, unit } = styleOf(metric);
  const text = metricFormatter(metric)(value);
  return `${nameOf(best, rows)}, ${label} ${text}${unit === '%' ? ' %' : ''}`;
}

/** When a trial ended, in milliseconds since 1970. */
function endOf({ timing }: TrialRecord): number {
  return Date.parse(timing.startedAt) + 1000 * timing.seconds;
}

function drawBar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share || 0)) * Math.max(0, width));
  return '█'.repeat(filled) + '░'.repeat(Math.max(0, width - filled));
}
