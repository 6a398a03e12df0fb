import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { pad, truncate, unbroken, widthOf, wrap } from '../../src/render/text.ts';

describe('widths', () => {
  test('wide characters take two columns, combining marks and escapes none', () => {
    expect(widthOf('実験')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf('\u001b[1mbold\u001b[22m')).toBe(4);
  });

  test('what is measured without segmenting has the width that segmenting finds', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    for (const sign of [...'±−—–·…≈›↓†×→Δρ²', ascii]) expect(widthOf(sign)).toBe(stringWidth(sign));
  });

  test('padding counts columns, on either side', () => {
    expect(pad('実験', 6, 'left')).toBe('実験  ');
    expect(pad('実験', 6, 'right')).toBe('  実験');
    expect(pad('longer', 3, 'left')).toBe('longer');
  });

  test('a cut text ends in … and never exceeds the width, even between wide characters', () => {
    expect(truncate('squared-correlation', 8)).toBe('squared…');
    expect(truncate('実験実験', 6)).toBe('実験…');
    expect(truncate('fits', 4)).toBe('fits');
  });

  test('a cut never splits a character from its accent', () => {
    expect(truncate('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });
});

describe('wrapping', () => {
  test('breaks between words and indents what follows', () => {
    expect(wrap('one two three four', 9, '  ')).toEqual(['one two', '  three', '  four']);
  });

  test('a word that is too long stays whole', () => {
    expect(wrap('a supercalifragilistic word', 10)).toEqual(['a', 'supercalifragilistic', 'word']);
  });

  test('a number is never parted from its interval, nor from what it is the value of', () => {
    expect(wrap('costs 1.50 ± 0.25 points', 12)).toEqual(['costs', '1.50 ± 0.25', 'points']);
    expect(wrap('sign-flip test, p = 0.500', 18)).toEqual(['sign-flip test,', 'p = 0.500']);
  });

  test('a short text is one line', () => {
    expect(wrap('short', 80)).toEqual(['short']);
  });

  test('where others break the lines, an interval and a p-value are kept whole', () => {
    expect(unbroken('by 1 ± 2 (p = 0.1)')).toBe('by 1\u00a0±\u00a02 (p\u00a0=\u00a00.1)');
  });
});
