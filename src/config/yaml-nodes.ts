/**
 * Nodes of a YAML document: what an alias stands for, which pairs a mapping has with those that `<<` merges into it, and
 * the plain value. One pass each: the library looks through the whole document at every alias and every key.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { UNSAFE_KEYS } from './parameters.ts';

/** Values that a document may have once its aliases are written out: as many as the longest text has without any. */
export const MOST_VALUES = 65_536;

/** Something in a document that is not accepted, although it is good YAML. */
export interface Refused {
  readonly node: Node;
  readonly message: string;
}

/** The name of a key as plain values have it. */
export function keyName(key: unknown): string {
  // What was set from outside has bare keys.
  if (!isScalar(key)) return isNode(key) ? '' : String(key);
  return key.value === null ? '' : isMerge(key) ? '<<' : String(key.value);
}

/** Whether a key merges another mapping into its own, as in YAML 1.1; in quotes it is a key like others. */
export function isMerge(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol' && key.value.description === '<<';
}

/** The aliases of a document with their anchors, and what is refused. */
export class Nodes {
  readonly refused: Refused[] = [];
  readonly #targets = new Map<Alias, Node>();
  readonly #values = new Map<Node, unknown>();
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document) {
    this.#collect(document.contents, new Map(), new Set());
    if (
      this.#targets.size > 0 &&
      this.refused.length === 0 &&
      this.#count(document.contents, new Map()) > MOST_VALUES
    ) {
      const message = 'aliases must not multiply the document, got too many. Write the values out';
      this.refused.push({ node: document.contents as Node, message });
    }
  }

  /** The node itself, or what it is an alias of. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? (this.#targets.get(node) ?? node) : node;
  }

  /** The pair of a key: the mapping's own, or else the first that is merged into it. */
  findPair(map: YAMLMap, key: string): Pair | undefined {
    let pairs = this.#pairs.get(map);
    if (pairs === undefined) {
      pairs = new Map(this.pairsOf(map).map((pair) => [keyName(pair.key), pair]));
      this.#pairs.set(map, pairs);
    }
    return pairs.get(key);
  }

  /** All pairs of a mapping in order, each key once: what is merged stands where `<<` does, and gives way to own keys. */
  pairsOf(map: YAMLMap): Pair[] {
    if (!map.items.some(({ key }) => isMerge(key))) return map.items;
    const own = new Set(map.items.flatMap(({ key }) => (isMerge(key) ? [] : [keyName(key)])));
    const merged = new Set<string>();
    return map.items.flatMap((pair) => {
      if (!isMerge(pair.key)) return [pair];
      return this.#sources(pair.value).flatMap((source) =>
        this.pairsOf(source).filter(({ key }) => {
          const name = keyName(key);
          return !own.has(name) && !merged.has(name) && merged.add(name);
        }),
      );
    });
  }

  /** The plain value of a node. What an anchor names is one object, wherever its aliases stand. */
  valueOf(node: unknown): unknown {
    const target = this.resolve(node);
    if (isScalar(target)) return target.value;
    if (!isCollection(target)) return undefined;
    if (this.#values.has(target)) return this.#values.get(target);
    const value = isSeq(target)
      ? target.items.map((item) => this.valueOf(item) ?? null)
      : Object.fromEntries(
          this.pairsOf(target as YAMLMap).map((pair) => [
            keyName(pair.key),
            this.valueOf(pair.value) ?? null,
          ]),
        );
    this.#values.set(target, value);
    return value;
  }

  /** The mappings that a `<<` names. */
  #sources(value: unknown): YAMLMap[] {
    const target = this.resolve(value);
    const sources = isSeq(target) ? target.items.map((item) => this.resolve(item)) : [target];
    return sources.filter((source) => isMap(source));
  }

  #collect(node: unknown, anchors: Map<string, Node>, above: Set<Node>): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) this.#targets.set(node, target);
      const { source } = node;
      if (target === undefined) {
        const message = `an alias must follow its anchor, got *${source} without &${source}`;
        this.refused.push({ node, message });
      } else if (above.has(target)) {
        const message = `an alias must not stand inside its anchor, got *${source} in it`;
        this.refused.push({ node, message });
      }
      return;
    }
    if (!isNode(node)) return;
    if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
    if (!isCollection(node)) return;
    above.add(node);
    const names = new Set<string>();
    for (const item of node.items) {
      if (isPair(item)) this.#collectPair(item, names, anchors, above);
      else this.#collect(item, anchors, above);
    }
    above.delete(node);
  }

  #collectPair({ key, value }: Pair, names: Set<string>, anchors: Map<string, Node>, above: Set<Node>): void {
    const refuse = (node: unknown, message: string) => {
      if (isNode(node)) this.refused.push({ node, message });
    };
    if (isNode(key) && !isScalar(key)) {
      refuse(key, 'a key must be text, got a list, a mapping or an alias');
    } else {
      const name = keyName(key);
      if (UNSAFE_KEYS.includes(name)) refuse(key, `a key must not be ${name}. Rename it`);
      else if (names.has(name)) {
        refuse(key, 'a key must be given once, got it a second time. Remove one of the two');
      }
      names.add(name);
    }
    this.#collect(key, anchors, above);
    this.#collect(value, anchors, above);
    if (!isMerge(key)) return;
    const target = this.resolve(value);
    const sources = isSeq(target) ? target.items.map((item) => this.resolve(item)) : [target];
    if (sources.every((source) => isMap(source) || isAlias(source))) return;
    refuse(value ?? key, 'a key << must merge a mapping or a list of mappings, such as <<: *name');
  }

  /** Values with all aliases written out; counting ends where there are too many. */
  #count(node: unknown, known: Map<Node, number>): number {
    const target = this.resolve(node);
    if (!isCollection(target)) return 1;
    const counted = known.get(target);
    if (counted !== undefined) return counted;
    let count = 1;
    for (const item of target.items) {
      count += this.#count(isPair(item) ? item.value : item, known);
      if (count > MOST_VALUES) break;
    }
    known.set(target, count);
    return count;
  }
}
