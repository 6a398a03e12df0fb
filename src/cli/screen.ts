/** A screen of its own on a terminal: what was there before comes back when it is left. */

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Draws whole screens. */
export interface Screen {
  /** Replaces what is shown, without a flicker. */
  draw(lines: readonly string[]): void;
  /** Brings back the former screen and the cursor; may be called again. */
  leave(): void;
}

/** Take over a terminal until `leave`. */
export function enterScreen(write: (text: string) => void): Screen {
  let entered = true;
  write(ENTER);
  return {
    draw(lines) {
      if (!entered) return;
      write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`);
    },
    leave() {
      if (!entered) return;
      entered = false;
      write(LEAVE);
    },
  };
}
