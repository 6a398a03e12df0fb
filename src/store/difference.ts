/** What has changed between the beginning of a run and its going on, and whether old and new trials go together. */
import { isAdaptive } from '../config/methods.ts';
import type { Manifest } from '../record/record.ts';

/** The way from one manifest to another. */
export interface ManifestChange {
  /** One line each: `key: before -> now`. None where nothing changed. */
  readonly differences: readonly string[];
  /** Those among them with which the rest of the run would not be comparable with its beginning. */
  readonly incompatible: readonly string[];
}

/** Parts of a sweep that may change as long as every trial of the old plan is in the new one. */
const MAY_GROW = /^config\.(name|sweep\.(seeds|parameters|zip|run_cap|trial_timeout|metrics?))(\.|:)/;
/** Where each point follows from the results before it, other values or seeds would have made other points. */
const MAY_GROW_ADAPTIVELY = /^config\.(name|sweep\.(run_cap|trial_timeout)):/;
/** Who trains, and from where: without influence on the numbers, since the fingerprint says what the data hold. */
const CIRCUMSTANCES = ['threads', 'covgrad', 'node', 'cpu', 'base', 'digests'] as const;

/** Compare what a run was begun with, or last changed to, with what it is to go on with. */
export function manifestChange(before: Manifest, now: Manifest): ManifestChange {
  const config = differences({ config: before.config }, { config: now.config });
  const kernel = differences(kernelOf(before), kernelOf(now));
  const data = differences(dataOf(before), dataOf(now));
  const circumstances = CIRCUMSTANCES.flatMap((key) =>
    differences({ [key]: before[key] }, { [key]: now[key] }),
  );

  const planned = new Set(now.trials.map(({ id }) => id));
  const gone = before.trials.filter(({ id }) => !planned.has(id)).length;
  const plan = gone === 0 ? [] : [`plan: ${gone} of ${before.trials.length} trials -> no longer planned`];

  const adaptive = isAdaptive(now.config.sweep.method);
  const mayGrow = adaptive ? MAY_GROW_ADAPTIVELY : MAY_GROW;
  const explain = (difference: string): string =>
    adaptive && MAY_GROW.test(difference)
      ? `${difference} (the points of ${now.config.sweep.method} follow from it)`
      : difference;
  const known = new Set(dataSets(now).map(({ fingerprint }) => fingerprint));
  const sameData = dataSets(before).every(({ fingerprint }) => known.has(fingerprint));
  return {
    differences: [...config, ...kernel, ...data, ...plan, ...circumstances],
    incompatible: [
      ...config.filter((difference) => gone > 0 || !mayGrow.test(difference)).map(explain),
      ...kernel,
      ...(sameData ? [] : data),
      ...plan,
    ],
  };
}

/** What numbers depend on: the tile is not of it. */
function kernelOf({ kernel: { variant, sha256 } }: Manifest): object {
  return { kernel: { variant, sha256 } };
}

function dataOf({ data, otherData }: Manifest): object {
  return otherData === undefined ? { data } : { data, otherData };
}

function dataSets({ data, otherData = [] }: Manifest): Manifest['data'][] {
  return [data, ...otherData];
}

/** One line for each single value in which two objects differ: `path: before -> now`. */
function differences(before: object, now: object): string[] {
  return differingValues(before, now).map(
    ({ path, before, now }) => `${path}: ${show(before)} -> ${show(now)}`,
  );
}

/** A single value, or a part that only one side has. */
interface DifferingValue {
  /** Keys joined by dots. */
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
}

/** Where two objects differ, compared as they look after a trip through JSON. */
export function differingValues(before: object, now: object): DifferingValue[] {
  return compare(JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(now)), '');
}

function compare(before: unknown, now: unknown, path: string): DifferingValue[] {
  if (isComposite(before) && isComposite(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) => compare(before[key], now[key], path === '' ? key : `${path}.${key}`));
  }
  return before === now ? [] : [{ path, before, now }];
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
