/** What is said about a sweep while it runs, in a line each. */
import { mostTrials } from '../plan/extent.ts';
import { printable } from '../printable.ts';
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { isFraction } from '../record/quality.ts';
import { finalEpoch, type TrialRecord } from '../record/record.ts';
import { toldSettings } from '../record/told-settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { formatCount, formatDuration, formatPair, formatSetting } from '../render/number.ts';
import { describeStopping } from '../render/outcome.ts';
import type { StopReason, SweepEvent } from '../sweep/events.ts';

/** How far the check of the points of a sweep file is. */
export function describeChecking(points: number, most: number): string {
  return `Checking: ${formatCount(points)} of ${formatCount(most)} points`;
}

/** How far the planning of a large sweep is. */
export function describePlanning(points: number, most: number): string {
  return `Planning: ${formatCount(points)} of ${formatCount(most)} points`;
}

/** The head of a display: what runs, and where. */
export function describePlan({
  manifest,
  concurrency,
  finished,
  trials: count,
}: Extract<SweepEvent, { type: 'planned' }>): string {
  if (concurrency === 0) return `${manifest.name}: ${count} trials, all of them done before`;
  const most = mostTrials(manifest.config.sweep, manifest.trials);
  const trials = `${most > count ? `up to ${most}` : count} trials${finished.length > 0 ? `, ${finished.length} of them done before` : ''}`;
  const threads = concurrency === 1 ? '1 thread' : `${concurrency} threads`;
  return `${manifest.name}: ${trials}, on ${threads} with the ${manifest.kernel.variant} kernel`;
}

/** A trial in a few words: `decov 0.1 seed 2`, `baseline seed 2`; a weight never stands without its penalty. */
export function trialLabel(spec: TrialSpec): string {
  const { baseline, seed } = spec;
  const { type } = spec.experiment.penalty;
  const settings = toldSettings(spec);
  const alone = settings[PENALTY_WEIGHT] !== undefined && settings[PENALTY_TYPE] === undefined;
  const words = Object.entries(settings).map(([path, value]) =>
    path === PENALTY_TYPE || path === PENALTY_WEIGHT
      ? formatSetting(value)
      : `${path.slice(path.lastIndexOf('.') + 1)}=${formatSetting(value)}`,
  );
  const name = baseline ? ['baseline'] : alone ? [type] : [];
  return printable([...name, ...words, `seed ${seed}`].join(' '));
}

/** Trials in a few words, by their ids. */
export type Labels = ReadonlyMap<string, string>;

/** Why a sweep stops, and what it still does. */
export function describeStop(reason: StopReason, labels: Labels): string {
  switch (reason.why) {
    case 'signal':
      return 'Stopping after the current epoch. Press Ctrl-C again to leave at once.';
    case 'max-time':
      return `Stopping after the current epoch: --max-time of ${formatDuration(reason.seconds)} is over.`;
    case 'target':
      return `Stopping when the running trials are done: the target is reached with ${labels.get(reason.trial) ?? reason.trial}, ${Number(reason.value.toPrecision(4))} in the mean of the point.`;
  }
}

/** How a trial ended, in a line. */
export function describeOutcome(record: TrialRecord, labels: Labels): string {
  const { outcome, timing, attempt = 1 } = record;
  switch (outcome.status) {
    case 'complete': {
      const { loss: _, ...qualities } = finalEpoch(record)?.test ?? { loss: Number.NaN };
      const [[name, value] = ['loss', Number.NaN]] = Object.entries(qualities);
      const stopped = record.earlyStopping?.stopped === true ? `, ${describeStopping(record)}` : '';
      const retried = attempt > 1 ? `, attempt ${attempt}` : '';
      return `test ${name} ${describeQuality({ name, value })}, ${timing.seconds.toFixed(1)} s${stopped}${retried}`;
    }
    case 'pruned': {
      const { epoch, value, threshold, lostTo } = outcome;
      const [own, other] = formatPair(value, threshold);
      return printable(
        `pruned after epoch ${epoch} with ${own}, lost to ${labels.get(lostTo) ?? lostTo} with ${other}`,
      );
    }
    case 'diverged':
      return printable(`diverged in epoch ${outcome.epoch} at step ${outcome.step}: ${outcome.reason}`);
    case 'timeout':
      return `took longer than trial_timeout, ended after ${outcome.seconds.toFixed(1)} s and ${outcome.epoch} epochs`;
    case 'failed':
      return printable(`failed (${outcome.code}): ${outcome.message}`);
    case 'interrupted':
      return 'interrupted, to be trained again';
  }
}

/** A fraction in percent. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

/** A value of quality as a bar has room for it: fractions as percentages. */
export function describeQuality({ name, value }: { readonly name: string; readonly value: number }): string {
  return isFraction(name) ? percent(value) : value.toPrecision(3);
}
