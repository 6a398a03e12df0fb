/** Thumbnails: pixels become half blocks in colours, or characters as dark as they are. */
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { imageAxes, type Picture, pictureAt } from '../../src/inspect/images.ts';
import { drawThumbnails } from '../../src/render/thumbnail.ts';

const plain = { width: 80, colors: picocolors.createColors(false) };
const colored = { width: 80, colors: picocolors.createColors(true) };

/** An image of 4 x 4 pixels, which `valueAt` gives. */
function picture(
  channels: number,
  valueAt: (row: number, column: number, channel: number) => number,
): Picture {
  const pixels = new Float32Array(16 * channels);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / channels);
    pixels[i] = valueAt(Math.floor(pixel / 4), pixel % 4, i % channels);
  }
  return { height: 4, width: 4, channels, pixels };
}

test('without colours a character is as light as its two pixels', () => {
  const halves = picture(1, (row) => (row < 2 ? 0 : 1));
  expect(drawThumbnails([halves], plain)).toEqual(['    ', '@@@@']);
});

test('with colours two pixels are a half block, red pixels are red and grey ones grey', () => {
  const red = picture(3, (_row, _column, channel) => (channel === 0 ? 1 : 0));
  const grey = picture(1, () => 0.5);
  const [first = ''] = drawThumbnails([red, grey], colored);
  expect(first).toContain('\u001b[38;5;196;48;5;196m▀▀▀▀');
  expect(first).toContain('\u001b[38;5;244;48;5;244m▀▀▀▀');
  expect(stringWidth(first)).toBe(9);
});

test('large images shrink until five are beside each other, and no line is wider than the terminal', () => {
  const large: Picture = { height: 100, width: 100, channels: 1, pixels: new Float32Array(10_000).fill(1) };
  for (const width of [40, 80, 120]) {
    const lines = drawThumbnails(
      Array.from({ length: 9 }, () => large),
      { ...plain, width },
    );
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines[0]?.split(' ').filter((block) => block !== '')).toHaveLength(width === 40 ? 4 : 5);
  }
});

test('channels-first images are turned, and their range is stretched', () => {
  const axes = imageAxes([1, 3, 4, 4]);
  expect(axes).toEqual({ height: 4, width: 4, channels: 3, channelsFirst: true });
  const values = Float32Array.from({ length: 48 }, (_, i) => Math.floor(i / 16));
  expect([...pictureAt(values, 0, axes!).pixels.subarray(0, 6)]).toEqual([0, 0.5, 1, 0, 0.5, 1]);
});

test('what is too small, or has another number of channels, is no image', () => {
  expect(imageAxes([10, 3, 4])).toBeUndefined();
  expect(imageAxes([10, 8, 8, 7])).toBeUndefined();
  expect(imageAxes([10, 784])).toBeUndefined();
});
