/** Where output goes: whether it is drawn or plain, how wide, and in which colours. */
import { parseDecimal } from '../decimal.ts';
import { printableLines } from '../printable.ts';

/** What `process.stdout` and `process.env` know about where the output goes. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Columns of the terminal, where it tells. */
  readonly columns: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How to write. */
export interface OutputStyle {
  /** Drawn for a reader, or plain lines for a program. */
  readonly table: boolean;
  readonly width: number;
  readonly color: boolean;
}

/** Narrower than this nothing can be drawn. */
export const NARROWEST: number = 20;
const DEFAULT_WIDTH = 80;

/** How to write for a terminal, a pipe, or a pipe that is told to be like a terminal. */
export function outputStyle({ isTerminal, columns, environment }: Terminal, width?: number): OutputStyle {
  const { NO_COLOR, FORCE_COLOR, COLUMNS, TERM } = environment;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && !['0', 'false'].includes(FORCE_COLOR);
  const refused =
    (NO_COLOR !== undefined && NO_COLOR !== '') || FORCE_COLOR === '0' || FORCE_COLOR === 'false';
  return {
    table: isTerminal || forced || width !== undefined,
    width: width ?? [columns, parseDecimal(COLUMNS ?? '')].find(isWidth) ?? DEFAULT_WIDTH,
    color: !refused && (forced || (isTerminal && TERM !== 'dumb')),
  };
}

/** Terminals that do not know their width say 0. */
function isWidth(columns: number | undefined): columns is number {
  return columns !== undefined && columns >= NARROWEST;
}

/** The standard output of this process. */
export function standardOutput(): Terminal {
  const { stdout, env } = process;
  return { isTerminal: stdout.isTTY === true, columns: stdout.columns, environment: env };
}

/** A program gets the data as they are; a terminal must not be steered by them. */
export function asData(text: string, { isTerminal }: Terminal): string {
  return isTerminal ? printableLines(text) : text;
}
