/** Everything of one trial: its settings, epochs, layers and time, beside the baseline of the same seed. */

import { printable } from '../printable.ts';
import { CORRELATION, type MetricInfo, readFloors } from '../record/measures.ts';
import { QUALITIES } from '../record/quality.ts';
import { type EpochRecord, finalEpoch, type LayerRecord, type TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { drawListing } from './listing.ts';
import { NO_VALUE, styleOf } from './metric.ts';
import { formatCount } from './number.ts';
import { describeEnding } from './outcome.ts';
import { finalOf, infoOf, measurements, numbersOf, type Reading, resultsOf, scaled } from './readings.ts';
import { settingLines } from './settings.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { truncate, wrap } from './text.ts';

/** A trial as it was planned and as it went. */
export interface ShownTrial {
  readonly name: string;
  readonly spec: TrialSpec;
  readonly record: TrialRecord | undefined;
  /** The unpenalised trial of the same seed. */
  readonly baseline: TrialRecord | undefined;
  /** Of the comparison of its run. */
  readonly metrics: readonly MetricInfo[];
}

/** Digits that tell two trials apart; all of them are in the journal and in --json. */
const DIGITS = 6;

/** The trial as lines. */
export function renderTrial(
  { name, spec, record, baseline, metrics }: ShownTrial,
  style: PictureStyle,
): string[] {
  const { width, colors } = style;
  const title = `${name}, seed ${spec.seed}: ${describeEnding(record)}`;
  return [
    ...wrap(title, width, '  ').map(colors.bold),
    colors.dim(truncate(`trial ${spec.id}`, width)),
    '',
    colors.bold('Settings (* swept)'),
    ...settingLines(spec.experiment, Object.keys(spec.settings), style),
    ...(record === undefined ? [] : measuredSections(record, baseline, metrics, style)),
  ];
}

function measuredSections(
  record: TrialRecord,
  baseline: TrialRecord | undefined,
  metrics: readonly MetricInfo[],
  style: PictureStyle,
): string[] {
  const { colors } = style;
  const { startedAt, seconds, trainSeconds } = record.timing;
  const last = finalEpoch(record);
  const before = baseline && finalEpoch(baseline);
  const reference = before && resultsOf(before, metrics);
  const start = record.penalty === undefined ? [] : numbersOf(record.penalty.start);
  return [
    ...(record.penalty === undefined
      ? []
      : besideBaseline(
          'Penalty, before the first step',
          [['weight', record.penalty.weight], ...start],
          undefined,
          style,
        )),
    ...(record.epochs.length === 0
      ? []
      : ['', colors.bold('Epochs'), ...epochTable(record.epochs, metrics, style)]),
    ...(last === undefined
      ? []
      : besideBaseline(`After epoch ${last.epoch}`, resultsOf(last, metrics), reference, style)),
    ...(last?.layers ?? []).flatMap((layer) => [
      ...layerSection(layer, 'layers', { record, baseline, metrics }, style),
      ...(last?.testLayers ?? [])
        .filter((each) => each.layer === layer.layer)
        .flatMap((each) => layerSection(each, 'testLayers', { record, baseline, metrics }, style)),
    ]),
    ...(record.final === undefined
      ? []
      : besideBaseline(
          'Measured once, at the end',
          finalOf(record.final),
          baseline?.final && finalOf(baseline.final),
          style,
        )),
    '',
    colors.bold('Time'),
    ...wrap(
      `started ${printable(startedAt)}, ${format(seconds)} s, of which ${format(trainSeconds)} s in training steps${resourcesOf(record)}`,
      style.width,
      '  ',
    ),
  ];
}

function resourcesOf({ peakKernelBytes, attempt }: TrialRecord): string {
  const memory =
    peakKernelBytes === undefined
      ? ''
      : `, at most ${format(peakKernelBytes / 2 ** 20)} MiB of kernel memory`;
  return memory + (attempt === undefined ? '' : `, attempt ${attempt}`);
}

function epochTable(
  epochs: readonly EpochRecord[],
  metrics: readonly MetricInfo[],
  style: PictureStyle,
): string[] {
  const column = (name: string, read: (epoch: EpochRecord) => number | null, layer = '') => {
    const { label, unit, scale } = styleOf(infoOf(name, metrics));
    return plainColumn(
      layer === '' ? label : `${label} ${layer}`,
      epochs.map((epoch) => format(scaled(read(epoch), scale))),
      { unit, align: 'right' },
    );
  };
  const layers = epochs.at(-1)?.layers ?? [];
  const split = epochs.at(-1)?.validation === undefined ? 'test' : 'validation';
  const quality = qualityOf(epochs.at(-1));
  return drawListing(
    [
      plainColumn(
        'epoch',
        epochs.map(({ epoch }) => String(epoch)),
        { align: 'right' },
      ),
      ...(quality === undefined
        ? []
        : [column(`${split}.${quality}`, (epoch) => epoch[split]?.[quality] ?? null)]),
      ...layers.map(({ name, layer }) =>
        column(
          CORRELATION,
          (epoch) => epoch.layers.find((each) => each.layer === layer)?.metrics[CORRELATION] ?? null,
          layers.length > 1 ? printable(name) : '',
        ),
      ),
      column(`${split}.loss`, (epoch) => epoch[split]?.loss ?? null),
      column('train.loss', ({ train }) => train.loss),
      column('train.penalty', ({ train }) => train.penalty),
      ...(quality === undefined ? [] : [column(`train.${quality}`, ({ train }) => train[quality] ?? null)]),
    ],
    style,
  );
}

/** The first quality of the task: it stands before all others. */
function qualityOf(epoch: EpochRecord | undefined): string | undefined {
  const scores = epoch?.validation ?? epoch?.test ?? {};
  return QUALITIES.find(({ name }) => Object.hasOwn(scores, name))?.name;
}

/** One layer on the split that ranks, or on the test split beside it. */
function layerSection(
  layer: LayerRecord,
  kind: 'layers' | 'testLayers',
  { record, baseline, metrics }: Pick<ShownTrial, 'baseline' | 'metrics'> & { readonly record: TrialRecord },
  style: PictureStyle,
): string[] {
  const validated = finalEpoch(record)?.validation !== undefined;
  const split = kind === 'testLayers' ? 'test' : validated ? 'validation' : 'held-out';
  const floors = readFloors(record, layer.name);
  const prefix = kind === 'testLayers' ? 'test.' : '';
  const other = (baseline && finalEpoch(baseline))?.[kind]?.find((each) => each.layer === layer.layer);
  const head = `${printable(layer.name)}: ${formatCount(layer.units)} units, ${formatCount(layer.samples)} ${split} samples${layer.positions === undefined ? '' : ` at ${formatCount(layer.positions)} positions`}`;
  const read = (each: LayerRecord): Reading[] => measurements(each, metrics, floors, prefix);
  return besideBaseline(head, read(layer), other && read(other), style);
}

/** A table of measurements and how they differ from the baseline's. */
function besideBaseline(
  head: string,
  own: readonly Reading[],
  baseline: readonly Reading[] | undefined,
  style: PictureStyle,
): string[] {
  const before = new Map(baseline ?? []);
  const difference = (name: string, value: number | null): number | null => {
    const reference = before.get(name) ?? null;
    return value === null || reference === null ? null : value - reference;
  };
  const column = (label: string, read: (name: string, value: number | null) => number | null) =>
    plainColumn(
      label,
      own.map(([name, value]) => format(read(name, value))),
      { align: 'right' },
    );
  return [
    '',
    ...wrap(head, style.width, '  ').map(style.colors.bold),
    ...drawListing(
      [
        plainColumn(
          'metric',
          own.map(([name]) => name),
        ),
        column('value', (_name, value) => value),
        ...(baseline === undefined
          ? []
          : [column('baseline', (name) => before.get(name) ?? null), column('difference', difference)]),
      ],
      style,
    ),
  ];
}

function format(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  return String(Number(value.toPrecision(DIGITS))).replace('-', '−');
}
