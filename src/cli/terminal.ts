/** How to write for what stands at the other end of the output: a terminal, or a pipe. */

/** Where the output goes: what `process.stdout` and `process.env` know about it. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Columns of the terminal, where it tells. */
  readonly columns: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether to draw a table, how wide, and whether in colour. */
export interface OutputStyle {
  readonly table: boolean;
  readonly width: number;
  readonly color: boolean;
}

/** Columns below which a terminal's own word is not taken, and no table is asked for. */
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
    width: width ?? [columns, Number(COLUMNS)].find(isWidth) ?? DEFAULT_WIDTH,
    color: !refused && (forced || (isTerminal && TERM !== 'dumb')),
  };
}

/** Terminals that do not know their width say 0. */
function isWidth(columns: number | undefined): columns is number {
  return columns !== undefined && columns >= NARROWEST;
}
