/** Schedules as a plot: the value of a setting at every step, one line for each different schedule. */
import { formatNumber } from './number.ts';
import { drawPlot, LETTERS } from './plot.ts';
import type { PictureStyle } from './style.ts';
import { truncate, wrap } from './text.ts';

/** A setting that changes in the course of a training. */
export interface DrawnSetting {
  /** Dotted path. */
  readonly path: string;
  readonly schedules: readonly DrawnSchedule[];
}

/** One of its schedules, and its values in the course of the epochs. */
export interface DrawnSchedule {
  readonly name: string;
  /** How many points have it. */
  readonly points: number;
  readonly values: readonly { readonly epoch: number; readonly value: number }[];
}

/** More lines than these cannot be followed. */
const MOST_LINES = 6;
const HEIGHT = 12;
const WIDEST = 100;
const DIGITS = { decimals: 3, scientific: true, signed: false } as const;

/** Draws each setting with its schedules below. */
export function drawSchedules(settings: readonly DrawnSetting[], style: PictureStyle): string[] {
  return settings.flatMap((setting) => ['', ...drawSetting(setting, style)]);
}

function drawSetting({ path, schedules }: DrawnSetting, { width, colors }: PictureStyle): string[] {
  const shown = schedules.slice(0, MOST_LINES);
  const paints = [colors.cyan, colors.yellow, colors.magenta, colors.green, colors.blue, colors.red];
  const series = shown.map(({ name, points, values }, index) => ({
    letter: LETTERS[index] ?? '',
    paint: paints[index % paints.length] ?? String,
    positions: values.map(({ epoch, value }) => ({ x: epoch, y: value })),
    name,
    points,
  }));
  const plot = drawPlot(
    {
      width: Math.min(width, WIDEST),
      height: HEIGHT,
      xLabel: 'epochs',
      yLabel: path,
      lines: series,
      marks: series.flatMap(({ positions, letter, paint }) => {
        const highest = positions.reduce((best, each) => (each.y > best.y ? each : best), positions[0]!);
        return [{ ...highest, text: letter, paint: (text) => colors.bold(paint(text)) }];
      }),
    },
    colors,
  );
  const legend = series.flatMap(({ letter, name, points, positions, paint }) => {
    const [first, last] = [positions[0]?.y ?? 0, positions.at(-1)?.y ?? 0];
    const ends = `${formatNumber(first, DIGITS)} → ${formatNumber(last, DIGITS)}`;
    const count = `${points} point${points === 1 ? '' : 's'}`;
    const [head = '', ...rest] = wrap(`${letter} ${name}: ${ends}, ${count}`, width, '  ');
    return [head.replace(letter, paint(letter)), ...rest];
  });
  const more = schedules.length - shown.length;
  const note = more > 0 ? [colors.dim(truncate(`and ${more} schedules more.`, width))] : [];
  return [colors.bold(truncate(`${path} by epoch`, width)), ...plot, ...legend, ...note];
}
