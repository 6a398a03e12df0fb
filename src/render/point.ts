/** Everything of one point: its settings, how its trials ended, and every metric beside the baseline. */
import type { Comparison } from '../compare/compare.ts';
import type { RankedPoint } from '../compare/standing.ts';
import type { TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { drawListing } from './listing.ts';
import { differenceColumn, metricColumn, metricTitle, NO_VALUE } from './metric.ts';
import { nameOf } from './names.ts';
import { describeEnding } from './outcome.ts';
import { settingLines } from './settings.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { wrap } from './text.ts';

/** A point with its trials as they were planned and as they went. */
export interface ShownPoint {
  readonly comparison: Comparison;
  readonly row: RankedPoint;
  readonly trials: readonly { readonly spec: TrialSpec; readonly record: TrialRecord | undefined }[];
}

/** The point as lines. */
export function renderPoint({ comparison, row, trials }: ShownPoint, style: PictureStyle): string[] {
  const { width, colors } = style;
  const baseline = comparison.rows.find(({ run, point }) => run === row.run && point === row.baselinePoint);
  const metrics = comparison.metrics.filter(({ name }) => (row.metrics[name]?.n ?? 0) > 0);
  const text = (rows: readonly RankedPoint[], difference: boolean): string[] =>
    metrics.map((metric) => {
      const build = difference ? differenceColumn : metricColumn;
      return build(rows, metric, { intervals: true }).cells[0]?.text ?? NO_VALUE;
    });
  const right = { align: 'right' } as const;
  return [
    ...wrap(`${nameOf(row, comparison.rows)}: point ${row.point}`, width, '  ').map(colors.bold),
    '',
    colors.bold('Settings (* swept)'),
    ...settingLines(trials[0]?.spec.experiment, Object.keys(row.settings), style),
    '',
    colors.bold('Trials'),
    ...drawListing(
      [
        plainColumn(
          'trial',
          trials.map(({ spec }) => spec.id),
        ),
        plainColumn(
          'seed',
          trials.map(({ spec }) => String(spec.seed)),
          right,
        ),
        plainColumn(
          'seconds',
          trials.map(({ record }) => record?.timing.seconds.toFixed(1) ?? NO_VALUE),
          right,
        ),
        plainColumn(
          'outcome',
          trials.map(({ record }) => describeEnding(record)),
        ),
      ],
      style,
    ),
    ...(metrics.length === 0
      ? []
      : [
          '',
          ...wrap(
            `Metrics at the end of training, over ${row.seeds.length} complete trials`,
            width,
            '  ',
          ).map(colors.bold),
          ...drawListing(
            [
              plainColumn(
                'metric',
                metrics.map((metric) => metricTitle(metric, row.metrics[metric.name]?.floor)),
              ),
              plainColumn('mean', text([row], false), right),
              ...(baseline === undefined
                ? []
                : [
                    plainColumn('difference', text([row], true), right),
                    plainColumn('baseline', text([baseline], false), right),
                  ]),
            ],
            style,
          ),
        ]),
  ];
}
