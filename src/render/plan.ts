/** The points of a plan as a table. */

import { printable } from '../printable.ts';
import { PENALTY_STRENGTH, PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { toldSettings } from '../record/told-settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { settingLabel } from './columns.ts';
import { drawListing } from './listing.ts';
import { NO_VALUE } from './metric.ts';
import { formatSetting } from './number.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';

/** What is never dropped where the terminal is narrow, in this order before all other settings. */
const FIRST = [PENALTY_TYPE, PENALTY_WEIGHT, PENALTY_STRENGTH];

/** One point a line, with the settings that are swept, in the order of training; `others` are trials with further settings. */
export function renderPlan(
  trials: readonly TrialSpec[],
  others: readonly TrialSpec[],
  style: PictureStyle,
): string[] {
  const told = (spec: TrialSpec): TrialSpec => ({ ...spec, settings: toldSettings(spec) });
  const points = [...new Map(trials.map((spec) => [spec.point, spec])).values()].map(told);
  const settings = [...trials, ...others].flatMap((spec) => Object.keys(toldSettings(spec)));
  const swept = new Set([PENALTY_TYPE, ...settings]);
  const first = FIRST.filter((path) => swept.has(path));
  const paths = [...first, ...[...swept].filter((path) => !first.includes(path))];
  const columns = paths.map((path) => {
    const values = points.map((point) => settingOf(point, path));
    const texts = values.map((value) => (value === undefined ? NO_VALUE : printable(formatSetting(value))));
    const numeric = values.every((value) => value === undefined || typeof value === 'number');
    return plainColumn(settingLabel(path, paths.slice(1)), texts, { align: numeric ? 'right' : 'left' });
  });
  const names = plainColumn(
    'point',
    points.map(({ point }) => point),
  );
  return drawListing([...columns, names], style, first.length);
}

/** A baseline has no penalty, and so no value where the penalty is swept. */
function settingOf(
  { baseline, settings, experiment }: TrialSpec,
  path: string,
): string | number | boolean | undefined {
  if (path !== PENALTY_TYPE) return settings[path];
  return baseline ? 'baseline' : experiment.penalty.type;
}
