/** Checks every point of a grid before it is planned, and finds the value in the file that makes a point impossible. */
import { experimentSchema } from './experiment.ts';
import { type Finding, findProblems } from './findings.ts';
import { isInside, type Path, type SweptParameter } from './parameters.ts';
import { type Choice, gridPoints, gridSize, settlePoint, unreachable } from './point.ts';

/** Most trials that a sweep may have. */
export const MOST_TRIALS = 100_000;

/** Where the swept parameters stand in the file. */
export const PARAMETERS: Path = ['sweep', 'parameters'];
/** Where the base of all points stands in the file. */
export const EXPERIMENT: Path = ['experiment'];

/** The broken rule of a sweep with too many trials, or undefined. */
export function tooManyTrials(points: number, seeds: number): string | undefined {
  if (points * seeds <= MOST_TRIALS) return undefined;
  const count = `${points * seeds} (${points} points x ${seeds} seeds)`;
  return `a sweep must have at most ${MOST_TRIALS} trials, got ${count}. Give fewer values or seeds`;
}

/**
 * What is wrong with the points of a grid over `experiment`, at paths of the whole file; `known` are the findings
 * about the experiment by itself, which every point would repeat.
 */
export function checkGrid(
  experiment: unknown,
  parameters: readonly SweptParameter[],
  seeds: number,
  known: readonly Finding[],
): Finding[] {
  const findings = new Map<string, Finding>();
  const add = (finding: Finding) => findings.set(identity(finding), finding);
  const addAtKey = (parameter: SweptParameter, message: string) =>
    add({ path: [...PARAMETERS, ...parameter.location], at: 'key', message });

  const reachable = parameters.filter((parameter) => {
    const reason = unreachable(experiment, parameter.segments);
    if (reason !== undefined) addAtKey(parameter, reason);
    return reason === undefined;
  });
  const excess = tooManyTrials(gridSize(reachable), seeds);
  if (excess !== undefined) {
    add({ path: PARAMETERS, at: 'key', message: excess });
    return [...findings.values()];
  }

  const repeated = new Set(known.map(identity));
  const byPath = new Map(reachable.map((parameter) => [parameter.path, parameter]));
  const unused = new Set(byPath.keys());
  for (const choice of gridPoints(reachable)) {
    const point = settlePoint(experiment, choice);
    for (const path of unused) if (!point.dropped.has(path)) unused.delete(path);
    const checked = experimentSchema.safeParse(point.experiment);
    for (const finding of checked.success ? [] : findProblems(checked.error.issues, point.experiment)) {
      const inPoint = choice.filter(({ parameter }) => !point.dropped.has(parameter.path));
      const own = { ...finding, path: [...EXPERIMENT, ...finding.path] };
      const placed = placeInValue(finding, inPoint, byPath);
      if (placed !== undefined) add(placed);
      else if (!repeated.has(identity(own))) add(placeAtNearest(finding, inPoint, byPath) ?? own);
    }
  }
  for (const path of unused) {
    const parameter = byPath.get(path) as SweptParameter;
    const key = parameter.segments.at(-1);
    addAtKey(
      parameter,
      `a swept key must belong to one of the swept kinds, got "${key}", which none has. Remove it`,
    );
  }
  return [...findings.values()];
}

/** A finding about a swept value or a part of it, at its place in the list of values. */
function placeInValue(
  finding: Finding,
  choice: Choice,
  parameters: ReadonlyMap<string, SweptParameter>,
): Finding | undefined {
  const path = finding.path.join('.');
  const owner = choice.find(({ parameter }) => isInside(path, parameter.path));
  const parameter = parameters.get(owner?.parameter.path ?? '');
  if (owner === undefined || parameter === undefined) return undefined;
  if (finding.at === 'key' && path === parameter.path) {
    return { ...finding, path: [...PARAMETERS, ...parameter.location] };
  }
  const value = parameter.valueLocations[owner.position] as Path;
  return { ...finding, path: [...PARAMETERS, ...value, ...finding.path.slice(parameter.segments.length)] };
}

/** A finding about a key that is not swept, at the swept value that has most to do with it. */
function placeAtNearest(
  finding: Finding,
  choice: Choice,
  parameters: ReadonlyMap<string, SweptParameter>,
): Finding | undefined {
  const [nearest] = choice.toSorted((a, b) => nearness(b, finding) - nearness(a, finding));
  const value = parameters.get(nearest?.parameter.path ?? '')?.valueLocations[nearest?.position ?? 0];
  if (value === undefined) return undefined;
  const message = `at this point ${finding.path.join('.')}: ${finding.message}`;
  return { path: [...PARAMETERS, ...value], at: 'value', message };
}

/** How many keys the path of a swept parameter shares with the path of a finding; one with several values comes first. */
function nearness({ parameter }: Choice[number], { path }: Finding): number {
  const differing = parameter.segments.findIndex((segment, depth) => segment !== String(path[depth]));
  const shared = differing === -1 ? parameter.segments.length : differing;
  return shared + (parameter.values.length > 1 ? 0.5 : 0);
}

function identity({ path, message }: Finding): string {
  return `${path.join('.')}: ${message}`;
}
