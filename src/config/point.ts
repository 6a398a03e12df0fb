/** Points of a sweep: chosen values, set into the experiment. */

import { isMapping } from '../schema/mapping.ts';
import { valueAt, withValueAt } from '../schema/value-at.ts';
import { DEPENDENT_KEYS, VARIANTS } from './experiment.ts';
import type { Parameter } from './parameters.ts';

/** The value that a point has for a swept parameter. */
export interface Chosen<Swept extends Parameter = Parameter> {
  readonly parameter: Swept;
  readonly value: unknown;
  /** Where the value stands in the parameter's list; undefined for a number that was drawn. */
  readonly position?: number;
}

/** The values of a point, in the order of the dimensions; a parameter whose condition does not hold has none. */
export type Choice<Swept extends Parameter = Parameter> = readonly Chosen<Swept>[];

/** An experiment with the values of a point in it, not yet checked. */
export interface SettledPoint {
  readonly experiment: unknown;
  /** Dotted paths of the keys that the point's kind of data, loss, optimizer or penalty does not have, and that were dropped. */
  readonly dropped: ReadonlySet<string>;
}

/**
 * Why a path leads nowhere in an experiment, or undefined. A key that is missing is no reason: the schema knows
 * whether it may be there.
 */
export function unreachable(experiment: unknown, segments: readonly string[]): string | undefined {
  let current = experiment;
  for (const [depth, segment] of segments.entries()) {
    const where = segments.slice(0, depth).join('.');
    if (Array.isArray(current)) {
      const last = current.length - 1;
      if (!/^(0|[1-9]\d*)$/.test(segment) || Number(segment) > last) {
        const remedy = last < 0 ? `${where} is empty` : `${where} has the entries 0 to ${last}`;
        return `after ${where} must come the position of an entry, got "${segment}". Here ${remedy}`;
      }
      current = current[Number(segment)];
    } else if (current === undefined) {
      if (/^\d+$/.test(segment)) {
        return `${where} must be in the experiment before a part of it is swept, got no ${where}. Add it`;
      }
    } else if (isMapping(current)) {
      current = Object.hasOwn(current, segment) ? current[segment] : undefined;
    } else {
      return `${where} must be a mapping or a list to have the key "${segment}", got a single value. Sweep ${where} itself`;
    }
  }
  return undefined;
}

/** {@link withValueAt} for many values, in order: each part that changes is copied once, not once for each value. */
export function withValuesAt(
  whole: unknown,
  values: readonly (readonly [segments: readonly string[], value: unknown])[],
): unknown {
  const root = { whole };
  const own = new Set<object>([root]);
  for (const [segments, value] of values) {
    let holder: object = root;
    let last = 'whole';
    for (const segment of segments) {
      holder = ownPart(holder, last, own);
      last = segment;
    }
    setKey(holder, last, value);
  }
  return root.whole;
}

/** The part under a key as a list or mapping that may be changed. */
function ownPart(holder: object, key: string, own: Set<object>): object {
  const current: unknown = Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
  if (typeof current === 'object' && current !== null && own.has(current)) return current;
  const copy = Array.isArray(current) ? [...current] : { ...(isMapping(current) ? current : {}) };
  own.add(copy);
  setKey(holder, key, copy);
  return copy;
}

/** As a part of the value itself under any name, such as __proto__; a list gets no entries that it does not have. */
function setKey(holder: object, key: string, value: unknown): void {
  if (Array.isArray(holder) && !(Object.hasOwn(holder, key) && key !== 'length')) return;
  if (value === undefined && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * Sets the values of a point into the experiment. Where the kind of a section is swept (`penalty.type`), a key that
 * belongs to other kinds only is dropped: it applies to the points whose kind has it.
 */
export function settlePoint(experiment: unknown, choice: Choice): SettledPoint {
  const settled = withValuesAt(
    experiment,
    choice.map(({ parameter, value }) => [parameter.segments, value]),
  );
  const swept = new Set(choice.map(({ parameter }) => parameter.path));
  return dropForeignKeys(settled, (section, discriminator) =>
    swept.has([...section, discriminator].join('.')),
  );
}

/**
 * The experiment with the swept keys that it does not have itself, each with its first value: a key that is swept need
 * not be given. A key that the experiment's kind of section does not have stays out.
 */
export function fillSwept(experiment: unknown, first: Choice): unknown {
  const missing = first.filter(
    ({ parameter: { segments } }) =>
      valueAt(experiment, segments) === undefined && unreachable(experiment, segments) === undefined,
  );
  const filled = missing.reduce(
    (current, { parameter: { segments }, value }) => withValueAt(current, segments, value),
    experiment,
  );
  const paths = new Set(missing.map(({ parameter: { path } }) => path));
  return dropForeignKeys(filled, (section, _discriminator, key) => paths.has([...section, key].join('.')))
    .experiment;
}

function dropForeignKeys(
  experiment: unknown,
  mayDrop: (section: readonly string[], discriminator: string, key: string) => boolean,
): SettledPoint {
  let kept = experiment;
  const dropped = new Set<string>();
  for (const { path, discriminator, keys, allKeys } of VARIANTS) {
    const section = valueAt(experiment, path);
    if (!isMapping(section)) continue;
    const own = keys.get(String(section[discriminator]));
    if (own === undefined) continue;
    for (const key of Object.keys(section)) {
      if (own.has(key) || !allKeys.has(key) || !mayDrop(path, discriminator, key)) continue;
      kept = withValueAt(kept, [...path, key], undefined);
      dropped.add([...path, key].join('.'));
    }
  }
  for (const { path, key, discriminator, value } of DEPENDENT_KEYS) {
    const section = valueAt(experiment, path);
    if (!isMapping(section) || !Object.hasOwn(section, key) || section[discriminator] === value) continue;
    if (!mayDrop(path, discriminator, key)) continue;
    kept = withValueAt(kept, [...path, key], undefined);
    dropped.add([...path, key].join('.'));
  }
  return { experiment: kept, dropped };
}
