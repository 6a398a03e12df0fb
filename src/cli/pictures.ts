/** The pictures of `covgrad compare`: from what was asked for to what is drawn. */
import { choosePoint } from '../compare/choose.ts';
import type { Comparison, RunInput, RunSummary } from '../compare/compare.ts';
import { groupBy } from '../compare/group.ts';
import { headKey, requireColumn } from '../compare/order.ts';
import type { PointSummary } from '../compare/point.ts';
import { printable } from '../printable.ts';
import { choosingMetric, type MetricInfo } from '../record/measures.ts';
import type { CurveSet } from '../render/columns.ts';
import { drawCorrelation, type PicturedTrial } from '../render/correlation.ts';
import { drawCurves } from '../render/curves.ts';
import { drawHeatmap } from '../render/heatmap.ts';
import { drawImportance } from '../render/importance.ts';
import { styleOf } from '../render/metric.ts';
import { nameOf } from '../render/names.ts';
import { drawPareto } from '../render/pareto.ts';
import type { PictureStyle } from '../render/style.ts';
import type { askedPictures, CompareArguments } from './compare-options.ts';
import { usageError } from './exit.ts';

/** What pictures are drawn from. */
export interface PictureSource {
  readonly comparison: Comparison;
  readonly runs: readonly RunInput[];
  readonly curves: CurveSet;
  readonly precision: number | undefined;
  readonly style: PictureStyle;
}

/** The pictures that were asked for, each as lines. */
export function drawPictures(
  asked: ReturnType<typeof askedPictures>,
  given: CompareArguments,
  source: PictureSource,
): string[][] {
  const { comparison, curves, style } = source;
  return asked.map((picture) => {
    switch (picture) {
      case 'pareto':
        return drawParts(source, dataOf, (part) =>
          drawPareto(part, twoMetrics(given.pareto ?? '', part), style),
        );
      case 'heatmap':
        return drawParts(source, nameOfRun, (part) =>
          drawHeatmap(part, curves.metric, style, source.precision),
        );
      case 'correlation':
        return correlation(given.correlation ?? '', given.layer, source);
      case 'curves':
        return drawCurves(comparison, curves, style);
      default:
        return drawParts(source, nameOfRun, (part) => drawImportance(part, curves.metric, style));
    }
  });
}

const nameOfRun = ({ name }: RunSummary): string => name;
const dataOf = ({ data }: RunSummary): string => data.fingerprint;

/** Draws runs that may be drawn together in one picture, and the others each in its own. */
function drawParts(
  { comparison, style }: PictureSource,
  keyOf: (run: RunSummary) => string,
  draw: (part: Comparison) => string[],
): string[] {
  const groups = groupBy(comparison.runs, keyOf);
  return groups.flatMap((runs, index) => {
    const names = runs.map(({ name }) => name);
    const lines = draw({
      ...comparison,
      runs,
      rows: comparison.rows.filter(({ run }) => names.includes(run)),
    });
    if (groups.length === 1) return lines;
    return [...(index > 0 ? [''] : []), style.colors.bold(printable(names.join(', '))), ...lines];
  });
}

/**
 * A metric by its name, of which the split may be left out, or by its head in a table. Without a split it is the one that
 * ranks: where there is a validation split, `accuracy` is that on it.
 *
 * Errors: ConfigError UNKNOWN_COLUMN.
 */
export function requireMetric(option: string, name: string, metrics: readonly MetricInfo[]): MetricInfo {
  const known = metrics.map((metric) => metric.name);
  const heads = new Map(metrics.map((metric) => [headKey(styleOf(metric).label), metric.name]));
  const meant = requireColumn(option, name.trim(), known, heads);
  const found = metrics.find((metric) => metric.name === meant) as MetricInfo;
  return name.trim() === found.name ? found : choosingMetric(found, metrics);
}

function twoMetrics(text: string, { metrics }: Comparison): [MetricInfo, MetricInfo] {
  const [first, second, ...more] = text.split(',').map((name) => name.trim());
  if (!first || !second || more.length > 0) {
    throw usageError(
      `--pareto: must name two metrics with a comma between them, got "${text}". Write accuracy,mean-abs-correlation.`,
    );
  }
  return [requireMetric('--pareto', first, metrics), requireMetric('--pareto', second, metrics)];
}

function correlation(word: string, layer: string | undefined, source: PictureSource): string[] {
  const { comparison, runs, style } = source;
  const row = choosePoint('--correlation', word, comparison.rows);
  const own = trialOf(row, comparison, runs);
  if (own === undefined) {
    throw usageError(
      `--correlation: must name a point with a finished epoch, got "${word}". Go on with the sweep first, or name another.`,
    );
  }
  const baseline = comparison.rows.find(({ run, point }) => run === row.run && point === row.baselinePoint);
  return drawCorrelation(own, baseline && trialOf(baseline, comparison, runs), layer, style);
}

/** The trial of a point that keeps matrices, else the first with an epoch. */
function trialOf(
  row: PointSummary,
  { rows }: Comparison,
  runs: readonly RunInput[],
): PicturedTrial | undefined {
  const records = (runs.find(({ name }) => name === row.run)?.records ?? [])
    .filter(({ point, epochs }) => point === row.point && epochs.length > 0)
    .sort((a, b) => a.seed - b.seed);
  const pictured = records.find(({ epochs }) =>
    epochs.some(({ layers }) => layers.some((each) => each.correlation)),
  );
  const record = pictured ?? records[0];
  return record && { name: nameOf(row, rows), record };
}
