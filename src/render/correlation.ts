/** The correlation matrices of a layer side by side: without and with a penalty, at the beginning and at the end. */
import type { Colors } from 'picocolors/types.js';
import type { CorrelationBlocks } from '../metrics/correlation-blocks.ts';
import { unpackBlocks } from '../metrics/correlation-blocks.ts';
import { printable } from '../printable.ts';
import type { EpochRecord, TrialRecord } from '../store/record.ts';
import { divergingColor, halfBlocks, shade } from './palette.ts';
import type { PictureStyle } from './pareto.ts';
import { pad, truncate, wrap } from './text.ts';

/** A trial whose matrices are drawn, under a name. */
export interface PicturedTrial {
  readonly name: string;
  readonly record: TrialRecord;
}

type Matrix = readonly (readonly (number | null)[])[];

interface Panel {
  readonly captions: readonly string[];
  readonly matrix: Matrix;
}

const GAP = 2;
/** Below this a matrix shows nothing. */
const NARROWEST = 16;
const MOST_ACROSS = 3;

/** The matrices of every layer (or of one) of a trial and of its baseline, on one scale. */
export function drawCorrelation(
  trial: PicturedTrial,
  baseline: PicturedTrial | undefined,
  layer: string | undefined,
  style: PictureStyle,
): string[] {
  const { width, colors } = style;
  const title = colors.bold(
    truncate(`Correlations between units, ${trial.name}, seed ${trial.record.seed}`, width),
  );
  const layers = picturedLayers(trial.record).filter((name) => layer === undefined || name === layer);
  if (layers.length === 0) {
    return [
      title,
      ...wrap(
        'No correlation matrix is stored with this trial: only the first seed of a point keeps one, and runs of earlier versions have none.',
        width,
      ),
    ];
  }
  return layers.flatMap((name, index) => [
    ...(index === 0 ? [title] : ['']),
    ...drawLayer(name, trial, baseline, style),
  ]);
}

function drawLayer(
  layer: string,
  trial: PicturedTrial,
  baseline: PicturedTrial | undefined,
  style: PictureStyle,
): string[] {
  const own = picturesOf(trial.record, layer);
  const [before, after] = [own[0], own.length > 1 ? own.at(-1) : undefined];
  const reference = baseline && picturesOf(baseline.record, layer).at(-1);
  const panels: Panel[] = [
    ...(before === undefined ? [] : [panelOf(trial.name, before)]),
    ...(after === undefined ? [] : [panelOf(trial.name, after)]),
    ...(baseline === undefined || reference === undefined ? [] : [panelOf(baseline.name, reference)]),
  ];
  const units = before?.units ?? 0;
  const blocks = before?.blocks.blocks ?? 0;
  const across = Math.min(panels.length, MOST_ACROSS);
  const room = Math.floor((style.width - GAP * (across - 1)) / across);
  const size = Math.max(1, Math.min(blocks, Math.max(room, NARROWEST)));
  const shrunk = panels.map((panel) => ({ ...panel, matrix: shrink(panel.matrix, size) }));
  const largest = Math.max(
    ...shrunk.flatMap(({ matrix }) => matrix.flat()).map((value) => Math.abs(value ?? 0)),
  );
  const limit = largest > 0 ? largest : 1;
  const perBlock =
    units > size
      ? `, mean |ρ| of ${Math.round((units / size) ** 2)} or so pairs a block, with the sign of their mean`
      : '';
  return [
    ...wrap(`${printable(layer)}: ${units} units${perBlock}`, style.width, '  '),
    ...sideBySide(shrunk, size, limit, style),
    ...scaleLines(limit, style.colors),
  ];
}

interface Picture {
  readonly epoch: number;
  readonly units: number;
  readonly blocks: CorrelationBlocks;
  readonly mean: number | null;
}

function picturedLayers({ epochs }: TrialRecord): string[] {
  const names = epochs.flatMap(({ layers }) =>
    layers.flatMap(({ name, correlation }) => (correlation ? [name] : [])),
  );
  return [...new Set(names)];
}

function picturesOf({ epochs }: TrialRecord, layer: string): Picture[] {
  return epochs.flatMap(({ epoch, layers }: EpochRecord) =>
    layers.flatMap(({ name, units, correlation, metrics }) =>
      name === layer && correlation !== undefined
        ? [{ epoch, units, blocks: correlation, mean: metrics['mean-abs-correlation'] ?? null }]
        : [],
    ),
  );
}

function panelOf(name: string, { epoch, blocks, mean }: Picture): Panel {
  return {
    captions: [name, `epoch ${epoch}, mean |ρ| ${mean === null ? '—' : mean.toFixed(3)}`],
    matrix: unpackBlocks(blocks),
  };
}

/** A smaller matrix by the rule of the blocks themselves: the mean of the sizes, with the sign of the sum. */
function shrink(matrix: Matrix, size: number): Matrix {
  if (matrix.length <= size) return matrix;
  const start = (block: number): number => Math.floor((block * matrix.length) / size);
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => {
      const values = matrix
        .slice(start(row), start(row + 1))
        .flatMap((line) => line.slice(start(column), start(column + 1)))
        .filter((value) => value !== null);
      return signedMean(values);
    }),
  );
}

function signedMean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  return values.reduce((sum, value) => sum + value, 0) < 0 ? -size : size;
}

/** Two rows of blocks a line: as half blocks in colour, else as the shade of their mean. */
function sideBySide(
  panels: readonly Panel[],
  size: number,
  limit: number,
  { colors }: PictureStyle,
): string[] {
  const gap = ' '.repeat(GAP);
  const captions = [0, 1].map((line) =>
    panels
      .map(({ captions }) => pad(truncate(captions[line] ?? '', size), size, 'left'))
      .join(gap)
      .trimEnd(),
  );
  const rows = Array.from({ length: Math.ceil(size / 2) }, (_, line) =>
    panels
      .map(({ matrix }) => {
        // The diagonal is no pair of units; it is left in the colour of none.
        const at = (row: number, column: number): number | null => {
          const value = matrix[row]?.[column] ?? null;
          return value === null ? (row === column || row >= matrix.length ? 0 : null) : value / limit;
        };
        const columns = [...matrix.keys()];
        return colors.isColorSupported
          ? halfBlocks(
              columns.map((column) => [
                divergingColor(at(2 * line, column)),
                divergingColor(at(2 * line + 1, column)),
              ]),
            )
          : columns
              .map((column) => {
                const pair = [
                  at(2 * line, column),
                  2 * line + 1 < matrix.length ? at(2 * line + 1, column) : null,
                ];
                return shade(signedMean(pair.filter((value) => value !== null)));
              })
              .join('');
      })
      .join(gap),
  );
  return [colors.bold(captions[0] ?? ''), colors.dim(captions[1] ?? ''), ...rows];
}

function scaleLines(limit: number, colors: Colors): string[] {
  const text = limit.toFixed(2);
  if (!colors.isColorSupported) {
    return [
      `scale |ρ| 0 ${[0, 0.25, 0.5, 0.75, 1].map((share) => shade(share).repeat(2)).join('')} ${text}   ${shade(null)} dead units`,
    ];
  }
  const steps = Array.from({ length: 15 }, (_, index) => index / 7 - 1);
  const bar = halfBlocks(steps.map((share) => [divergingColor(share), divergingColor(share)]));
  const dead = halfBlocks([[divergingColor(null), divergingColor(null)]]);
  return [`scale −${text} ${bar} ${text}   ${dead} dead units`];
}
