/**
 * The swept parameters: from the two ways of writing them (dotted paths and nested `parameters`) to one list, and the
 * rules of their paths.
 */

import { EARLY_STOPPING_KEYS } from '../record/early-stopping.ts';
import { isMapping } from '../schema/mapping.ts';
import { closestName } from '../suggestion.ts';
import { meanings } from '../synonyms.ts';
import { LAYER_KEYS, VARIANTS } from './experiment.ts';
import { type Condition, type ParameterTree, type ParameterValues, readEntry } from './parameter-entry.ts';

/** Keys and list positions that lead from a value to a part of it. */
export type Path = readonly (string | number)[];

/** Where the swept parameters stand in the file. */
export const PARAMETERS: Path = ['sweep', 'parameters'];
/** Where the base of all points stands in the file. */
export const EXPERIMENT: Path = ['experiment'];

/** One swept parameter. */
export interface Parameter {
  /** Dotted path inside the experiment, such as `model.0.dense`. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly values: ParameterValues;
  readonly when?: Condition | undefined;
}

/** A swept parameter and where it is written. */
export interface SweptParameter extends Parameter {
  /** Location of its entry inside the `parameters` section. */
  readonly location: Path;
  /** Location of the value at a position of its list; of a distribution, of the whole entry. */
  locateValue(position: number | undefined): Path;
  /** Whether the entry leaves it to its keys which distribution it is. */
  readonly inferred: boolean;
  /** A word about what the entry means. */
  readonly note?: string | undefined;
}

/** A rule that the entry at `location` (inside the `parameters` section) breaks. */
export interface ParameterProblem {
  readonly location: Path;
  readonly message: string;
}

/** Keys that no plain object should carry: set by an unwary assignment they change every object of the program. */
export const UNSAFE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const SECTIONS: readonly string[] = ['data', 'model', 'training', 'penalty'];

/** Every path to a single value of an experiment, but those through the layers of its model. */
export const KNOWN_PATHS: readonly string[] = [
  ...['epochs', 'batch_size', 'loss', 'huber_delta', 'label_smoothing', 'class_weight'].map(
    (key) => `training.${key}`,
  ),
  ...EARLY_STOPPING_KEYS.map((key) => `training.early_stopping.${key}`),
  ...new Set(
    VARIANTS.flatMap(({ path, keys }) =>
      [...keys.values()].flatMap((names) => [...names].map((name) => [...path, name].join('.'))),
    ),
  ),
];

/** Every path that can be swept, with the first layer for all. */
const SWEEPABLE: readonly string[] = [
  ...KNOWN_PATHS.filter((path) => path !== 'data.seed'),
  ...LAYER_KEYS.map((key) => `model.0.${key}`),
];

/** All parameters in the order of the file. Entries that are not well-formed are left out: the schema reports them. */
export function findParameters(
  trees: unknown,
  above: readonly string[] = [],
  location: Path = [],
): SweptParameter[] {
  if (!isMapping(trees)) return [];
  return Object.entries(trees).flatMap(([key, tree]) => {
    const segments = [...above, ...key.split('.')];
    const here = [...location, key];
    if (!isMapping(tree)) return [];
    if (Object.hasOwn(tree, 'parameters')) {
      return findParameters(tree.parameters, segments, [...here, 'parameters']);
    }
    if (!isWellFormed(tree)) return [];
    const reading = readEntry(tree);
    if ('problems' in reading) return [];
    const locateValue = (position: number | undefined): Path => {
      if (position === undefined) return here;
      return Object.hasOwn(tree, 'values') ? [...here, 'values', position] : [...here, 'value'];
    };
    const path = segments.join('.');
    const { when, distribution } = tree;
    const inferred = distribution === undefined;
    return [{ path, segments, ...reading, ...(when && { when }), location: here, locateValue, inferred }];
  });
}

/** The dotted paths of all entries, whether these are well-formed or not. */
export function sweptPaths(trees: unknown, above: readonly string[] = []): string[] {
  return Object.entries(isMapping(trees) ? trees : {}).flatMap(([key, tree]) => {
    const segments = [...above, key];
    const nested = isMapping(tree) && Object.hasOwn(tree, 'parameters');
    return nested ? sweptPaths(tree.parameters, segments) : [segments.join('.')];
  });
}

/** Whether the keys that are given hold what {@link readEntry} takes for granted. */
function isWellFormed(tree: Readonly<Record<string, unknown>>): tree is ParameterTree & typeof tree {
  const { values = [undefined], probabilities = [], distribution = '', when = {} } = tree;
  const numbers = ['min', 'max', 'mu', 'sigma', 'a', 'b', 'q'].flatMap((key) => tree[key] ?? []);
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    Array.isArray(probabilities) &&
    [...probabilities, ...numbers].every((number) => Number.isFinite(number)) &&
    typeof distribution === 'string' &&
    isMapping(when) &&
    Object.values(when).every((wanted) => !Array.isArray(wanted) || wanted.length > 0)
  );
}

/** What is wrong with the paths by themselves, whatever the experiment is. */
export function parameterPathProblems(parameters: readonly SweptParameter[]): ParameterProblem[] {
  const overlap = overlaps();
  return parameters.flatMap((parameter) => {
    const overlapping = overlap(parameter);
    const message = pathProblem(parameter) ?? overlapping;
    return message === undefined ? [] : [{ location: parameter.location, message }];
  });
}

function pathProblem({ path, segments, values }: Parameter): string | undefined {
  const [first = ''] = segments;
  const unsafe = segments.find((segment) => UNSAFE_KEYS.includes(segment));
  if (unsafe !== undefined) return `a path must not hold ${unsafe}, got ${path}. Remove it`;
  if (segments.includes('')) {
    return 'a path must be keys joined by single dots, got an empty key. Write it like penalty.weight';
  }
  if (first === 'experiment' && segments.length > 1) {
    return `a path must start inside the experiment, got "experiment". Write ${dottedPath(segments.slice(1).join('.'))}`;
  }
  if (!SECTIONS.includes(first)) {
    return `a path must start with one of ${SECTIONS.join(', ')}, got "${first}". ${pathRemedy(path, first, values)}`;
  }
  if (path === 'data.source') {
    return 'the source must be swept together with what belongs to it, got the source alone. Sweep data as a whole: data: {values: [{source: mnist}, {source: synthetic}]}';
  }
  return undefined;
}

/** Keys of the sweep that others sweep as parameters, or name among them. */
const SWEEP_SETTINGS: readonly string[] = ['seeds', 'run_cap', 'method', 'metric', 'early_terminate'];

/** A path from elsewhere often is the last key alone, in the words of another framework. */
function pathRemedy(path: string, first: string, values: ParameterValues): string {
  const dotted = dottedPath(path);
  if (dotted !== path && SECTIONS.includes(dotted.split('.')[0] as string)) return `Write ${dotted}`;
  const last = dotted.slice(dotted.lastIndexOf('.') + 1);
  const setting = [path, ...meanings(path)].find((name) => SWEEP_SETTINGS.includes(name));
  if (setting === 'seeds')
    return `Every point is trained with each seed: write ${seedsOf(values)} beside parameters`;
  if (setting !== undefined) return `It is a setting of the sweep: write ${setting} beside parameters`;
  const nearest = closestName(first, SECTIONS);
  if (nearest !== undefined && path !== first) return `Did you mean "${nearest}"?`;
  for (const names of [
    [path, ...meanings(path)],
    [last, ...meanings(last)],
  ]) {
    const meant = SWEEPABLE.filter((known) => names.some((name) => known.endsWith(`.${name}`)));
    if (meant.length > 0) return `Write ${meant.join(' or ')}`;
  }
  // The name of a section alone stands for its kind: `optimizer: {values: [adam, sgd]}`.
  const kind = VARIANTS.find((variant) => [path, ...meanings(path)].includes(variant.path.at(-1) as string));
  if (kind !== undefined) return `Write ${[...kind.path, kind.discriminator].join('.')}`;
  return nearest === undefined ? 'Write it like penalty.weight' : `Did you mean "${nearest}"?`;
}

/** A path with dots, where it has slashes, or positions in brackets. */
export function dottedPath(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('/', '.');
}

/** The values of a parameter as the seeds of a sweep. */
function seedsOf(values: ParameterValues): string {
  const seeds = 'values' in values ? values.values.filter((value) => Number.isSafeInteger(value)) : [];
  return seeds.length === 0 ? 'seeds: 3, or a list of them,' : `seeds: [${seeds.join(', ')}]`;
}

/** The first problem of each parameter that lies in, around or beside another of the same path. */
function overlaps(): (parameter: Parameter) => string | undefined {
  /** Every path that was met, and every path above one. */
  const met = new Set<string>();
  const above = new Map<string, string>();
  return ({ path, segments }) => {
    const leading = segments.map((_, depth) => segments.slice(0, depth + 1).join('.'));
    const other = leading.find((part) => met.has(part)) ?? above.get(path);
    met.add(path);
    for (const part of leading) if (!above.has(part)) above.set(part, path);
    if (other === undefined) return undefined;
    return other === path
      ? 'a parameter must be given once, got it a second time. Put all its values into one list'
      : `a parameter must not lie inside another one, got ${path} beside ${other}. Sweep one of the two`;
  };
}

/** Whether a dotted path is another one or leads to a part of it. */
export function isInside(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`);
}
