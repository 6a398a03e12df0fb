/** A plot in a terminal: lines in braille dots and points with marks, between labelled axes. */

import { nice, tickStep, ticks } from 'd3-array';
import type { Colors } from 'picocolors/types.js';
import { largestOf, smallestOf } from '../extremes.ts';
import { Canvas, DOTS_ACROSS, DOTS_DOWN } from './canvas.ts';
import { formatNumber } from './number.ts';
import { pad, truncate, widest, widthOf } from './text.ts';

/** Colours a piece of text; or leaves it as it is. */
export type Paint = (text: string) => string;

/** A position in the units of the axes. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Positions that are joined by straight lines. */
export interface PlotLine {
  readonly positions: readonly Position[];
  readonly paint: Paint;
}

/** A character at a position. Earlier marks keep their place, later ones move aside. */
export interface PlotMark extends Position {
  readonly text: string;
  readonly paint: Paint;
}

/** What is drawn, and in which room. */
export interface Plot {
  readonly width: number;
  /** Rows of the drawing, without axis and labels. */
  readonly height: number;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Whether only whole numbers make sense on the x axis. */
  readonly wholeX?: boolean;
  readonly lines: readonly PlotLine[];
  readonly marks: readonly PlotMark[];
}

/** Names of points and lines, which are explained below the plot. */
export const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Rows and columns for about one tick each. */
const ROWS_A_TICK = 3;
const COLUMNS_A_TICK = 14;

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** The lines of a plot, the label of the y axis above and that of the x axis below. */
export function drawPlot(plot: Plot, colors: Colors): string[] {
  const { height, lines, marks } = plot;
  const all = [...lines.flatMap(({ positions }) => positions), ...marks];
  const yAxis = makeAxis(
    all.map(({ y }) => y),
    Math.max(2, Math.round(height / ROWS_A_TICK)),
  );
  const gutter = widest(yAxis.ticks.map(({ text }) => text));
  const columns = Math.max(1, plot.width - gutter - 2);
  const xCount = Math.max(2, Math.round(columns / COLUMNS_A_TICK));
  const xAxis = makeAxis(
    all.map(({ x }) => x),
    xCount,
    plot.wholeX,
  );
  const cells = drawCells(plot, columns, xAxis, yAxis);
  const rowTicks = new Map(
    yAxis.ticks.map(({ value, text }) => [cellOf(1 - share(value, yAxis), height), text]),
  );
  const body = cells.map((row, index) => {
    const text = rowTicks.get(index);
    const edge = `${pad(text ?? '', gutter, 'right')} ${text === undefined ? '│' : '┤'}`;
    return (colors.dim(edge) + row.join('')).trimEnd();
  });
  return [
    colors.dim(truncate(`${pad('', gutter, 'left')} ${plot.yLabel}`, plot.width)),
    ...body,
    ...xAxisLines(xAxis, columns, gutter, plot).map(colors.dim),
  ];
}

function makeAxis(values: readonly number[], count: number, whole = false): Axis {
  const [low, high] = [smallestOf(values), largestOf(values)];
  // A single value gets an axis around it.
  const spread = high > low ? 0 : Math.abs(low) * 0.1 || 1;
  const [from, to] = whole ? [low - spread, high + spread] : nice(low - spread, high + spread, count);
  const step = tickStep(from, to, count);
  // The small excess keeps a step of 0.1, which is not exact, from counting as less.
  const decimals = whole ? 0 : Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const format = { decimals, scientific: true, signed: false };
  return {
    low: from,
    high: to,
    ticks: ticks(from, to, count)
      .filter((value) => !whole || Number.isInteger(value))
      .map((value) => ({ value, text: formatNumber(value, format) })),
  };
}

function share(value: number, { low, high }: Axis): number {
  return (value - low) / (high - low);
}

function cellOf(part: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.round(part * (cells - 1))));
}

function drawCells({ height, lines, marks }: Plot, columns: number, xAxis: Axis, yAxis: Axis): string[][] {
  const cells = Array.from({ length: height }, () => Array<string>(columns).fill(' '));
  for (const { positions, paint } of lines) {
    const canvas = new Canvas(columns, height);
    const dots = positions.map(({ x, y }) => ({
      x: cellOf(share(x, xAxis), columns * DOTS_ACROSS),
      y: cellOf(1 - share(y, yAxis), height * DOTS_DOWN),
    }));
    for (const [index, to] of dots.entries()) {
      const from = dots[index - 1] ?? to;
      canvas.line(from.x, from.y, to.x, to.y);
    }
    for (const [row, line] of cells.entries()) {
      for (const column of line.keys()) {
        const character = canvas.at(column, row);
        if (character !== undefined) line[column] = paint(character);
      }
    }
  }
  const taken = new Set<string>();
  for (const { x, y, text, paint } of marks) {
    const [column, row] = [cellOf(share(x, xAxis), columns), cellOf(1 - share(y, yAxis), height)];
    const free = PLACES.map(([across, down]) => [column + across, row + down] as const).find(
      ([atColumn, atRow]) => cells[atRow]?.[atColumn] !== undefined && !taken.has(`${atColumn},${atRow}`),
    );
    if (free === undefined) continue;
    taken.add(`${free[0]},${free[1]}`);
    const line = cells[free[1]];
    if (line !== undefined) line[free[0]] = paint(text);
  }
  return cells;
}

/** Where a mark goes when another one has its place. */
const PLACES: readonly (readonly [across: number, down: number])[] = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [2, 0],
  [-2, 0],
];

function xAxisLines(axis: Axis, columns: number, gutter: number, { xLabel, width }: Plot): string[] {
  const line = Array<string>(columns).fill('─');
  let labels = '';
  for (const { value, text } of axis.ticks) {
    const column = cellOf(share(value, axis), columns);
    line[column] = '┬';
    const start = Math.min(Math.max(0, column - Math.floor(widthOf(text) / 2)), columns - widthOf(text));
    // Labels that would run into each other are left out.
    if (start >= widthOf(labels) + (labels === '' ? 0 : 1)) labels = pad(labels, start, 'left') + text;
  }
  const indent = ' '.repeat(gutter + 2);
  const title = truncate(xLabel, width);
  return [
    `${' '.repeat(gutter + 1)}└${line.join('')}`,
    indent + labels,
    pad(title, Math.max(width, widthOf(title)), 'right'),
  ];
}
