/** Turns what the schema reports into sentences for the user: the rule, what was got, and a remedy where one can be guessed. */
import type { z } from 'zod';
import { foreignLayerKey } from '../network/layers.ts';
import { describeValue, printable } from '../printable.ts';
import { valueAt } from '../schema/value-at.ts';
import { closestName } from '../suggestion.ts';
import { meanings } from '../synonyms.ts';
import { LAYER_KEYS, VARIANTS } from './experiment.ts';
import { homesOf } from './homes.ts';
import type { Path } from './parameters.ts';
import { selectable } from './sweep-metrics.ts';

/** A rule that is broken at a path of the checked value. */
export interface Finding {
  readonly path: Path;
  /** Whether the key itself is wrong or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** Whether text was asked for, and YAML has read what stands there as something else. */
  readonly unquoted?: boolean;
}

type Issue = z.core.$ZodIssue;

/** One finding for every broken rule, each once. */
export function findProblems(issues: readonly Issue[], input: unknown): Finding[] {
  const findings = issues.flatMap((issue) => translate(issue, [], input));
  const seen = new Set<string>();
  return findings.filter(({ path, message }) => {
    const key = `${path.join('.')}: ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function translate(issue: Issue, above: Path, input: unknown): Finding[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  const finding = (message: string): Finding => ({ path, at: 'value', message });
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = issue.message.split('\n');
      return issue.keys.map((key) => ({
        ...finding(unknownKey(key, known, path)),
        path: [...path, key],
        at: 'key',
      }));
    }
    case 'custom':
      return [{ ...finding(issue.message), at: issue.params?.at === 'key' ? 'key' : 'value' }];
    case 'invalid_union': {
      if (issue.discriminator !== undefined) {
        // Zod sets the options without declaring them.
        const kinds = ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
        return [
          finding(withValue(`must be one of ${kinds.join(', ')}`, valueAt(input, path), kinds)),
          ...wrongInEveryKind(path.slice(0, -1), input),
        ];
      }
      // The kind of value that was meant: what is wrong with it is more than its type.
      const near = issue.errors.find((branch) =>
        branch.every(
          (inner) =>
            inner.path.length > 0 ||
            inner.code !== 'invalid_type' ||
            // NaN and infinity are no numbers to Zod, but to the reader.
            (expectedType(inner) === 'number' && typeof valueAt(input, path) === 'number'),
        ),
      );
      const ownRules = near ?? issue.errors.find((branch) => branch.some(({ code }) => code === 'custom'));
      if (ownRules !== undefined) return ownRules.flatMap((inner) => translate(inner, path, input));
      const own = issue.errors.flat().find(({ path: inside }) => inside.length === 0);
      return [finding(withValue(issue.message, valueAt(input, path), [], own && expectedType(own)))];
    }
    case 'invalid_value': {
      const given = valueAt(input, path);
      const unquoted = typeof given === 'string' && issue.values.some((value) => String(value) === given);
      if (unquoted)
        return [finding(`${issue.message}, got ${describeValue(given)} (text). Remove the quotes`)];
      return [finding(withValue(issue.message, given, namesAt(path, issue.values.map(String), input)))];
    }
    default: {
      const given = valueAt(input, path);
      const message = withValue(issue.message, given, [], expectedType(issue));
      const isText = expectedType(issue) === 'string' && (given === null || typeof given !== 'object');
      return [{ ...finding(message), ...(isText && { unquoted: true }) }];
    }
  }
}

/** The words that would be right at a path: of the metrics of a sweep those that its data can be selected by. */
function namesAt(path: Path, words: readonly string[], input: unknown): readonly string[] {
  if (path[0] !== 'sweep' || path.at(-1) !== 'name') return words;
  return selectable(words, valueAt(input, ['experiment', 'data', 'validation']) !== undefined);
}

/** What is wrong in a section whose kind is unknown, whichever kind was meant. */
function wrongInEveryKind(section: Path, input: unknown): Finding[] {
  const value = valueAt(input, section);
  const variants = variantsAt(section);
  if (variants === undefined || typeof value !== 'object' || value === null) return [];
  const { discriminator, schemas } = variants;
  const [first = [], ...others] = [...schemas].map(
    ([kind, schema]) => schema.safeParse({ ...value, [discriminator]: kind }).error?.issues ?? [],
  );
  const wrong = others.map((issues) => new Set(issues.flatMap((issue) => identities(issue, section, input))));
  const everywhere = (identity: string): boolean => wrong.every((kind) => kind.has(identity));
  return first.flatMap((issue) =>
    translate(issue, section, input).filter((finding) => everywhere(identityOf(finding))),
  );
}

/** What tells the findings of an issue from others. A key that no kind has is wrong in each, though what it may be meant for differs. */
function identities(issue: Issue, section: Path, input: unknown): string[] {
  if (issue.code !== 'unrecognized_keys') return translate(issue, section, input).map(identityOf);
  const above = [...section, ...(issue.path as (string | number)[])];
  return issue.keys.map((key) => identityOf({ path: [...above, key], at: 'key', message: '' }));
}

function identityOf({ path, at, message }: Finding): string {
  return JSON.stringify(at === 'key' ? [path, at] : [path, at, message]);
}

/** The kinds of the section at a path, wherever the checked value begins. */
function variantsAt(section: Path): (typeof VARIANTS)[number] | undefined {
  const where = `.${section.join('.')}`;
  return VARIANTS.find(({ path }) => where.endsWith(`.${path.join('.')}`));
}

/** Whether a layer stands at a path: an entry of the model, or of a list inside a layer. */
function isLayer(path: Path): boolean {
  const [list, position] = path.slice(-2);
  return (
    typeof position === 'number' &&
    path.includes('model') &&
    (list === 'model' || LAYER_KEYS.includes(String(list)))
  );
}

function expectedType(issue: Issue): string {
  return issue.code === 'invalid_type' ? issue.expected : '';
}

function unknownKey(key: string, known: readonly string[], section: Path): string {
  const got = `unknown key ${describeValue(key)}`;
  const variants = variantsAt(section);
  const kinds = [...(variants?.keys ?? [])].flatMap(([kind, names]) => (names.has(key) ? [kind] : []));
  if (variants !== undefined && kinds.length > 0) {
    const kind = `${variants.discriminator} of ${variants.path.join('.')}`;
    const meant = meanings(key).find((name) => name !== key && known.includes(name));
    const instead = meant === undefined ? '' : `, or write ${meant} for what it is elsewhere`;
    return `${got}, it belongs to ${kinds.join(', ')}. Remove it, or sweep the ${kind} too${instead}`;
  }
  const foreign = isLayer(section) ? foreignLayerKey(key) : undefined;
  if (foreign !== undefined) return `${got}. ${foreign}`;
  const nearest = closestName(key, known);
  if (nearest !== undefined) return `${got}. Did you mean "${nearest}"?`;
  const homes = homesOf(key);
  const places = homes.map(({ section: home, key: name }) => (name === key ? home : `${home} as ${name}`));
  if (places.length > 0) return `${got}, it belongs into ${places.join(' or ')}. Move it there`;
  return `${got}. Known here are ${known.join(', ')}`;
}

/** The rule with what was got instead; `names` are the words that would have been right. */
function withValue(rule: string, value: unknown, names: readonly string[] = [], expected = ''): string {
  if (value === undefined) return `is missing, ${rule}`;
  const got = `${rule}, got ${describeValue(value)}`;
  if (typeof value !== 'string') return got;
  const nearest = closestName(value, names);
  if (nearest !== undefined) return `${got}. Did you mean "${nearest}"?`;
  const remedy = textRemedy(value, expected);
  const kind = expected === '' ? '' : ' (text)';
  return remedy === undefined ? `${got}${kind}` : `${got}${kind}. ${remedy}`;
}

/** What YAML 1.2 reads as text although it looks like a number or a truth value. */
function textRemedy(text: string, expected: string): string | undefined {
  if (expected === 'boolean') {
    if (/^(true|false)$/i.test(text)) return `Write ${text.toLowerCase()} without quotes`;
    if (/^(y|yes|on)$/i.test(text)) return `Write true: in YAML 1.2 ${text} is text`;
    if (/^(n|no|off)$/i.test(text)) return `Write false: in YAML 1.2 ${text} is text`;
    return undefined;
  }
  if (expected !== 'number' && expected !== 'int') return undefined;
  const plain = text.replaceAll('_', '').trim();
  if (plain === '' || !Number.isFinite(Number(plain))) return undefined;
  return plain === text ? 'Remove the quotes' : `Write ${plain}: in YAML 1.2 ${printable(text)} is text`;
}
