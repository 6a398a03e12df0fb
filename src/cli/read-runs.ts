/** Reads the runs that a command names, and finds in them what a user names. */
import { resolve } from 'node:path';
import { choosePoint, type Nameable } from '../compare/choose.ts';
import type { RunInput } from '../compare/compare.ts';
import { toldSettings } from '../record/told-settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { targetOf } from '../schedule/schedules.ts';
import { openRun } from '../store/run.ts';
import { usageError } from './exit.ts';
import { refuseStandard } from './standard-streams.ts';

/** Every planned trial as what its point can be called by. */
export function nameablePoints({ manifest }: RunInput): (Nameable & { readonly id: string })[] {
  return manifest.trials.map((spec) => {
    const { id, point, baseline } = spec;
    const { type, weight, strength } = spec.experiment.penalty;
    return {
      id,
      point,
      baseline,
      settings: toldSettings(spec),
      penalty: baseline
        ? null
        : { type, weight: targetOf(weight) ?? null, strength: targetOf(strength) ?? null },
    };
  });
}

/** Errors: ConfigError `USAGE` for what names no directory: `-`, and a variable of a shell that is not set. */
export function checkRunDirectory(directory: string): void {
  refuseStandard('run', directory, 'a run directory');
  if (directory === '') throw usageError('run: must be a run directory, got "". Name one.');
}

/** Opens runs and calls them by their names, or by their directories where a name would not tell two apart. */
export function readRuns(directories: readonly string[]): RunInput[] {
  for (const directory of directories) checkRunDirectory(directory);
  const distinct = [...new Map(directories.map((directory) => [resolve(directory), directory])).values()];
  const runs = distinct.map((directory) => ({ directory, run: openRun(directory) }));
  const ambiguous = new Set(runs.map(({ run }) => run.manifest.name)).size < runs.length;
  return runs.map(({ directory, run: { manifest, records } }) => ({
    name: ambiguous ? directory : manifest.name,
    manifest,
    records,
  }));
}

/**
 * The trial of an id, or all trials of the point that is named.
 *
 * Errors: ConfigError `UNKNOWN_POINT`.
 */
export function chooseTrials(word: string, run: RunInput): TrialSpec[] {
  const { trials } = run.manifest;
  const exact = trials.find(({ id }) => id === word);
  if (exact !== undefined) return [exact];
  const { point } = choosePoint('trial', word, nameablePoints(run));
  return trials.filter((trial) => trial.point === point);
}
