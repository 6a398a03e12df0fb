/** One entry of `parameters`: a list of values or a distribution, as it is written and as it is meant. */
import { closestName } from '../suggestion.ts';
import { DISTRIBUTION_KEYS, type Distribution, EXPONENT_DISTRIBUTIONS, hasNumbers } from './distribution.ts';

/** A single value of an experiment. */
export type Scalar = string | number | boolean;

/** When a parameter is there: by dotted path, the value or one of the values that the experiment must have. */
export type Condition = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** One entry as it is written; `parameters` holds entries for the parts of a section. */
export interface ParameterTree {
  readonly value?: unknown;
  readonly values?: readonly unknown[] | undefined;
  readonly probabilities?: readonly number[] | undefined;
  readonly distribution?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly mu?: number | undefined;
  readonly sigma?: number | undefined;
  readonly a?: number | undefined;
  readonly b?: number | undefined;
  readonly q?: number | undefined;
  readonly when?: Condition | undefined;
  readonly parameters?: Readonly<Record<string, ParameterTree>> | undefined;
}

/** What the values of a parameter are: a list, with the probability of each, or a distribution. */
export type ParameterValues =
  | { readonly values: readonly unknown[]; readonly probabilities?: readonly number[] }
  | Distribution;

/** A rule that an entry breaks, at one of its keys or as a whole. */
export interface EntryProblem {
  readonly key?: string;
  readonly message: string;
}

/** An entry that is understood, or what is wrong with it. */
export type EntryReading =
  | { readonly values: ParameterValues; readonly note?: string }
  | { readonly problems: readonly EntryProblem[] };

const LISTS = ['constant', 'categorical', 'categorical_w_probabilities'] as const;

/** Every name that `distribution` may have. */
export const DISTRIBUTION_NAMES: readonly string[] = [
  ...LISTS,
  ...Object.keys(DISTRIBUTION_KEYS),
  ...Object.keys(EXPONENT_DISTRIBUTIONS),
];

/** Keys that say what the values are; the others say where and when. */
const VALUE_KEYS = ['value', 'values', 'probabilities', 'min', 'max', 'mu', 'sigma', 'a', 'b', 'q'] as const;

/** Keys of an entry, by which a path through the file is told from a path through the experiment. */
export const ENTRY_KEYS: readonly string[] = [...VALUE_KEYS, 'distribution', 'when', 'parameters'];

/** How far the probabilities of a list may be from 1 in sum. */
const PROBABILITY_SLACK = 1e-6;

/**
 * Understands an entry whose keys hold what their types say. Without a distribution, values make a list, and bounds a
 * uniform one: of whole numbers where both are whole.
 */
export function readEntry(tree: ParameterTree): EntryReading {
  const given = VALUE_KEYS.filter((key) => Object.hasOwn(tree, key));
  const distribution = tree.distribution ?? inferDistribution(tree);
  if (distribution === undefined) {
    return refuse({ message: 'must have values, a value, min and max, a distribution or parameters' });
  }
  if (!LISTS.some((name) => name === distribution)) return readDistribution(tree, distribution, given);
  const wanted = distribution === 'constant' ? 'value' : 'values';
  const allowed = distribution === 'constant' ? ['value'] : ['values', 'probabilities'];
  const foreign = foreignKey(distribution, given, allowed);
  if (foreign !== undefined) return refuse(foreign);
  if (!given.includes(wanted)) {
    return refuse({ key: 'distribution', message: `${distribution} must come with ${wanted}, got none` });
  }
  if (distribution === 'constant') return { values: { values: [tree.value] } };
  const { values = [], probabilities } = tree;
  if (probabilities === undefined) {
    return distribution === 'categorical'
      ? { values: { values } }
      : refuse({ key: 'distribution', message: `${distribution} must come with probabilities, got none` });
  }
  return withProbabilities(values, probabilities);
}

function inferDistribution({ min, max, ...tree }: ParameterTree): string | undefined {
  if (Object.hasOwn(tree, 'values')) return 'categorical';
  if (Object.hasOwn(tree, 'value')) return 'constant';
  if (min === undefined && max === undefined) return undefined;
  return Number.isInteger(min) && Number.isInteger(max) ? 'int_uniform' : 'uniform';
}

function withProbabilities(values: readonly unknown[], probabilities: readonly number[]): EntryReading {
  if (probabilities.length !== values.length) {
    const message = `must have one probability a value, got ${probabilities.length} for ${values.length} values`;
    return refuse({ key: 'probabilities', message });
  }
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > PROBABILITY_SLACK) {
    return refuse({ key: 'probabilities', message: `must add up to 1, got ${Number(sum.toPrecision(6))}` });
  }
  return { values: { values, probabilities } };
}

function readDistribution(tree: ParameterTree, name: string, given: readonly string[]): EntryReading {
  const isExponent = Object.hasOwn(EXPONENT_DISTRIBUTIONS, name);
  const distribution = (isExponent ? EXPONENT_DISTRIBUTIONS[name] : name) as Distribution['distribution'];
  const keys = DISTRIBUTION_KEYS[distribution];
  if (keys === undefined) return refuse({ key: 'distribution', message: `must be known, got "${name}"` });
  const foreign = foreignKey(name, given, Object.keys(keys));
  if (foreign !== undefined) return refuse(foreign);
  const numbers: Record<string, number> = {};
  for (const [key, fallback] of Object.entries(keys)) {
    const number = tree[key as 'min'] ?? fallback;
    if (number === undefined) return refuse({ message: `${name} must have ${key}, got none. Add it` });
    const limit = lowerLimit(name, key);
    if (limit !== undefined && !limit.holds(number)) {
      return refuse({ key, message: `${key} of ${name} must be ${limit.rule}, got ${number}` });
    }
    numbers[key] = number;
  }
  const { min = 0, max = 0 } = numbers;
  if (min > max) return refuse({ key: 'max', message: `max must not be below min, got ${max} below ${min}` });
  const reading = isExponent
    ? exponentBounds(name, distribution, numbers, { min, max })
    : { values: { distribution, ...numbers } as Distribution };
  if ('values' in reading && !('values' in reading.values) && !hasNumbers(reading.values)) {
    const { q, min: low, max: high } = reading.values as Extract<Distribution, { min: number; q: number }>;
    const message = `${name} must have a multiple of q within its bounds, got none of ${q} from ${low} to ${high}. Write a smaller q`;
    return refuse({ ...(tree.q !== undefined && { key: 'q' }), message });
  }
  return reading;
}

/** Old names, whose bounds are exponents: the same distribution by its values, and a word about what they mean. */
function exponentBounds(
  name: string,
  distribution: Distribution['distribution'],
  numbers: Readonly<Record<string, number>>,
  { min, max }: { readonly min: number; readonly max: number },
): EntryReading {
  // log(1/x) lies between the bounds of the inverse one.
  const [low, high] = name === 'inv_log_uniform' ? [-max, -min] : [min, max];
  const bounds = { min: Math.exp(low), max: Math.exp(high) };
  if (!(bounds.min > 0 && Number.isFinite(bounds.max))) {
    return refuse({ message: `the bounds of ${name} are exponents of e, got ${min} and ${max}` });
  }
  const shown = [bounds.min, bounds.max].map((bound) => Number(bound.toPrecision(3)));
  return {
    values: { distribution, ...numbers, ...bounds } as Distribution,
    note:
      `the bounds of ${name} are exponents of e: min ${min} and max ${max} stand for values from ${shown[0]} to ${shown[1]}. ` +
      `Write ${distribution} with the values themselves`,
  };
}

function foreignKey(
  name: string,
  given: readonly string[],
  allowed: readonly string[],
): EntryProblem | undefined {
  const key = given.find((candidate) => !allowed.includes(candidate));
  if (key === undefined) return undefined;
  const near = closestName(key, allowed);
  const remedy = near === undefined ? 'Remove it, or say another distribution' : `Did you mean "${near}"?`;
  return { key, message: `${name} must have no keys but ${allowed.join(', ')}, got ${key}. ${remedy}` };
}

function lowerLimit(
  name: string,
  key: string,
): { readonly rule: string; readonly holds: (number: number) => boolean } | undefined {
  if (name === 'int_uniform') return { rule: 'a whole number', holds: Number.isSafeInteger };
  const positive = { rule: 'above 0', holds: (number: number) => number > 0 };
  if (['q', 'a', 'b'].includes(key)) return positive;
  if (key === 'min' && name.endsWith('log_uniform_values')) return positive;
  if (key === 'sigma') return { rule: 'at least 0', holds: (number) => number >= 0 };
  return undefined;
}

function refuse(problem: EntryProblem): EntryReading {
  return { problems: [problem] };
}
