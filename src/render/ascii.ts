/** Text in ASCII alone, for terminals and fonts that have nothing else. */

/** What the output of covgrad is written with besides ASCII; pictures only use what stays one column wide. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '±': '+-',
  '≤': '<',
  '−': '-',
  '—': '-',
  '–': '-',
  '…': '~',
  '·': '.',
  '•': '.',
  '†': '^',
  '›': '>',
  '↓': 'v',
  '‖': '|',
  '∂': 'd',
  '≈': '~',
  '×': 'x',
  '→': '>',
  '²': '2',
  ρ: 'r',
  Δ: 'd',
  '─': '-',
  '│': '|',
  '┤': '+',
  '┬': '+',
  '└': '+',
  '░': ':',
  '▒': '+',
  '▓': '*',
  '█': '#',
  '▁': '_',
  '▂': '.',
  '▃': ',',
  '▄': '-',
  '▅': '~',
  '▆': '+',
  '▇': '*',
};

/** The braille patterns without a dot and with all. */
const BRAILLE = { first: 0x2800, last: 0x28ff };
/** By the number of dots, 0 to 8. */
const DOTS = [' ', '.', '.', ':', ':', '*', '*', '#', '#'];

/** Spells out every character that is not ASCII, the dot between two facts as a comma; what has no spelling becomes its code point. */
export function toAscii(text: string): string {
  return text.replaceAll(' · ', ', ').replaceAll(/[^\0-\u007f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= BRAILLE.first && code <= BRAILLE.last) return DOTS[countBits(code - BRAILLE.first)] ?? '#';
    return SPELLINGS[character] ?? `\\u{${code.toString(16)}}`;
  });
}

function countBits(pattern: number): number {
  return pattern.toString(2).replaceAll('0', '').length;
}
