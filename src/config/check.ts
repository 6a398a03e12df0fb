/** Checks the points of a sweep before they are planned, and finds the value in the file that makes one impossible. */
import { printable } from '../printable.ts';
import { valueAt } from '../schema/value-at.ts';
import { closestName } from '../suggestion.ts';
import { countNumbers, type Distribution, drawNumber, numberAt } from './distribution.ts';
import { DEPENDENT_KEYS, experimentSchema, VARIANTS } from './experiment.ts';
import { type Finding, findProblems } from './findings.ts';
import type { SweepMethod } from './methods.ts';
import { takesFractions } from './notes.ts';
import type { Condition } from './parameter-entry.ts';
import { EXPERIMENT, isInside, KNOWN_PATHS, PARAMETERS, type SweptParameter } from './parameters.ts';
import { nameOfValue, original, type Probe, placeAtNearest, placeInValue } from './place.ts';
import { type Choice, settlePoint, unreachable } from './point.ts';
import {
  countValues,
  type Dimension,
  dimensionsOf,
  drawFor,
  gridPoints,
  gridSize,
  type Space,
} from './space.ts';

/** Most trials that a sweep may have. */
export const MOST_TRIALS = 100_000;
/** Dimensions for which there are numbers of the Sobol sequence here. */
const MOST_SOBOL_DIMENSIONS = 40;
/** Points that are checked where there is no end of them: all combinations of values up to this many, or a part. */
const MOST_PROBED = 3000;
/** Points between two reports on how far the check is. */
const REPORT_EVERY = 100;
/** The share at which a distribution is probed in between: no round number, so that a rule for whole numbers shows. */
const MIDDLE = 0.382;
/** The least share that a sampler draws. */
const SMALLEST_UNIT = 2 ** -33;

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
 * be possible in some point: the sampler passes over combinations that are not. `onProgress` is told how many points
 * are checked, of how many at most.
 */
export function checkSpace(
  experiment: unknown,
  parameters: readonly SweptParameter[],
  sampling: Sampling,
  known: readonly Finding[],
  onProgress: (points: number, most: number) => void = () => {},
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
  const unsuited = unsuitable(dimensionsOf(reachable, sampling.zip), sampling);
  for (const { parameter, message } of unsuited) addAtKey(parameter, message);
  const suited = reachable.filter((parameter) => !unsuited.some((other) => other.parameter === parameter));
  const dimensions = dimensionsOf(suited, sampling.zip);
  const excess = tooMany({ experiment, dimensions }, sampling);
  if (excess !== undefined) {
    add({ path: PARAMETERS, at: 'key', message: excess });
    return [...findings.values()];
  }
  // A condition or a key may depend on a parameter that is left out here.
  const isWhole = findings.size === 0;

  const isGrid = sampling.method === 'grid';
  const repeated = new Set(known.map(identity));
  const unused = new Set(suited);
  const possible = new Set<string>();
  const suspected = new Map<string, Finding>();
  const spaces = isGrid ? [] : probedSpaces(experiment, dimensions);
  const most = isGrid
    ? gridSize({ experiment, dimensions }, MOST_TRIALS)
    : spaces.reduce((sum, space) => sum + Math.min(gridSize(space, MOST_PROBED), MOST_PROBED), 0);
  let seen = 0;
  for (const choice of isGrid ? gridPoints({ experiment, dimensions }) : firstPoints(spaces)) {
    if (seen % REPORT_EVERY === 0) onProgress(seen, most);
    seen += 1;
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
  const neverDrawn = isGrid ? [] : suited.flatMap(openEnds);
  for (const { end, within } of neverDrawn) {
    if (possible.has(within)) suspected.delete(end);
    // What is wrong next to an end is wrong at the end, whose number is the one in the file, or in the middle.
    suspected.delete(within);
  }
  const rules = new Set<string>();
  for (const [value, finding] of suspected) {
    // One number of a distribution shows its rule as well as several do.
    const rule = identity({ ...finding, message: finding.message.split(', got ', 1)[0] as string });
    if (possible.has(value) || rules.has(rule)) continue;
    rules.add(rule);
    add(withFractions(experiment, suited, finding));
  }
  for (const parameter of isWhole ? unused : []) {
    if (parameter.when === undefined) {
      const key = parameter.segments.at(-1);
      const rule = 'a swept key must belong to one of the swept kinds';
      addAtKey(parameter, `${rule}, got "${key}", which none has. Remove it`);
    } else {
      addAtKey(parameter, neverHolds(parameter.when, experiment, parameters), 'when');
    }
  }
  return [...findings.values()];
}

/** A finding with the way out where only whole numbers are drawn, since both bounds are whole, and others are allowed. */
function withFractions(
  experiment: unknown,
  parameters: readonly SweptParameter[],
  finding: Finding,
): Finding {
  const entry = finding.path.slice(PARAMETERS.length).join('.');
  const owner = parameters.find(({ location }) => isInside(entry, location.join('.')));
  if (owner === undefined || !takesFractions(experiment, owner)) return finding;
  const remedy =
    'Whole bounds draw whole numbers alone; write 1.0, or distribution: uniform, for all between';
  return { ...finding, message: `${finding.message}. ${remedy}` };
}

/** Why a condition holds for no point: most likely one of its paths is misspelt. */
function neverHolds(
  condition: Condition,
  experiment: unknown,
  parameters: readonly SweptParameter[],
): string {
  const known = [...parameters.map(({ path }) => path), ...KNOWN_PATHS];
  const unknown = Object.keys(condition).find(
    (path) =>
      valueAt(experiment, path.split('.')) === undefined && !known.some((other) => isInside(path, other)),
  );
  if (unknown === undefined) {
    return 'a condition must hold for some points, got one that never does. Check its values';
  }
  const near = closestName(unknown, known);
  const remedy = near === undefined ? 'Write it like penalty.type' : `Did you mean "${near}"?`;
  return `a condition must look at a value of the experiment, got "${printable(unknown)}". ${remedy}`;
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

/** Spaces whose points show what values do, where there is no end of points; of each at most `MOST_PROBED` are tried. */
function probedSpaces(experiment: unknown, dimensions: readonly Dimension<SweptParameter>[]): Space<Probe>[] {
  const full = dimensions.map(asLists);
  if (gridSize({ experiment, dimensions: full }, MOST_PROBED) <= MOST_PROBED) {
    return [{ experiment, dimensions: full }];
  }
  const deciders = decidersOf(full);
  const fixed = full.map((dimension) => (isDecisive(dimension, deciders) ? dimension : asFirst(dimension)));
  return full.map((probed, index) => ({ experiment, dimensions: fixed.with(index, probed) }));
}

function* firstPoints(spaces: readonly Space<Probe>[]): Generator<Choice<Probe>> {
  for (const space of spaces) {
    let count = 0;
    for (const choice of gridPoints(space)) {
      yield choice;
      count += 1;
      if (count === MOST_PROBED) break;
    }
  }
}

/**
 * A distribution as a list: its ends, where it has ends, and a number in between that is no round one. Of one that is
 * rounded also the second multiple, which need not be allowed where the first is; of one that is not, numbers within the
 * ends, since the ends themselves are never drawn.
 */
function asLists(dimension: Dimension<SweptParameter>): Dimension<Probe> {
  const [parameter] = dimension.parameters;
  const { values } = parameter;
  if ('values' in values) return dimension;
  const ends = endsOf(values);
  const count = countNumbers(values) ?? 0;
  const numbers = [
    ...new Set([
      ...ends,
      ...[...innermost(parameter)].map(([, within]) => within),
      ...(count > 1 ? [numberAt(values, 1)] : []),
      drawNumber(values, MIDDLE),
    ]),
  ];
  const probe = { ...parameter, values: { values: numbers }, of: parameter };
  return { parameters: [probe], length: numbers.length };
}

/** The names of the ends of a parameter that are never drawn, and of the nearest numbers that may be. */
function openEnds(parameter: SweptParameter): { end: string; within: string }[] {
  const name = (value: number) => nameOfValue({ parameter, value });
  return [...innermost(parameter)].map(([end, within]) => ({ end: name(end), within: name(within) }));
}

/** The ends of a distribution that has some. */
function endsOf(values: Distribution): number[] {
  if (!('min' in values)) return [];
  return 'q' in values ? [drawNumber(values, 0), drawNumber(values, 1)] : [values.min, values.max];
}

/** Ends that are never drawn, and the nearest number of each that may be. */
function innermost(parameter: SweptParameter): Map<number, number> {
  const { values } = parameter;
  if ('values' in values || !('min' in values) || values.min === values.max) return new Map();
  if ('q' in values || values.distribution === 'int_uniform') return new Map();
  const nearest: [end: number, within: number][] = [
    [values.min, drawFor(parameter, values, SMALLEST_UNIT)],
    [values.max, drawFor(parameter, values, 1 - SMALLEST_UNIT)],
  ];
  return new Map(nearest.filter(([end, within]) => end !== within));
}

function asFirst({ parameters, length }: Dimension<Probe>): Dimension<Probe> {
  const [first, ...rest] = parameters.map((parameter) => ({
    ...parameter,
    of: original(parameter),
    values: { values: 'values' in parameter.values ? parameter.values.values.slice(0, 1) : [] },
  }));
  return first === undefined ? { parameters, length } : { parameters: [first, ...rest], length: 1 };
}

/** The paths whose values decide which other parameters a point has. */
function decidersOf(dimensions: readonly Dimension[]): Set<string> {
  const conditions = dimensions.flatMap(({ parameters }) =>
    parameters.flatMap(({ when }) => Object.keys(when ?? {})),
  );
  return new Set([
    ...[...VARIANTS, ...DEPENDENT_KEYS].map(({ path, discriminator }) => [...path, discriminator].join('.')),
    ...conditions,
  ]);
}

function isDecisive({ parameters }: Dimension, deciders: ReadonlySet<string>): boolean {
  return parameters.some(
    ({ path }) => deciders.has(path) || [...deciders].some((decider) => isInside(decider, path)),
  );
}

function identity({ path, message }: Finding): string {
  return `${path.join('.')}: ${message}`;
}
