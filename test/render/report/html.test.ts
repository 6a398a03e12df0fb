import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { html, trusted } from '../../../src/render/report/html.ts';

test('text comes back as it was from content and from attributes, whatever markup it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'/=! ab;-#`') }), (text) => {
      const { document } = parseHTML(html`<p title="${text}">${text}</p>`.text);
      const [paragraph, ...others] = document.querySelectorAll('*');
      expect(others).toEqual([]);
      expect(paragraph?.textContent).toBe(text);
      expect(paragraph?.getAttribute('title')).toBe(text);
    }),
  );
});

test('control characters and those that turn text round are written as their code points', () => {
  expect(html`${'a\u001b[2Jb\u202ec\u0000'}`.text).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{0}');
  expect(html`${'two\nlines'}`.text).toBe('two\nlines');
});

test('HTML in HTML is not escaped again, lists are joined, and nothing leaves no trace', () => {
  expect(html`<ul>${['a', 'b'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
    '<ul><li>a</li><li>b</li></ul>',
  );
  expect(html`${null}${undefined}${0}${trusted('<b>')}`.text).toBe('0<b>');
});
