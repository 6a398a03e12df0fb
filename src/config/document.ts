/** Reads one YAML 1.2 document into plain values and remembers where each of them stands in the text. */
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  parseDocument,
} from 'yaml';
import type { ConfigProblem } from '../errors.ts';
import { printable } from '../printable.ts';
import { applyOverride, type Override } from './override.ts';
import type { Path } from './parameters.ts';
import { Nodes } from './yaml-nodes.ts';

/** Longest text that is read. A sweep file takes a few kilobytes. */
export const MOST_CHARACTERS = 131_072;
/** Deepest nesting that is read: a parser that recurses on a few kilobytes of brackets can end the process. */
export const DEEPEST_NESTING = 64;

/** What the library says of some errors, in words that a user knows. */
const CLEARER: ReadonlyMap<string, string> = new Map([
  ['MULTIPLE_DOCS', 'must be a single document, got a second one'],
]);

/** Line and column in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A document that could be read. */
export interface YamlDocument {
  readonly value: unknown;
  /** The text; where something was set, with that in its place and named in its first lines. */
  readonly text: string;
  /** What set the value at a path, where it is not as the text had it. */
  flagOf(path: Path): string | undefined;
  /** How the single value at a path is written; undefined for a list, a mapping and what is not there. */
  sourceOf(path: Path): string | undefined;
  /** Where the value at a path, or its key, begins; where there is none, the innermost part around it. */
  locate(path: Path, at: 'key' | 'value'): Position;
}

/** What a text holds, or what keeps it from being read. */
export type Reading =
  | { readonly document: YamlDocument }
  | { readonly problems: readonly Omit<ConfigProblem, 'file'>[] };

/** A document without anything that is refused, and where its lines begin. */
interface Parsed {
  readonly document: Document;
  readonly nodes: Nodes;
  readonly lines: LineCounter;
}

/**
 * Reads a text that comes from outside, and sets values into it. Never throws for anything that the texts hold.
 *
 * Errors: ConfigError OVERRIDE_INVALID for a value that has no place in the text.
 */
export function readYaml(text: string, overrides: readonly Override[] = []): Reading {
  const parsed = parse(text);
  if ('problems' in parsed) return parsed;
  const { document, lines } = parsed;
  const set: { flag: string; path: Path }[] = [];
  for (const override of overrides) {
    const value = parse(override.text);
    if ('problems' in value)
      return { problems: value.problems.map((problem) => ({ ...problem, flag: override.flag })) };
    const node = value.document.contents;
    if (node === null) {
      const message = 'must be a value, got a comment. Put it into quotes';
      return { problems: [{ line: 1, column: 1, path: '', message, flag: override.flag }] };
    }
    set.push({ flag: override.flag, path: applyOverride(document, override, node) });
  }
  const nodes = set.length === 0 ? parsed.nodes : new Nodes(document);
  if (nodes.refused.length > 0) {
    // What was set has taken the place of an anchor that the text still uses.
    const { flag } = set[0] as { flag: string };
    return {
      problems: nodes.refused.map(({ message }) => ({ line: 1, column: 1, path: '', message, flag })),
    };
  }
  return {
    document: {
      value: nodes.valueOf(document.contents) ?? null,
      text: set.length === 0 ? text : textOf(document, set),
      locate(path, at) {
        const { line, col } = lines.linePos(startOf(findNode(document, nodes, path, at)));
        return { line, column: col };
      },
      flagOf: (path) =>
        set.findLast(({ path: own }) => own.every((key, depth) => String(key) === String(path[depth])))?.flag,
      sourceOf(path) {
        const node = findNode(document, nodes, path, 'value');
        return isScalar(node) ? node.source : undefined;
      },
    },
  };
}

/** The document as text that gives the same values by itself. */
function textOf(document: Document, set: readonly { flag: string }[]): string {
  const said = set.map(({ flag }) => ` Set on the command line: ${flag}`).join('\n');
  document.commentBefore = [said, document.commentBefore ?? ''].filter((part) => part !== '').join('\n\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function parse(text: string): Parsed | { readonly problems: readonly Omit<ConfigProblem, 'file'>[] } {
  if (text.length > MOST_CHARACTERS) {
    const message = `must have at most ${MOST_CHARACTERS} characters, got ${text.length}. Give a sweep file`;
    return { problems: [{ line: 1, column: 1, path: '', message }] };
  }
  const lines = new LineCounter();
  const tooDeep = findTooDeep(text);
  const problemAt = (offset: number, message: string, path = '') => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, path, message: printable(message) };
  };
  if (tooDeep !== undefined) {
    lines.addNewLine(0);
    for (const { index } of text.slice(0, tooDeep).matchAll(/\n/g)) lines.addNewLine(index + 1);
    return { problems: [problemAt(tooDeep, `must not nest deeper than ${DEEPEST_NESTING} levels`)] };
  }

  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    // YAML 1.1 has it, and many files rely on it.
    merge: true,
    // The library compares each key with all others.
    uniqueKeys: false,
  });
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos: [start] }) =>
    problemAt(start, CLEARER.get(code) ?? message),
  );
  if (document.directives?.yaml.version !== '1.2') {
    problems.push(problemAt(0, `must be YAML 1.2, got a directive for ${document.directives?.yaml.version}`));
  }
  const nodes = new Nodes(document);
  for (const { node, message } of nodes.refused) problems.push(problemAt(startOf(node), message));
  return problems.length > 0 ? { problems } : { document, nodes, lines };
}

/** Offset at which the nesting passes its limit. The library's parser of tokens, unlike its composer, does not recurse. */
function findTooDeep(text: string): number | undefined {
  const parser = new Parser();
  for (const token of new Lexer().lex(text)) {
    // What it yields is not needed, but it only works while it is drained.
    for (const _ of parser.next(token));
    if (parser.stack.length > DEEPEST_NESTING) return parser.offset;
  }
  return undefined;
}

function findNode(document: Document, nodes: Nodes, path: Path, at: 'key' | 'value'): unknown {
  let node: unknown = document.contents;
  for (const [depth, segment] of path.entries()) {
    const resolved = nodes.resolve(node);
    const pair = isMap(resolved) ? nodes.findPair(resolved, String(segment)) : undefined;
    // A key that was set from outside stands nowhere in the text.
    if (pair !== undefined && isNode(pair.key)) {
      const wanted = at === 'key' && depth === path.length - 1;
      node = wanted || !isNode(pair.value) ? pair.key : pair.value;
    } else if (isSeq(resolved) && isNode(resolved.items[Number(segment)])) {
      node = resolved.items[Number(segment)];
    } else {
      return resolved;
    }
  }
  return node;
}

function startOf(node: unknown): number {
  const inner = isPair(node) ? node.key : node;
  return isNode(inner) ? (inner.range?.[0] ?? 0) : 0;
}
