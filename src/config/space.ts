/** The space of a sweep: its dimensions, every point of its grid, and the point for a list of numbers in [0, 1). */

import { valueAt } from '../schema/value-at.ts';
import { countNumbers, type Distribution, drawNumber, numberAt } from './distribution.ts';
import { isOpenBound } from './open-bound.ts';
import type { Condition } from './parameter-entry.ts';
import { isInside, type Parameter } from './parameters.ts';
import type { ParametersConfig } from './parameters-schema.ts';
import type { Choice, Chosen } from './point.ts';

/** What varies by itself: one parameter, or the lists of several that advance together. */
export interface Dimension<Swept extends Parameter = Parameter> {
  readonly parameters: readonly [Swept, ...Swept[]];
  /** Length of the list of values; undefined where numbers are drawn from a distribution. */
  readonly length: number | undefined;
}

/** A space and the experiment that it varies. */
export interface Space<Swept extends Parameter = Parameter> {
  readonly experiment: unknown;
  /** What a condition looks at comes before what depends on it; apart from that in the order of the file. */
  readonly dimensions: readonly Dimension<Swept>[];
}

/** The parameters of a checked configuration. */
export function parametersOf(parameters: ParametersConfig): Parameter[] {
  return Object.entries(parameters).map(([path, { when, ...values }]) => ({
    path,
    segments: path.split('.'),
    values,
    when,
  }));
}

/** The dimensions of some parameters; a group of `zip` takes the place of its first one. */
export function dimensionsOf<Swept extends Parameter>(
  parameters: readonly Swept[],
  zip: readonly (readonly string[])[] = [],
): Dimension<Swept>[] {
  const groups = zip.map((paths) => parameters.filter(({ path }) => paths.includes(path)));
  const dimensions = parameters.flatMap((parameter): Dimension<Swept>[] => {
    const group = groups.find((members) => members.includes(parameter)) ?? [parameter];
    if (group[0] !== parameter) return [];
    const lengths = group.map(({ values }) => ('values' in values ? values.values.length : undefined));
    return [{ parameters: group as [Swept, ...Swept[]], length: lengths[0] }];
  });
  return sortByConditions(dimensions).sorted;
}

/** The first parameter whose condition depends on itself by way of others, or undefined. */
export function findCircle(dimensions: readonly Dimension[]): Parameter | undefined {
  return sortByConditions(dimensions).circular[0]?.parameters[0];
}

function sortByConditions<Swept extends Parameter>(
  dimensions: readonly Dimension<Swept>[],
): { sorted: Dimension<Swept>[]; circular: Dimension<Swept>[] } {
  const conditions = new Map(dimensions.map((dimension) => [dimension, conditionsOf(dimension, dimensions)]));
  const sorted: Dimension<Swept>[] = [];
  const waiting = new Set(dimensions);
  while (waiting.size > 0) {
    const next = firstOf(waiting, (dimension) => !conditions.get(dimension)?.some((one) => waiting.has(one)));
    if (next === undefined) return { sorted: [...sorted, ...waiting], circular: [...waiting] };
    sorted.push(next);
    waiting.delete(next);
  }
  return { sorted, circular: [] };
}

function firstOf<T>(values: Iterable<T>, isWanted: (value: T) => boolean): T | undefined {
  for (const value of values) if (isWanted(value)) return value;
  return undefined;
}

/** The dimensions that the conditions of one look at. */
function conditionsOf<Swept extends Parameter>(
  { parameters }: Dimension,
  all: readonly Dimension<Swept>[],
): Dimension<Swept>[] {
  const paths = parameters.flatMap(({ when }) => Object.keys(when ?? {}));
  if (paths.length === 0) return [];
  return all.filter((other) =>
    paths.some((path) =>
      other.parameters.some((parameter) => isInside(path, parameter.path) || isInside(parameter.path, path)),
    ),
  );
}

/** How many values a grid gives to a dimension: of a distribution, all its numbers; undefined where they have no end. */
export function countValues({ parameters: [parameter], length }: Dimension): number | undefined {
  return length ?? ('values' in parameter.values ? undefined : countNumbers(parameter.values));
}

/** How many points a grid has; counting stops soon after `limit` where conditions make it depend on the points. */
export function gridSize({ experiment, dimensions }: Space, limit: number): number {
  if (dimensions.every(({ parameters }) => parameters.every(({ when }) => when === undefined))) {
    return dimensions.reduce((size, dimension) => size * (countValues(dimension) ?? 1), 1);
  }
  let size = 0;
  for (const _ of gridPoints({ experiment, dimensions })) {
    size += 1;
    if (size > limit) break;
  }
  return size;
}

/** The point of the first values, and of the middle of each distribution, without what depends on conditions. */
export function firstPoint<Swept extends Parameter>(dimensions: readonly Dimension<Swept>[]): Choice<Swept> {
  return dimensions.flatMap((dimension) => {
    const [{ values }] = dimension.parameters;
    const chosen =
      'values' in values
        ? valuesAt(dimension, 0)
        : [{ parameter: dimension.parameters[0], value: drawFor(dimension.parameters[0], values, 0.5) }];
    return chosen.filter(({ parameter }) => parameter.when === undefined);
  });
}

/**
 * Every combination of the values, in the order of the dimensions; the last one varies fastest. A dimension of which no
 * condition holds is passed over once.
 */
export function* gridPoints<Swept extends Parameter>({
  experiment,
  dimensions,
}: Space<Swept>): Generator<Choice<Swept>> {
  const counts = dimensions.map((dimension) => countValues(dimension) ?? 1);
  const chosen = new ChosenSoFar<Swept>(experiment);
  const positions = dimensions.map(() => 0);
  /** How much was chosen before each dimension. */
  const before = dimensions.map(() => 0);
  // No function that calls itself for each dimension: every point would pass through all of them.
  let depth = 0;
  while (depth >= 0) {
    const dimension = dimensions[depth];
    if (dimension === undefined) {
      yield [...chosen.choice];
      depth -= 1;
      continue;
    }
    const position = positions[depth] as number;
    if (position === 0) before[depth] = chosen.choice.length;
    const isAbsent = position > 0 && chosen.choice.length === before[depth];
    chosen.keep(before[depth] as number);
    if (isAbsent || position === counts[depth]) {
      positions[depth] = 0;
      depth -= 1;
      continue;
    }
    chosen.add(valuesAt(dimension, position));
    positions[depth] = position + 1;
    depth += 1;
  }
}

/** The point for one number in (0, 1) for each dimension. */
export function pointAt<Swept extends Parameter>(
  { experiment, dimensions }: Space<Swept>,
  units: readonly number[],
): Choice<Swept> {
  const chosen = new ChosenSoFar<Swept>(experiment);
  for (const [index, dimension] of dimensions.entries()) {
    const unit = units[index] ?? 0.5;
    const [first] = dimension.parameters;
    chosen.add(
      'values' in first.values
        ? valuesAt(dimension, positionOf(first.values, unit))
        : [{ parameter: first, value: drawFor(first, first.values, unit) }],
    );
  }
  return chosen.choice;
}

/** The number of a distribution at a share of it, none that the key of the parameter never allows. */
export function drawFor({ segments }: Parameter, distribution: Distribution, unit: number): number {
  return drawNumber(distribution, unit, (bound) => isOpenBound(segments, bound));
}

function valuesAt<Swept extends Parameter>(
  { parameters }: Dimension<Swept>,
  position: number,
): Chosen<Swept>[] {
  return parameters.map((parameter) => {
    const { values } = parameter;
    return 'values' in values
      ? { parameter, value: values.values[position], position }
      : { parameter, value: numberAt(values, position) };
  });
}

function positionOf(
  {
    values,
    probabilities,
  }: { readonly values: readonly unknown[]; readonly probabilities?: readonly number[] },
  unit: number,
): number {
  if (probabilities === undefined) return Math.min(values.length - 1, Math.floor(unit * values.length));
  let sum = 0;
  const position = probabilities.findIndex((probability) => {
    sum += probability;
    return unit < sum;
  });
  // The sum of all may end just below 1.
  return position === -1 ? probabilities.findLastIndex((probability) => probability > 0) : position;
}

/** The values of a point, dimension by dimension, and what conditions see of them. */
class ChosenSoFar<Swept extends Parameter> {
  readonly choice: Chosen<Swept>[] = [];
  readonly #experiment: unknown;
  readonly #byPath = new Map<string, Chosen<Swept>>();

  constructor(experiment: unknown) {
    this.#experiment = experiment;
  }

  /** Add those whose condition holds. All of a dimension are chosen at once: none is the condition of another. */
  add(values: readonly Chosen<Swept>[]): void {
    for (const own of values.filter(({ parameter }) => this.#holds(parameter.when))) {
      this.choice.push(own);
      this.#byPath.set(own.parameter.path, own);
    }
  }

  /** Keep the first `length` values alone. */
  keep(length: number): void {
    while (this.choice.length > length) this.#byPath.delete(this.choice.pop()?.parameter.path as string);
  }

  /** Whether a condition holds; what is not chosen is as the experiment has it. */
  #holds(condition: Condition | undefined): boolean {
    if (condition === undefined) return true;
    return Object.entries(condition).every(([path, wanted]) => {
      const segments = path.split('.');
      const owner = this.#ownerOf(segments);
      const value =
        owner === undefined
          ? valueAt(this.#experiment, segments)
          : valueAt(owner.value, segments.slice(owner.parameter.segments.length));
      return [wanted].flat().some((one) => one === value);
    });
  }

  /** The value that a path leads to or into. */
  #ownerOf(segments: readonly string[]): Chosen<Swept> | undefined {
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const owner = this.#byPath.get(segments.slice(0, depth).join('.'));
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}
