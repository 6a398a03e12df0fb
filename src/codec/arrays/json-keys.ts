/** Keys of JSON text, which JSON.parse merges without a word where one stands twice in an object. */

/** The first key that stands twice in one object of valid JSON. */
export function repeatedKey(text: string): string | undefined {
  // One set for each open object, `null` for each open list.
  const open: (Set<string> | null)[] = [];
  let keyIsNext = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      const end = endOfString(text, at);
      if (keyIsNext) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key) === true) return key;
        keys?.add(key);
      }
      keyIsNext = false;
      at = end - 1;
    } else if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : null);
      keyIsNext = mark === '{';
    } else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ',') keyIsNext = open.at(-1) instanceof Set;
  }
  return undefined;
}

/** Where a string ends that begins at `start`. A regular expression would overflow the stack at long ones. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
