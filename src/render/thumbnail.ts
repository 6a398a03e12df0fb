/** Thumbnails of images side by side: two pixels a character in half blocks, or the shades of ASCII where there are no colours. */
import type { Picture } from '../inspect/images.ts';
import { halfBlocks } from './palette.ts';
import type { PictureStyle } from './style.ts';
import { pad } from './text.ts';

/** As many thumbnails as these fit side by side at least, where the images are large. */
const FEWEST_ACROSS = 5;
const NARROWEST = 8;
const GAP = 1;
/** Into a pipe thumbnails are no wider than on a terminal of this many columns. */
const WIDEST_ROW = 120;

/** From dark to light: one character is one pixel wide and two high. */
const SHADES = ' .:-=+*#%@';
/** The greys of the 256 colours, and the corners of its cube. */
const [BLACK, FIRST_GREY, GREYS, WHITE] = [16, 232, 24, 231];
const CUBE_SIDE = 6;

/** A pixel as one colour. */
type Color = readonly [red: number, green: number, blue: number];

/** Draws rows of thumbnails, at most `rows` of them. */
export function drawThumbnails(
  pictures: readonly Picture[],
  { width, colors, ascii = false }: PictureStyle,
  rows = 1,
): string[] {
  const [first] = pictures;
  if (first === undefined) return [];
  const room = Math.min(width, WIDEST_ROW);
  const fitting = Math.floor((room + GAP) / FEWEST_ACROSS) - GAP;
  const columns = Math.min(first.width, Math.max(NARROWEST, fitting));
  const across = Math.max(1, Math.floor((room + GAP) / (columns + GAP)));
  const shown = pictures.slice(0, across * rows);
  const lines: string[] = [];
  for (let from = 0; from < shown.length; from += across) {
    if (lines.length > 0) lines.push('');
    const drawn = shown
      .slice(from, from + across)
      .map((picture) => drawOne(picture, columns, colors.isColorSupported && !ascii));
    for (let row = 0; row < (drawn[0]?.length ?? 0); row++) {
      lines.push(drawn.map((one) => one[row] ?? pad('', columns, 'left')).join(' '.repeat(GAP)));
    }
  }
  return lines;
}

function drawOne(picture: Picture, columns: number, colored: boolean): string[] {
  const height = Math.max(1, Math.round((picture.height * columns) / picture.width));
  const colorAt = shrink(picture, height, columns);
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    const pairs = Array.from({ length: columns }, (_, column) => {
      const upper = colorAt(row, column);
      return [upper, row + 1 < height ? colorAt(row + 1, column) : null] as const;
    });
    lines.push(
      colored
        ? halfBlocks(pairs.map(([upper, lower]) => [code(upper), lower === null ? BLACK : code(lower)]))
        : pairs.map(([upper, lower]) => shadeOf(upper, lower ?? upper)).join(''),
    );
  }
  return lines;
}

/** The mean colour of the pixels that fall together in a smaller image. */
function shrink(picture: Picture, rows: number, columns: number): (row: number, column: number) => Color {
  const { height, width, channels, pixels } = picture;
  return (row, column) => {
    const [top, bottom] = span(row, rows, height);
    const [left, right] = span(column, columns, width);
    const sums: [number, number, number] = [0, 0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        for (let c = 0; c < 3; c++) sums[c]! += pixels[(y * width + x) * channels + (channels < 3 ? 0 : c)]!;
      }
    }
    const count = (bottom - top) * (right - left);
    return [sums[0] / count, sums[1] / count, sums[2] / count];
  };
}

function span(index: number, cells: number, pixels: number): [from: number, to: number] {
  const from = Math.floor((index * pixels) / cells);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * pixels) / cells))];
}

function luminance([red, green, blue]: Color): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function shadeOf(upper: Color, lower: Color): string {
  const light = (luminance(upper) + luminance(lower)) / 2;
  return SHADES[Math.min(SHADES.length - 1, Math.floor(light * SHADES.length))] as string;
}

/** The nearest of the 256 colours that terminals share. */
function code([red, green, blue]: Color): number {
  if (red === green && green === blue) {
    const grey = Math.round(red * (GREYS + 1));
    return grey === 0 ? BLACK : grey > GREYS ? WHITE : FIRST_GREY + grey - 1;
  }
  const level = (value: number): number => Math.round(value * (CUBE_SIDE - 1));
  return BLACK + CUBE_SIDE * CUBE_SIDE * level(red) + CUBE_SIDE * level(green) + level(blue);
}
