/** Checks the points of a sweep before they are planned, and finds the value in the file that makes one impossible. */
import { drawNumber } from './distribution.ts';
import { experimentSchema, VARIANTS } from './experiment.ts';
import { type Finding, findProblems } from './findings.ts';
import { isInside, type Path, type SweptParameter } from './parameters.ts';
import { type Choice, settlePoint, unreachable } from './point.ts';
import { countValues, type Dimension, dimensionsOf, gridPoints, gridSize } from './space.ts';
import type { SweepMethod } from './sweep-section.ts';

/** Most trials that a sweep may have. */
export const MOST_TRIALS = 100_000;
/** Dimensions for which there are numbers of the Sobol sequence here. */
const MOST_SOBOL_DIMENSIONS = 40;
/** Points that are checked where there is no end of them: all combinations of values up to this many, or a part. */
const MOST_PROBED = 3000;

/** Where the swept parameters stand in the file. */
export const PARAMETERS: Path = ['sweep', 'parameters'];
/** Where the base of all points stands in the file. */
export const EXPERIMENT: Path = ['experiment'];

/** How the points of a sweep are chosen, as far as their number goes. */
export interface Sampling {
  readonly method: SweepMethod;
  readonly seeds: number;
  readonly runCap?: number | undefined;
  readonly zip?: readonly (readonly string[])[] | undefined;
}

/** The broken rule of a sweep with too many trials, or undefined. */
export function tooManyTrials(points: number, seeds: number): string | undefined {
  if (points * seeds <= MOST_TRIALS) return undefined;
  const count = `${points * seeds} (${points} points x ${seeds} seeds)`;
  return `a sweep must have at most ${MOST_TRIALS} trials, got ${count}. Give fewer values or seeds`;
}

/**
 * What is wrong with the points of a sweep over `experiment`, at paths of the whole file; `known` are the findings
 * about the experiment by itself, which every point would repeat.
 *
 * Every point of a grid must be possible. Where points are drawn, every listed value and both ends of every range must
 * be possible in some point: the sampler passes over combinations that are not.
 */
export function checkSpace(
  experiment: unknown,
  parameters: readonly SweptParameter[],
  sampling: Sampling,
  known: readonly Finding[],
): Finding[] {
  const findings = new Map<string, Finding>();
  const add = (finding: Finding) => findings.set(identity(finding), finding);
  const addAtKey = ({ location }: SweptParameter, message: string, ...key: string[]) =>
    add({ path: [...PARAMETERS, ...location, ...key], at: 'key', message });

  const reachable = parameters.filter((parameter) => {
    const reason = unreachable(experiment, parameter.segments);
    if (reason !== undefined) addAtKey(parameter, reason);
    return reason === undefined;
  });
  const dimensions = dimensionsOf(reachable, sampling.zip);
  for (const { parameter, message } of unsuitable(dimensions, sampling)) addAtKey(parameter, message);
  const excess = tooMany({ experiment, dimensions }, sampling);
  if (excess !== undefined) add({ path: PARAMETERS, at: 'key', message: excess });
  if (findings.size > 0 && (excess !== undefined || sampling.method === 'grid'))
    return [...findings.values()];

  const isGrid = sampling.method === 'grid';
  const repeated = new Set(known.map(identity));
  const unused = new Set(reachable);
  const possible = new Set<string>();
  const suspected = new Map<string, Finding>();
  for (const choice of isGrid ? gridPoints({ experiment, dimensions }) : probes(experiment, dimensions)) {
    const point = settlePoint(experiment, choice);
    const inPoint = choice.filter(({ parameter }) => !point.dropped.has(parameter.path));
    for (const { parameter } of inPoint) unused.delete(original(parameter));
    const checked = experimentSchema.safeParse(point.experiment);
    if (checked.success) for (const chosen of inPoint) possible.add(nameOfValue(chosen));
    for (const finding of checked.success ? [] : findProblems(checked.error.issues, point.experiment)) {
      const own = { ...finding, path: [...EXPERIMENT, ...finding.path] };
      const placed = placeInValue(finding, inPoint);
      if (placed === undefined && repeated.has(identity(own))) continue;
      const nearest = placed ?? placeAtNearest(finding, inPoint);
      if (isGrid || nearest === undefined) add(nearest?.finding ?? own);
      else if (!suspected.has(nearest.value)) suspected.set(nearest.value, nearest.finding);
    }
  }
  for (const [value, finding] of suspected) if (!possible.has(value)) add(finding);
  for (const parameter of unused) {
    if (parameter.when === undefined) {
      const key = parameter.segments.at(-1);
      const rule = 'a swept key must belong to one of the swept kinds';
      addAtKey(parameter, `${rule}, got "${key}", which none has. Remove it`);
    } else {
      const rule = 'a condition must hold for some points';
      addAtKey(parameter, `${rule}, got one that never does. Check its paths and values`, 'when');
    }
  }
  return [...findings.values()];
}

/** Parameters that the method cannot do with. */
function unsuitable(
  dimensions: readonly Dimension<SweptParameter>[],
  { method }: Sampling,
): { parameter: SweptParameter; message: string }[] {
  if (method === 'sobol' && dimensions.length > MOST_SOBOL_DIMENSIONS) {
    const { parameters } = dimensions[MOST_SOBOL_DIMENSIONS] as Dimension<SweptParameter>;
    const message = `sobol must have at most ${MOST_SOBOL_DIMENSIONS} parameters, got ${dimensions.length}. Use method random`;
    return [{ parameter: parameters[0], message }];
  }
  if (method !== 'grid') return [];
  return dimensions.flatMap((dimension) => {
    const [parameter] = dimension.parameters;
    if ('values' in parameter.values || countValues(dimension) !== undefined) return [];
    const got = parameter.values.distribution;
    const message = `a grid must have lists or whole numbers, got ${got}. Give values, or use method random, sobol or bayes`;
    return [{ parameter, message }];
  });
}

function tooMany(
  space: { experiment: unknown; dimensions: readonly Dimension[] },
  { method, seeds, runCap = Number.POSITIVE_INFINITY }: Sampling,
): string | undefined {
  if (method !== 'grid') return tooManyTrials(runCap, seeds);
  const size = gridSize(space, MOST_TRIALS);
  return tooManyTrials(size, 1) === undefined
    ? tooManyTrials(Math.min(size, runCap), seeds)
    : tooManyTrials(size, seeds);
}

type Probe = SweptParameter & { readonly of?: SweptParameter };

/** Points that show what values do, where there is no end of points. */
function* probes(
  experiment: unknown,
  dimensions: readonly Dimension<SweptParameter>[],
): Generator<Choice<Probe>> {
  const full = dimensions.map(asLists);
  if (gridSize({ experiment, dimensions: full }, MOST_PROBED) <= MOST_PROBED) {
    yield* gridPoints({ experiment, dimensions: full });
    return;
  }
  for (const probed of full) {
    const some = full.map((dimension) =>
      dimension === probed || decidesOthers(dimension, full) ? dimension : asFirst(dimension),
    );
    let count = 0;
    for (const choice of gridPoints({ experiment, dimensions: some })) {
      yield choice;
      count += 1;
      if (count === MOST_PROBED) break;
    }
  }
}

/** A distribution as the list of its ends, where it has ends, and of a number in between that is no round one. */
function asLists(dimension: Dimension<SweptParameter>): Dimension<Probe> {
  const [parameter] = dimension.parameters;
  const { values } = parameter;
  if ('values' in values) return dimension;
  const units = 'min' in values ? [0, 0.382, 1] : [0.382];
  const numbers = units.map((unit) => drawNumber(values, unit));
  const probe = { ...parameter, values: { values: numbers }, of: parameter };
  return { parameters: [probe], length: numbers.length };
}

function asFirst({ parameters, length }: Dimension<Probe>): Dimension<Probe> {
  const [first, ...rest] = parameters.map((parameter) => ({
    ...parameter,
    of: original(parameter),
    values: { values: 'values' in parameter.values ? parameter.values.values.slice(0, 1) : [] },
  }));
  return first === undefined ? { parameters, length } : { parameters: [first, ...rest], length: 1 };
}

/** Whether the values of a dimension decide which other parameters a point has. */
function decidesOthers({ parameters }: Dimension, all: readonly Dimension[]): boolean {
  const decisive = [
    ...VARIANTS.map(({ path, discriminator }) => [...path, discriminator].join('.')),
    ...all.flatMap((other) => other.parameters.flatMap(({ when }) => Object.keys(when ?? {}))),
  ];
  return parameters.some(({ path }) => decisive.some((decider) => isInside(decider, path)));
}

function original(parameter: Probe): SweptParameter {
  return parameter.of ?? parameter;
}

/** A finding at its place in the file, and the value that it is about. */
interface Placed {
  readonly finding: Finding;
  readonly value: string;
}

function nameOfValue({ parameter, value }: Choice<Probe>[number]): string {
  return JSON.stringify([parameter.path, value]);
}

/** Where a chosen value stands: in its list, or the distribution that it was drawn from. */
function locate({ parameter, position }: Choice<Probe>[number]): Path {
  const listed = 'values' in original(parameter).values;
  return [...PARAMETERS, ...parameter.locateValue(listed ? position : undefined)];
}

/** A finding about a swept value or a part of it. */
function placeInValue(finding: Finding, choice: Choice<Probe>): Placed | undefined {
  const path = finding.path.join('.');
  const owner = choice.find(({ parameter }) => isInside(path, parameter.path));
  if (owner === undefined) return undefined;
  const { parameter } = owner;
  const value = nameOfValue(owner);
  if (finding.at === 'key' && path === parameter.path) {
    return { value, finding: { ...finding, path: [...PARAMETERS, ...parameter.location] } };
  }
  const inside = finding.path.slice(parameter.segments.length);
  return { value, finding: { ...finding, path: [...locate(owner), ...inside] } };
}

/** A finding about a key that is not swept, at the swept value that has most to do with it. */
function placeAtNearest(finding: Finding, choice: Choice<Probe>): Placed | undefined {
  const [nearest] = choice.toSorted((a, b) => nearness(b, finding) - nearness(a, finding));
  if (nearest === undefined) return undefined;
  const message = `at this point ${finding.path.join('.')}: ${finding.message}`;
  return { value: nameOfValue(nearest), finding: { path: locate(nearest), at: 'value', message } };
}

/** How many keys the path of a swept parameter shares with the path of a finding; one with several values comes first. */
function nearness({ parameter }: Choice<Probe>[number], { path }: Finding): number {
  const differing = parameter.segments.findIndex((segment, depth) => segment !== String(path[depth]));
  const shared = differing === -1 ? parameter.segments.length : differing;
  const single = 'values' in parameter.values && parameter.values.values.length === 1;
  return shared + (single ? 0 : 0.5);
}

function identity({ path, message }: Finding): string {
  return `${path.join('.')}: ${message}`;
}
