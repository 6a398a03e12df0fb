/** The correlation matrices of a layer side by side: without and with a penalty, at the beginning and at the end. */

import type { Colors } from 'picocolors/types.js';
import { largestOf } from '../extremes.ts';
import { type CorrelationBlocks, unpackBlocks } from '../metrics/correlation-blocks.ts';
import { printable } from '../printable.ts';
import { CORRELATION } from '../record/measures.ts';
import type { EpochRecord, TrialRecord } from '../record/record.ts';
import { contrastLimit, divergingColor, halfBlocks, type Matrix, shade } from './palette.ts';
import type { PictureStyle } from './style.ts';
import { pad, truncate, wrap } from './text.ts';

/** A trial whose matrices are drawn, under a name. */
export interface PicturedTrial {
  readonly name: string;
  readonly record: TrialRecord;
}

interface Panel {
  readonly captions: readonly string[];
  readonly matrix: Matrix;
}

const GAP = 2;
/** Room for a caption, and the narrowest picture. */
const CAPTION_WIDTH = 28;
/** A small layer is drawn larger than one character a unit, up to this. */
const LARGEST_BLOCK = 4;

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
  const reference = baseline && picturesOf(baseline.record, layer).at(-1);
  const panels: Panel[] = [
    ...[own[0], own.length > 1 ? own.at(-1) : undefined].flatMap((picture) =>
      picture === undefined ? [] : [panelOf(trial.name, picture)],
    ),
    ...(baseline === undefined || reference === undefined ? [] : [panelOf(baseline.name, reference)]),
  ];
  const units = own[0]?.units ?? 0;
  const blocks = own[0]?.blocks.blocks ?? 0;
  const across = Math.min(
    panels.length,
    Math.max(1, Math.floor((style.width + GAP) / (CAPTION_WIDTH + GAP))),
  );
  const room = Math.floor((style.width - GAP * (across - 1)) / across);
  const size = Math.min(blocks, room);
  const magnified = Math.max(1, Math.min(LARGEST_BLOCK, Math.floor(room / size)));
  const shrunk = panels.map((panel) => ({ ...panel, matrix: shrink(panel.matrix, size) }));
  const limit = contrastLimit(shrunk.map(({ matrix }) => matrix));
  const drawn = shrunk.map((panel) => ({ ...panel, matrix: magnify(panel.matrix, magnified, limit) }));
  const perBlock =
    units > size
      ? `, in ${size} x ${size} blocks: mean |ρ| of their pairs, with the sign of their mean ρ`
      : '';
  const bands = Array.from({ length: Math.ceil(drawn.length / across) }, (_, band) =>
    drawn.slice(band * across, (band + 1) * across),
  );
  return [
    ...wrap(`${printable(layer)}: ${units} units${perBlock}`, style.width, '  '),
    ...bands.flatMap((band) => sideBySide(band, style)),
    ...scaleLines(limit, style.colors),
  ];
}

/** Each block as a square of `factor`, as a share of `limit`; the diagonal, which is no pair of units, as none. */
function magnify(matrix: Matrix, factor: number, limit: number): Matrix {
  return matrix.flatMap((line, row) => {
    const shares = line.flatMap((value, column) =>
      Array<number | null>(factor).fill(value === null ? (row === column ? 0 : null) : value / limit),
    );
    return Array<typeof shares>(factor).fill(shares);
  });
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
        ? [{ epoch, units, blocks: correlation, mean: metrics[CORRELATION] ?? null }]
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
function sideBySide(panels: readonly Panel[], { colors }: PictureStyle): string[] {
  const height = largestOf(panels.map(({ matrix }) => matrix.length));
  const width = Math.max(height, CAPTION_WIDTH);
  const beside = (texts: readonly string[]): string =>
    texts
      .map((text) => pad(text, width, 'left'))
      .join(' '.repeat(GAP))
      .trimEnd();
  const rows = Array.from({ length: Math.ceil(height / 2) }, (_, line) =>
    beside(
      panels.map(({ matrix }) => {
        const upper = matrix[2 * line] ?? [];
        // An odd last row has nothing below it: neither a colour nor a part in the mean.
        const lower = matrix[2 * line + 1];
        if (colors.isColorSupported) {
          return halfBlocks(
            upper.map((value, column) => [
              divergingColor(value),
              divergingColor(lower === undefined ? 0 : (lower[column] ?? null)),
            ]),
          );
        }
        const pairs = upper.map((value, column) => [value, lower?.[column] ?? null]);
        return pairs.map((pair) => shade(signedMean(pair.filter((value) => value !== null)))).join('');
      }),
    ),
  );
  const caption = (line: number): string =>
    beside(panels.map(({ captions }) => truncate(captions[line] ?? '', width)));
  return [colors.bold(caption(0)), colors.dim(caption(1)), ...rows];
}

function scaleLines(limit: number, colors: Colors): string[] {
  const text = `${limit.toFixed(2)} and above`;
  const negative = `−${limit.toFixed(2)}`;
  if (!colors.isColorSupported) {
    return [
      `scale |ρ| 0 ${[0, 0.25, 0.5, 0.75, 1].map((share) => shade(share).repeat(2)).join('')} ${text}   ${shade(null)} dead units`,
    ];
  }
  const steps = Array.from({ length: 15 }, (_, index) => index / 7 - 1);
  const bar = halfBlocks(steps.map((share) => [divergingColor(share), divergingColor(share)]));
  const dead = halfBlocks([[divergingColor(null), divergingColor(null)]]);
  return [`scale ${negative} ${bar} ${text}   ${dead} dead units`];
}
