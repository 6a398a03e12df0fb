/** Keys of JSON text, which JSON.parse merges without a word where one stands twice in an object. */

/** A string, or a bracket or comma: what decides where keys are. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/gs;

/** The first key that stands twice in one object of valid JSON. */
export function repeatedKey(text: string): string | undefined {
  // One set for each open object, `null` for each open list.
  const open: (Set<string> | null)[] = [];
  let keyIsNext = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null);
    else if (token === '}' || token === ']') open.pop();
    const keys = open.at(-1);
    if (token.startsWith('"') && keyIsNext) {
      const key = JSON.parse(token) as string;
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
    keyIsNext = (token === '{' || token === ',') && keys instanceof Set;
  }
  return undefined;
}
