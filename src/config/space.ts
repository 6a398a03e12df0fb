/** The space of a sweep: its dimensions, every point of its grid, and the point for a list of numbers in [0, 1). */
import { countNumbers, type Distribution, drawNumber, numberAt } from './distribution.ts';
import { isOpenBound } from './open-bound.ts';
import type { Condition } from './parameter-entry.ts';
import { isInside, type Parameter } from './parameters.ts';
import type { ParametersConfig } from './parameters-schema.ts';
import { type Choice, type Chosen, valueAt } from './point.ts';

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
  const sorted: Dimension<Swept>[] = [];
  let waiting = [...dimensions];
  while (waiting.length > 0) {
    const next = waiting.find((dimension) => !waiting.some((other) => dependsOn(dimension, other)));
    if (next === undefined) return { sorted: [...sorted, ...waiting], circular: waiting };
    sorted.push(next);
    waiting = waiting.filter((dimension) => dimension !== next);
  }
  return { sorted, circular: [] };
}

function dependsOn({ parameters }: Dimension, other: Dimension): boolean {
  return parameters.some(({ when }) =>
    Object.keys(when ?? {}).some((path) =>
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

/** Every combination of the values, in the order of the dimensions; the last one varies fastest. */
export function* gridPoints<Swept extends Parameter>(
  { experiment, dimensions }: Space<Swept>,
  before: Choice<Swept> = [],
): Generator<Choice<Swept>> {
  const [dimension, ...rest] = dimensions;
  if (dimension === undefined) {
    yield before;
    return;
  }
  const others = { experiment, dimensions: rest };
  const count = countValues(dimension) ?? 1;
  for (let position = 0; position < count; position += 1) {
    const chosen = valuesAt(dimension, position).filter(({ parameter }) =>
      holds(parameter.when, before, experiment),
    );
    yield* gridPoints(others, [...before, ...chosen]);
    if (chosen.length === 0) return;
  }
}

/** The point for one number in (0, 1) for each dimension. */
export function pointAt<Swept extends Parameter>(
  { experiment, dimensions }: Space<Swept>,
  units: readonly number[],
): Choice<Swept> {
  const choice: Chosen<Swept>[] = [];
  for (const [index, dimension] of dimensions.entries()) {
    const unit = units[index] ?? 0.5;
    const [first] = dimension.parameters;
    const chosen =
      'values' in first.values
        ? valuesAt(dimension, positionOf(first.values, unit))
        : [{ parameter: first, value: drawFor(first, first.values, unit) }];
    // All of a dimension are chosen at once: none of them can be the condition of another.
    const present = chosen.filter(({ parameter }) => holds(parameter.when, choice, experiment));
    for (const own of present) choice.push(own);
  }
  return choice;
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

/** Whether a condition holds for the values chosen so far; what is not chosen is as the experiment has it. */
function holds(condition: Condition | undefined, choice: Choice, experiment: unknown): boolean {
  return Object.entries(condition ?? {}).every(([path, wanted]) => {
    const owner = choice.find(({ parameter }) => isInside(path, parameter.path));
    const segments = path.split('.');
    const value =
      owner === undefined
        ? valueAt(experiment, segments)
        : valueAt(owner.value, segments.slice(owner.parameter.segments.length));
    return [wanted].flat().some((one) => one === value);
  });
}
