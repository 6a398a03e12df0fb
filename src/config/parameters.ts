/**
 * The swept parameters: from the two ways of writing them (dotted paths and nested `parameters`) to one list, and the
 * rules of their paths.
 */

import { closestName } from '../suggestion.ts';
import { VARIANTS } from './experiment.ts';
import { isMapping } from './mapping.ts';
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
  'training.epochs',
  'training.batch_size',
  ...new Set(
    VARIANTS.flatMap(({ path, keys }) =>
      [...keys.values()].flatMap((names) => [...names].map((name) => [...path, name].join('.'))),
    ),
  ),
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
  return parameters.flatMap((parameter, position) => {
    const message = pathProblem(parameter) ?? overlap(parameter, parameters.slice(0, position));
    return message === undefined ? [] : [{ location: parameter.location, message }];
  });
}

function pathProblem({ path, segments }: Parameter): string | undefined {
  const [first = ''] = segments;
  const unsafe = segments.find((segment) => UNSAFE_KEYS.includes(segment));
  if (unsafe !== undefined) return `a path must not hold ${unsafe}, got ${path}. Remove it`;
  if (segments.includes('')) {
    return 'a path must be keys joined by single dots, got an empty key. Write it like penalty.weight';
  }
  if (first === 'experiment' && segments.length > 1) {
    return `a path must start inside the experiment, got "experiment". Write ${segments.slice(1).join('.')}`;
  }
  if (!SECTIONS.includes(first)) {
    return `a path must start with one of ${SECTIONS.join(', ')}, got "${first}". ${pathRemedy(path, first)}`;
  }
  if (path === 'data.source') {
    return 'the source must be swept together with what belongs to it, got the source alone. Sweep data as a whole: data: {values: [{source: mnist}, {source: synthetic}]}';
  }
  return undefined;
}

/** A path from elsewhere often is the last key alone. */
function pathRemedy(path: string, first: string): string {
  const meant = KNOWN_PATHS.filter((known) => known.endsWith(`.${path}`));
  if (meant.length > 0) return `Write ${meant.join(' or ')}`;
  const nearest = closestName(first, SECTIONS);
  return nearest === undefined ? 'Write it like penalty.weight' : `Did you mean "${nearest}"?`;
}

function overlap({ path }: Parameter, earlier: readonly Parameter[]): string | undefined {
  const other = earlier.find(
    (candidate) => isInside(path, candidate.path) || isInside(candidate.path, path),
  )?.path;
  if (other === undefined) return undefined;
  return other === path
    ? 'a parameter must be given once, got it a second time. Put all its values into one list'
    : `a parameter must not lie inside another one, got ${path} beside ${other}. Sweep one of the two`;
}

/** Whether a dotted path is another one or leads to a part of it. */
export function isInside(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`);
}
