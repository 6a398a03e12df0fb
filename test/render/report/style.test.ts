/** Colours are read from the style sheet; what a browser makes of it is checked in a browser. */
import { describe, expect, test } from 'vitest';
import { STYLE } from '../../../src/render/report/style.ts';

/** Contrast that WCAG 2.2 asks of text, and of what a picture is made of. */
const TEXT = 4.5;
const GRAPHICS = 3;

const [light = '', dark = ''] = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body);

function colorsOf(sheet: string): Map<string, string> {
  return new Map(
    [...sheet.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name = '', color = '']) => [name, color]),
  );
}

/** Relative luminance of sRGB, as WCAG defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([
  ['light', colorsOf(light)],
  ['dark', colorsOf(dark)],
])('on a %s page', (_name, colors) => {
  const backgrounds = ['page', 'card'].map((name) => colors.get(name) ?? '');

  test('text can be read', () => {
    for (const name of ['text', 'faint', 'accent']) {
      for (const background of backgrounds) {
        expect(contrast(colors.get(name) ?? '', background), name).toBeGreaterThanOrEqual(TEXT);
      }
    }
  });

  test('lines and symbols can be seen', () => {
    const names = [...colors.keys()].filter((name) => /^(series|weight)-\d$|^baseline$/.test(name));
    expect(names).toHaveLength(14);
    for (const name of names) {
      for (const background of backgrounds) {
        expect(contrast(colors.get(name) ?? '', background), name).toBeGreaterThanOrEqual(GRAPHICS);
      }
    }
  });
});

test('both pages define the same colours', () => {
  expect([...colorsOf(dark).keys()]).toEqual([...colorsOf(light).keys()]);
});
