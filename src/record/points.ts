/**
 * Trials as they are stored: a point once for all of its seeds, its experiment by what it has other than the run's own.
 *
 * A whole experiment for every trial takes a kilobyte and more, and a plan of 100,000 trials hundreds of megabytes.
 */
import { z } from 'zod';
import { isMapping } from '../schema/mapping.ts';
import { withValueAt } from '../schema/value-at.ts';
import type { Setting } from './settings.ts';
import type { TrialSpec } from './trial-spec.ts';

/** A point with its trials, relative to an experiment. */
export interface StoredPoint {
  readonly point: string;
  readonly baseline: boolean;
  readonly seeds: readonly number[];
  /** Ids of the trials where they are not `<point>-s<seed>`. */
  readonly ids?: readonly string[];
  /** Set into the experiment first, each at its path. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Values that differ then, each with the keys that lead to it, and what is not there. */
  readonly set?: readonly (readonly [keys: readonly string[], value: unknown])[];
  readonly unset?: readonly (readonly string[])[];
}

type Experiment = TrialSpec['experiment'];

/** Checks a point that was read from a file. */
export const storedPointSchema: z.ZodType<StoredPoint> = z.object({
  point: z.string(),
  baseline: z.boolean(),
  seeds: z.array(z.int()).min(1),
  ids: z.array(z.string()).exactOptional(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  set: z.array(z.tuple([z.array(z.string()), z.unknown()])).exactOptional(),
  unset: z.array(z.array(z.string())).exactOptional(),
});

/** The points of some trials, in order; seeds of one point that stand side by side share an entry. */
export function* storedPoints(trials: Iterable<TrialSpec>, base: Experiment): Generator<StoredPoint> {
  let group: TrialSpec[] = [];
  for (const trial of trials) {
    const [first] = group;
    if (first !== undefined && !isSamePoint(first, trial)) {
      yield storedPoint(group, base);
      group = [];
    }
    group.push(trial);
  }
  if (group.length > 0) yield storedPoint(group, base);
}

/** The trials of a stored point; `from` is the position of the first of them in the plan. */
export function trialsOfPoint(stored: StoredPoint, base: Experiment, from: number): TrialSpec[] {
  const { point, baseline, seeds, ids, settings, set = [], unset = [] } = stored;
  let whole = withSettings(base, settings);
  for (const [keys, value] of set) whole = withValueAt(whole, keys, value);
  for (const keys of unset) whole = withValueAt(whole, keys, undefined);
  const experiment = whole as Experiment;
  return seeds.map((seed, at) => ({
    id: ids?.[at] ?? `${point}-s${seed}`,
    index: from + at,
    point,
    baseline,
    seed,
    settings,
    experiment,
  }));
}

function isSamePoint(one: TrialSpec, other: TrialSpec): boolean {
  return (
    one.point === other.point &&
    one.baseline === other.baseline &&
    one.experiment === other.experiment &&
    one.settings === other.settings
  );
}

function storedPoint(trials: readonly TrialSpec[], base: Experiment): StoredPoint {
  const { point, baseline, settings, experiment } = trials[0] as TrialSpec;
  const changes: Changes = { set: [], unset: [] };
  collectChanges(withSettings(base, settings), experiment, [], changes);
  const own = trials.some(({ id, seed }) => id !== `${point}-s${seed}`);
  return {
    point,
    baseline,
    seeds: trials.map(({ seed }) => seed),
    ...(own && { ids: trials.map(({ id }) => id) }),
    settings,
    ...(changes.set.length > 0 && { set: changes.set }),
    ...(changes.unset.length > 0 && { unset: changes.unset }),
  };
}

function withSettings(base: unknown, settings: StoredPoint['settings']): unknown {
  let whole = base;
  for (const [path, value] of Object.entries(settings)) whole = withValueAt(whole, path.split('.'), value);
  return whole;
}

interface Changes {
  readonly set: [keys: readonly string[], value: unknown][];
  readonly unset: (readonly string[])[];
}

/** Gather what makes `now` of `before`; a list of another length is one value. */
function collectChanges(before: unknown, now: unknown, keys: readonly string[], changes: Changes): void {
  if (before === now) return;
  const isList = Array.isArray(before) && Array.isArray(now) && before.length === now.length;
  if (!isList && !(isMapping(before) && isMapping(now))) {
    changes.set.push([keys, now]);
    return;
  }
  const [old, own] = [before as Record<string, unknown>, now as Record<string, unknown>];
  for (const key of Object.keys(own)) {
    if (own[key] !== undefined) collectChanges(old[key], own[key], [...keys, key], changes);
  }
  for (const key of Object.keys(old)) {
    if (old[key] !== undefined && own[key] === undefined) changes.unset.push([...keys, key]);
  }
}
