/** HTML as a template that escapes whatever is put into it, unless that is HTML already. */
import { printable } from '../../printable.ts';

/** A piece of a document that is safe to write as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text is escaped, lists are joined, and what is missing leaves no trace. */
export type Content = string | number | Html | null | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds HTML; every value is escaped, for the content of elements and for attributes in quotes alike. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + render(values[index])).join(''));
}

/** Takes text for HTML: only for what this program wrote itself. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(content: Content): string {
  if (content === null || content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(render).join('');
  // Lines stay lines; other characters that steer a terminal or turn text round are shown as what they are.
  const lines = String(content).split('\n').map(printable).join('\n');
  return lines.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
