/**
 * The swept parameters: from the two ways of writing them (dotted paths and nested `parameters`) to one list, and the
 * rules of their paths.
 */
import { closestName } from '../suggestion.ts';

/** One entry of `parameters`; exactly one of the keys is given. */
export interface ParameterTree {
  readonly values?: readonly unknown[];
  readonly value?: unknown;
  readonly parameters?: Readonly<Record<string, ParameterTree>>;
}

/** Keys and list positions that lead from a value to a part of it. */
export type Path = readonly (string | number)[];

/** One swept parameter and where it is written. */
export interface SweptParameter {
  /** Dotted path inside the experiment, such as `model.0.dense`. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly values: readonly unknown[];
  /** Location of its entry inside the `parameters` section. */
  readonly location: Path;
  /** Location of each value inside the `parameters` section. */
  readonly valueLocations: readonly Path[];
}

/** A rule that the entry at `location` (inside the `parameters` section) breaks. */
export interface ParameterProblem {
  readonly location: Path;
  readonly message: string;
}

/** Keys that no plain object should carry: set by an unwary assignment they change every object of the program. */
export const UNSAFE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const SECTIONS: readonly string[] = ['data', 'model', 'training', 'penalty'];

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
    if (Array.isArray(tree.values)) {
      const valueLocations = tree.values.map((_, position) => [...here, 'values', position]);
      return [{ path: segments.join('.'), segments, values: tree.values, location: here, valueLocations }];
    }
    if (Object.hasOwn(tree, 'value')) {
      const valueLocations = [[...here, 'value']];
      return [{ path: segments.join('.'), segments, values: [tree.value], location: here, valueLocations }];
    }
    return findParameters(tree.parameters, segments, [...here, 'parameters']);
  });
}

/** What is wrong with the paths by themselves, whatever the experiment is. */
export function parameterPathProblems(parameters: readonly SweptParameter[]): ParameterProblem[] {
  return parameters.flatMap((parameter, position) => {
    const message = pathProblem(parameter) ?? overlap(parameter, parameters.slice(0, position));
    return message === undefined ? [] : [{ location: parameter.location, message }];
  });
}

function pathProblem({ path, segments }: SweptParameter): string | undefined {
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
    const nearest = closestName(first, SECTIONS);
    const remedy = nearest === undefined ? 'Write it like penalty.weight' : `Did you mean "${nearest}"?`;
    return `a path must start with one of ${SECTIONS.join(', ')}, got "${first}". ${remedy}`;
  }
  if (path === 'data.source') {
    return 'the source must be swept together with what belongs to it, got the source alone. Sweep data as a whole: data: {values: [{source: mnist}, {source: synthetic}]}';
  }
  return undefined;
}

function overlap({ path }: SweptParameter, earlier: readonly SweptParameter[]): string | undefined {
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

/** Whether a value is a mapping (and not a list or nothing). */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
