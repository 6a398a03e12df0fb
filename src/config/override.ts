/** Values of a sweep file that are set on the command line: `--set experiment.training.epochs=3`. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, visit, type YAMLMap } from 'yaml';
import { ConfigError } from '../errors.ts';
import { printable } from '../printable.ts';
import { homesOf } from './homes.ts';
import { ENTRY_KEYS } from './parameter-entry.ts';
import { dottedPath, type Path, UNSAFE_KEYS } from './parameters.ts';
import { isMerge, Nodes } from './yaml-nodes.ts';

/** A setting as it was given, and what it says. */
export interface Override {
  /** As the user wrote it, with its flag. */
  readonly flag: string;
  /** The keys between the dots. */
  readonly segments: readonly string[];
  /** The value as YAML. */
  readonly text: string;
}

const SECTIONS: readonly string[] = ['name', 'experiment', 'sweep'];

/**
 * Reads what stands behind a `--set`.
 *
 * Errors: ConfigError OVERRIDE_INVALID for anything but `path=value` with a path from the top of the file.
 */
export function parseOverride(word: string): Override {
  const at = word.indexOf('=');
  const path = at === -1 ? word : word.slice(0, at);
  const text = at === -1 ? '' : word.slice(at + 1);
  const flag = `--set ${printable(word)}`;
  const refuse = (rule: string) => new ConfigError('OVERRIDE_INVALID', `${flag}: ${rule}.`);
  if (at <= 0 || text.trim() === '') {
    throw refuse('must be a path and a value. Write it like --set experiment.training.epochs=3');
  }
  const segments = path.split('.').map((segment) => segment.trim());
  const unsafe = segments.find((segment) => UNSAFE_KEYS.includes(segment));
  if (unsafe !== undefined) throw refuse(`a path must not hold ${unsafe}. Remove it`);
  if (segments.includes('')) {
    throw refuse('a path must be keys joined by single dots, got an empty key');
  }
  const [first = ''] = segments;
  if (/\[\d+\]/.test(path) && SECTIONS.includes(first)) {
    throw refuse(`a path must have positions behind dots, got brackets. ${remedyFor(segments, text)}`);
  }
  if (!SECTIONS.includes(first)) {
    const remedy = remedyFor(segments, text);
    throw refuse(
      `a path must start with one of ${SECTIONS.join(', ')}, got "${printable(first)}". ${remedy}`,
    );
  }
  return { flag, segments, text };
}

/** The whole path of what a path from elsewhere means, with the value. */
function remedyFor(segments: readonly string[], text: string): string {
  const given = dottedPath(segments.join('.'));
  const keys = given.split('.');
  const [first = ''] = keys;
  if (SECTIONS.includes(first)) return `Write --set ${printable(`${given}=${text}`)}`;
  const [home] = homesOf(first);
  const [inner] = homesOf(keys.at(-1) ?? '');
  // What lies inside a known section keeps its path; of a foreign path the last key tells most.
  const isKnown = inner === undefined || inner.key === keys.at(-1);
  const path =
    home?.key === first && keys.length > 1 && isKnown
      ? `${home.section}.${given}`
      : (inner ?? home) && [(inner ?? home)?.section, (inner ?? home)?.key].join('.');
  if (path === undefined) return 'Write it like --set experiment.training.epochs=3';
  // A number alone would be how many seeds there are.
  const value = path === 'sweep.seeds' && first !== 'seeds' && /^\d+$/.test(text) ? `[${text}]` : text;
  return `Write --set ${printable(`${path}=${value}`)}`;
}

/**
 * Sets a value into a document and tells which part of it is new. `value` is the node of the text.
 *
 * Errors: ConfigError OVERRIDE_INVALID for a path that leads into a single value, or past the end of a list.
 */
export function applyOverride(document: Document, override: Override, value: Node): Path {
  const path = findKeys(document, override);
  const [last] = path.slice(-1);
  const entry = path.slice(0, -1);
  if (isEntry(entry) && document.hasIn(entry) && (last === 'values' || last === 'value')) {
    // A list takes the place of whatever said what the values are.
    for (const key of ENTRY_KEYS) if (key !== 'when') document.deleteIn([...entry, key]);
  }
  const firstNew = path.findIndex((_, depth) => !document.hasIn(path.slice(0, depth + 1)));
  document.setIn(path, value);
  return firstNew === -1 ? path : path.slice(0, firstNew + 1);
}

/** Whether a path leads to an entry of `parameters`. */
function isEntry(path: Path): boolean {
  return path.at(-2) === 'parameters' && path[0] === 'sweep';
}

/** The keys in the document that dotted segments stand for: in `parameters` one key may hold several of them. */
function findKeys(document: Document, { flag, segments }: Override): Path {
  let path: (string | number)[] = [];
  let rest = [...segments];
  while (rest.length > 0) {
    const node = resolveAlias(document, path);
    if (isMap(node)) writeOutMerges(document, node);
    const length = keyLength(node, rest);
    const refusal = refuseStep(node, path.join('.'), rest[0] as string);
    if (refusal !== undefined) throw new ConfigError('OVERRIDE_INVALID', `${flag}: ${refusal}.`);
    if (length > 0) {
      const key = rest.slice(0, length).join('.');
      path.push(isSeq(node) ? Number(key) : key);
      rest = rest.slice(length);
    } else if (path.length > 2 && path[0] === 'sweep' && isMap(node) && node.has('parameters')) {
      path.push('parameters');
    } else if (path.length === 2 && path.join('.') === 'sweep.parameters') {
      // A parameter that the file does not have: all but the key of its entry is its path.
      const isKey = rest.length > 1 && ENTRY_KEYS.includes(rest.at(-1) as string);
      const name = isKey ? rest.slice(0, -1) : rest;
      path = [...path, name.join('.'), ...rest.slice(name.length)];
      rest = [];
    } else {
      path = [...path, ...rest];
      rest = [];
    }
  }
  return path;
}

/** Why a key cannot follow a path to this node, or undefined. */
function refuseStep(node: unknown, where: string, key: string): string | undefined {
  if (isSeq(node)) {
    const last = node.items.length - 1;
    if (/^(0|[1-9]\d*)$/.test(key) && Number(key) <= last) return undefined;
    const remedy = last < 0 ? 'Here it is empty' : `Here it has the entries 0 to ${last}`;
    return `after ${where} must come the position of an entry, got "${printable(key)}". ${remedy}`;
  }
  if (node === undefined || node === null || isMap(node)) return undefined;
  if (isScalar(node) && node.value === null) return undefined;
  return `${where} must be a mapping to have the key "${printable(key)}", got a single value. Set ${where} itself`;
}

/** How many of the segments make a key of the node, as many as possible. */
function keyLength(node: unknown, segments: readonly string[]): number {
  if (isSeq(node)) return 1;
  if (!isMap(node)) return 0;
  for (let length = segments.length; length > 0; length -= 1) {
    if (node.has(segments.slice(0, length).join('.'))) return length;
  }
  return 0;
}

/** Puts copies of the pairs that `<<` merges into a mapping in its place, so that one of them can be set. */
function writeOutMerges(document: Document, map: YAMLMap): void {
  if (!map.items.some(({ key }) => isMerge(key))) return;
  const own = new Set(map.items);
  map.items = new Nodes(document).pairsOf(map).map((pair) => {
    if (own.has(pair)) return pair;
    const copy = pair.clone();
    // An alias further on means the anchor, not a copy in which a value is set.
    for (const part of [copy.key, copy.value])
      if (isNode(part))
        visit(part, { Node: (_, inner) => void delete (inner as Node & { anchor?: string }).anchor });
    return copy;
  });
}

/** The node at a path. An alias is replaced by a copy, so that what is set there is set nowhere else. */
function resolveAlias(document: Document, path: readonly (string | number)[]): unknown {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isAlias(node)) return node;
  const target = node.resolve(document);
  const copy = isNode(target) ? (target.clone() as Node & { anchor?: string }) : undefined;
  if (copy === undefined) return node;
  delete copy.anchor;
  document.setIn(path, copy);
  return copy;
}
