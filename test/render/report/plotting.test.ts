import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { CovgradError } from '../../../src/errors.ts';
import { loadPlotter } from '../../../src/render/report/plotting.ts';
import { temporaryDirectory } from '../../store/samples.ts';

test('without the packages the error is one line with the command that installs them', async () => {
  const failure = await loadPlotter([join(temporaryDirectory(), 'package.json')]).catch((error) => error);
  expect(failure).toBeInstanceOf(CovgradError);
  expect(failure.code).toBe('REPORT_PACKAGES_MISSING');
  expect(failure.message).toMatch(/got no such packages\. Run: npm install @observablehq\/plot linkedom$/);
});

test('a picture has a title and a description, no style of its own, and names of its parts once', async () => {
  const plotter = await loadPlotter();
  const { Plot } = plotter;
  const hostile = '</title><script>alert(1)</script>';
  const draw = (): string =>
    plotter.draw(
      { marks: [Plot.dot([{ x: 1, y: 2 }], { x: 'x', y: 'y', title: () => hostile })] },
      { title: hostile, description: 'one\u202e point' },
    ).text;
  const { document } = parseHTML(`<body>${draw()}${draw()}</body>`);
  const pictures = [...document.querySelectorAll('svg')];
  expect(pictures).toHaveLength(2);
  for (const picture of pictures) {
    expect(picture.getAttribute('role')).toBe('img');
    const textOf = (name: string) =>
      document.getElementById(picture.getAttribute(name) ?? '')?.textContent ?? '';
    expect(textOf('aria-labelledby')).toBe(hostile);
    expect(textOf('aria-describedby')).toBe('one\\u{202e} point');
  }
  expect(document.querySelectorAll('script, style, [style]')).toHaveLength(0);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
