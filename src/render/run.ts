/** A run as a whole: what was run, where, and how each of its trials ended. */
import type { Comparison, RunInput } from '../compare/compare.ts';
import { printable } from '../printable.ts';
import { CORRELATION, type MetricInfo, readMetric, tellingMetric, toldQuality } from '../record/measures.ts';
import type { TrialRecord } from '../record/record.ts';
import { runHeads } from './head.ts';
import { drawListing } from './listing.ts';
import { metricFormatter, metricTitle, NO_VALUE } from './metric.ts';
import { rowNamer } from './names.ts';
import { nameEnding } from './outcome.ts';
import { settingLines } from './settings.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { wrap } from './text.ts';

/** The run as lines. */
export function renderRun(
  { manifest, records }: RunInput,
  comparison: Comparison,
  style: PictureStyle,
): string[] {
  const { width, colors } = style;
  const byId = new Map(records.map((record) => [record.id, record]));
  const outcomes = manifest.trials.map(({ id }) => byId.get(id));
  const nameOf = rowNamer(comparison);
  const nameByPoint = new Map(comparison.rows.map((row) => [row.point, nameOf(row)]));
  const names = manifest.trials.map(({ point }) => nameByPoint.get(point) ?? point);
  const right = { align: 'right' } as const;
  const column = (metric: MetricInfo | undefined) => {
    if (metric === undefined) return [];
    const values = outcomes.map((record) => (record === undefined ? null : readMetric(metric.name, record)));
    return [plainColumn(metricTitle(metric), values.map(metricFormatter(metric)), right)];
  };
  const { covgrad, node, cpu, threads, startedAt, kernel } = manifest;
  return [
    ...runHeads(comparison).flatMap(({ name, facts }) => [colors.bold(name), ...wrap(facts, width, '  ')]),
    ...wrap(
      printable(
        `started ${startedAt} · covgrad ${covgrad} · Node ${node} · ${cpu} · ${threads} threads · kernel ${kernel.sha256?.slice(0, 12) ?? 'reference'}${kernel.tile === undefined ? '' : `, ${kernel.tile} tile`}`,
      ),
      width,
      '  ',
    ).map(colors.dim),
    '',
    colors.bold('Experiment (* swept)'),
    ...settingLines(manifest.config.experiment, Object.keys(manifest.config.sweep.parameters ?? {}), style),
    '',
    colors.bold('Trials'),
    ...drawListing(
      [
        plainColumn(
          'trial',
          manifest.trials.map(({ id }) => id),
        ),
        plainColumn(
          'point',
          manifest.trials.map(({ seed }, index) => `${names[index]}, seed ${seed}`),
        ),
        plainColumn(
          'outcome',
          outcomes.map((record) => nameEnding(record)),
        ),
        ...column(toldQuality(comparison.metrics)),
        ...column(tellingMetric(CORRELATION, comparison.metrics)),
        plainColumn('seconds', outcomes.map(secondsOf), right),
      ],
      style,
      3,
    ),
  ];
}

function secondsOf(record: TrialRecord | undefined): string {
  return record === undefined ? NO_VALUE : record.timing.seconds.toFixed(1);
}
