/** Dots in braille characters: 2 columns and 4 rows of them in each character. */

export const DOTS_ACROSS = 2;
export const DOTS_DOWN = 4;
/** The braille pattern without a dot. */
const BLANK = 0x2800;
/** Bit of each dot in a character, by row and column. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A drawing of `columns` x `rows` characters; dots are counted from the upper left, and those outside are left out. */
export class Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly #patterns: Uint8Array<ArrayBuffer>;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#patterns = new Uint8Array(columns * rows);
  }

  dot(x: number, y: number): void {
    const [column, row] = [Math.floor(x / DOTS_ACROSS), Math.floor(y / DOTS_DOWN)];
    if (column < 0 || column >= this.columns || row < 0 || row >= this.rows) return;
    const bit = BITS[y - row * DOTS_DOWN]?.[x - column * DOTS_ACROSS] ?? 0;
    const index = row * this.columns + column;
    this.#patterns[index] = (this.#patterns[index] ?? 0) | bit;
  }

  /** Dots from one whole-numbered position to another, without gaps. */
  line(x0: number, y0: number, x1: number, y1: number): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      this.dot(Math.round(x0 + share * (x1 - x0)), Math.round(y0 + share * (y1 - y0)));
    }
  }

  /** The character at a position, or undefined where there is no dot. */
  at(column: number, row: number): string | undefined {
    const pattern = this.#patterns[row * this.columns + column] ?? 0;
    return pattern === 0 ? undefined : String.fromCharCode(BLANK + pattern);
  }
}
