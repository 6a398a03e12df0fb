/** Finds the swept value in the file that a rule broken at a point is about. */
import type { Finding } from './findings.ts';
import { isInside, PARAMETERS, type Path, type SweptParameter } from './parameters.ts';
import type { Choice } from './point.ts';

/** A parameter with a part of its values, or with some that stand for its distribution; and the one that it is made of. */
export type Probe = SweptParameter & { readonly of?: SweptParameter };

/** The parameter as it is written. */
export function original(parameter: Probe): SweptParameter {
  return parameter.of ?? parameter;
}

/** A finding at its place in the file, and the value that it is about. */
export interface Placed {
  readonly finding: Finding;
  readonly value: string;
}

/** Tells a value from all others, of its own parameter and of the others. */
export function nameOfValue({ parameter, value }: Choice<Probe>[number]): string {
  return JSON.stringify([parameter.path, value]);
}

/** Where a chosen value stands: in its list, or the distribution that it was drawn from. */
function locate({ parameter, position }: Choice<Probe>[number]): Path {
  const listed = 'values' in original(parameter).values;
  return [...PARAMETERS, ...parameter.locateValue(listed ? position : undefined)];
}

/** A finding about a swept value or a part of it. */
export function placeInValue(finding: Finding, choice: Choice<Probe>): Placed | undefined {
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
export function placeAtNearest(finding: Finding, choice: Choice<Probe>): Placed | undefined {
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
