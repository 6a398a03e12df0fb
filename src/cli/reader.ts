/** What the commands that show stored runs share: how wide they draw, in which colours, and whether in ASCII. */
import picocolors from 'picocolors';
import type { Argv } from 'yargs';
import { toAscii } from '../render/ascii.ts';
import type { PictureStyle } from '../render/style.ts';
import { checkNumber } from './options.ts';
import { NARROWEST, outputStyle, type Terminal } from './terminal.ts';

/** Options of such a command; `width` is a number, or what was given instead. */
export interface ReaderArguments {
  readonly width?: unknown;
  readonly ascii?: boolean | undefined;
}

/** So wide that nothing is cut. */
const UNLIMITED = 10_000;

/** Add the options to a command. */
export function readerOptions<T>(yargs: Argv<T>): Argv<T & ReaderArguments> {
  return yargs
    .option('width', {
      requiresArg: true,
      describe: "Columns to write (default: the terminal's; into a pipe nothing is cut)",
    })
    .option('ascii', { type: 'boolean', default: false, describe: 'Write ASCII characters only' });
}

/** How to draw, and how to end the drawing; nothing is cut where the output goes into a pipe. */
export function readerStyle(
  { width, ascii = false }: ReaderArguments,
  terminal: Terminal,
): PictureStyle & { readonly drawn: boolean; finish(lines: readonly string[]): string } {
  const given =
    width === undefined
      ? undefined
      : checkNumber('--width', width, {
          rule: `a whole number from ${NARROWEST}`,
          holds: (number) => Number.isInteger(number) && number >= NARROWEST,
          remedy: "Leave it out to use the terminal's.",
        });
  const style = outputStyle(terminal, given);
  return {
    width: style.table ? style.width : UNLIMITED,
    colors: picocolors.createColors(style.color),
    ascii,
    drawn: style.table,
    finish(lines) {
      const text = lines.map((line) => `${line.replace(/ +$/, '')}\n`).join('');
      return ascii ? toAscii(text) : text;
    },
  };
}
