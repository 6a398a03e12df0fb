/**
 * Python literals, as numpy writes the header of an array: dictionaries, tuples, lists, strings, whole numbers, True,
 * False and None. Nothing is ever evaluated.
 */

/** A literal as data. Tuples and lists are arrays. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | readonly PythonLiteral[]
  | Map<string, PythonLiteral>;

/** Deep enough for every structured type, shallow enough for every stack. */
const DEEPEST = 32;
/** Strings without prefix and escapes, which numpy never writes into a header of its own. */
const TOKEN =
  /\s*(?:(?<string>'[^'\\\n]*'|"[^"\\\n]*")|(?<number>-?\d+)L?|(?<name>[A-Za-z_]+)|(?<mark>[()[\]{},:]))/y;

/**
 * Parses one literal and nothing after it.
 *
 * Errors: SyntaxError with the position, also where a dictionary has a key twice.
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

/** The one group of {@link TOKEN} that matched. */
type Token = Readonly<Partial<Record<'string' | 'number' | 'name' | 'mark', string>>>;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonLiteral {
    if (depth > DEEPEST) throw this.#error(`nesting of at most ${DEEPEST}`);
    const { string, number, name, mark } = this.#next();
    if (string !== undefined) return string.slice(1, -1);
    if (number !== undefined) return Number(number);
    if (name === 'True') return true;
    if (name === 'False') return false;
    if (name === 'None') return null;
    if (mark === '(') return this.#sequence(')', depth);
    if (mark === '[') return this.#sequence(']', depth);
    if (mark === '{') return this.#dictionary(depth);
    throw this.#error('a value');
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw this.#error('the end');
  }

  #sequence(close: string, depth: number): PythonLiteral {
    const items: PythonLiteral[] = [];
    while (!this.#accept(close)) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#accept(close)) return items;
      }
      items.push(this.value(depth + 1));
      // Parentheses around one value without a comma are no tuple.
      if (close === ')' && items.length === 1 && this.#accept(')')) return items[0] as PythonLiteral;
    }
    return items;
  }

  #dictionary(depth: number): PythonLiteral {
    const entries = new Map<string, PythonLiteral>();
    while (!this.#accept('}')) {
      if (entries.size > 0) {
        this.#expect(',');
        if (this.#accept('}')) break;
      }
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || entries.has(key)) throw this.#error('keys that are strings, each once');
      this.#expect(':');
      entries.set(key, this.value(depth + 1));
    }
    return entries;
  }

  #next(): Token {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match?.groups === undefined) throw this.#error('a Python literal');
    this.#at = TOKEN.lastIndex;
    return match.groups;
  }

  #accept(mark: string): boolean {
    const before = this.#at;
    if (this.#next().mark === mark) return true;
    this.#at = before;
    return false;
  }

  #expect(mark: string): void {
    if (!this.#accept(mark)) throw this.#error(`"${mark}"`);
  }

  #error(expected: string): SyntaxError {
    return new SyntaxError(`${expected} expected at character ${this.#at}`);
  }
}
