/** Text for a terminal: widths counted in columns, sentences broken into lines. */
import stringWidth from 'string-width';

/** Printable ASCII and the signs of a table: one column each, which segmenting into graphemes finds a hundred times slower. */
const NARROW = /^[ -~±−—–·…≈›↓†×→Δρ²]*$/;

/** Columns that a text takes in a terminal; escape sequences take none. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Columns that the widest of some texts takes; 0 for none. */
export function widest(texts: Iterable<string>): number {
  let width = 0;
  for (const text of texts) width = Math.max(width, widthOf(text));
  return width;
}

/** Fills a text up with spaces to a width in columns. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** Cuts a text to a width in columns, between graphemes, and ends it in … where it was cut. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) {
    return text;
  }
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    if (widthOf(kept + segment) > width - 1) {
      break;
    }
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks a text between words; lines after the first are indented. A word longer than the width stays whole, as do `1 ± 2` and `p = 0.1`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<![±=]) (?![±=])/)) {
    const candidate = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(candidate) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = candidate;
    }
  }
  return [...lines, line];
}

/** A text in which nothing breaks `1 ± 2` and `p = 0.1`, for those who break lines by themselves. */
export function unbroken(text: string): string {
  return text.replaceAll(/(?<=[±=]) | (?=[±=])/g, '\u00a0');
}
