/** A data set as training sees it: its splits, the classes or targets of each, and a few images. */

import { largestOf } from '../extremes.ts';
import type { DatasetFacts, InspectedDataset, SplitFacts } from '../inspect/dataset-facts.ts';
import { printable } from '../printable.ts';
import { drawListing } from './listing.ts';
import { formatCount } from './number.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { wrap } from './text.ts';
import { drawThumbnails } from './thumbnail.ts';
import { formatValue, valueColumns } from './value-facts.ts';

/** What the sweep file says of the data. */
export interface DatasetUse {
  readonly sweep: string;
  readonly task: string;
  /** How inputs are scaled, in the words of the sweep file. */
  readonly normalize: string;
  /** What else to tell, ready to print. */
  readonly notes: readonly string[];
}

/** More classes than these are counted, not listed. */
const MOST_CLASSES = 30;
const LONGEST_BAR = 20;

/** The lines about a data set. */
export function renderDataset(
  { facts, pictures }: InspectedDataset,
  { sweep, task, normalize, notes }: DatasetUse,
  style: PictureStyle,
): string[] {
  const { width, colors } = style;
  const { source, features, shape, elements, splits } = facts;
  const form = shape.length === 1 ? '' : ` (${shape.join(' x ')})`;
  const kept = elements === 'u8' ? 'bytes in memory' : 'float32 in memory';
  const [inputs, ...rest] = valueColumns(splits.map((split) => split.inputs));
  const thumbnails = drawThumbnails(pictures, style, 2);
  return [
    ...wrap(colors.bold(printable(sweep)), width),
    ...wrap(
      `${task} from source ${source} · ${formatCount(features)} features${form}, normalize: ${normalize}, ${kept}`,
      width,
    ),
    '',
    ...drawListing(
      [
        plainColumn(
          'split',
          splits.map(({ name }) => name),
        ),
        plainColumn(
          'samples',
          splits.map(({ samples }) => formatCount(samples)),
          { align: 'right' },
        ),
        ...(inputs === undefined ? [] : [{ ...inputs, label: 'inputs' }]),
        ...rest,
      ],
      style,
    ),
    ...drawTargets(facts, style),
    ...(thumbnails.length === 0 ? [] : ['', ...thumbnails]),
    ...[...oddities(facts), ...notes, ...facts.notes].flatMap((note) => [
      '',
      ...wrap(printable(note), width, '  '),
    ]),
  ];
}

function drawTargets({ target, splits }: DatasetFacts, style: PictureStyle): string[] {
  switch (target.kind) {
    case 'inputs':
      return [];
    case 'classes': {
      if (target.classes > MOST_CLASSES) return ['', `${formatCount(target.classes)} classes`];
      const counts = splits.map((split) => countsOf(split));
      const most = largestOf(counts[0] ?? [], 1);
      const names = Array.from(
        { length: target.classes },
        (_, label) => target.names?.[label] ?? String(label),
      );
      return [
        '',
        ...drawListing(
          [
            plainColumn('class', names.map(printable)),
            ...splits.map(({ name }, split) =>
              plainColumn(
                name,
                names.map((_, label) => formatCount(counts[split]?.[label] ?? 0)),
                {
                  align: 'right',
                },
              ),
            ),
            plainColumn(
              '',
              names.map((_, label) =>
                '█'.repeat(Math.ceil((LONGEST_BAR * (counts[0]?.[label] ?? 0)) / most)),
              ),
            ),
          ],
          style,
          1 + splits.length,
        ),
      ];
    }
    case 'numbers': {
      const rows = splits.flatMap(({ name, targets }) =>
        targets.kind === 'numbers'
          ? targets.columns.map((facts, column) => ({
              name,
              target: target.names?.[column] ?? String(column),
              facts,
            }))
          : [],
      );
      return [
        '',
        ...drawListing(
          [
            plainColumn(
              'target',
              rows.map((row) => printable(row.target)),
            ),
            plainColumn(
              'split',
              rows.map(({ name }) => name),
            ),
            ...valueColumns(rows.map(({ facts }) => facts)),
          ],
          style,
        ),
      ];
    }
  }
}

function countsOf({ targets }: SplitFacts): readonly number[] {
  return targets.kind === 'classes' ? targets.counts : [];
}

/** What a user may not expect of the data. */
function oddities({ constantFeatures, features, target, splits }: DatasetFacts): string[] {
  const said: string[] = [];
  if (constantFeatures > 0) {
    const verb = constantFeatures === 1 ? 'has' : 'have';
    said.push(
      `${formatCount(constantFeatures)} of ${formatCount(features)} features ${verb} one value alone in the training samples.`,
    );
  }
  if (target.kind === 'numbers' && target.deviations !== undefined) {
    const own = target.deviations.map(formatValue).join(', ');
    said.push(`The targets are standardized, by deviations of ${own}; errors are told in their own unit.`);
  }
  if (target.kind !== 'classes') return said;
  for (const split of splits) {
    const empty = countsOf(split).filter((count) => count === 0).length;
    if (empty === 0) continue;
    said.push(
      `${formatCount(empty)} of ${formatCount(target.classes)} classes ${empty === 1 ? 'has' : 'have'} no sample in ${split.name}.`,
    );
  }
  return said;
}
