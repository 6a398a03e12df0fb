/** What `covgrad compare --by strength` writes, in the format that was asked for. */
import type { Comparison } from '../compare/compare.ts';
import { requireColumn } from '../compare/order.ts';
import { alignByStrength } from '../compare/strength.ts';
import { renderStrength, renderStrengthMarkdown, renderStrengthTabSeparated } from '../render/strength.ts';
import { usageError } from './exit.ts';

/** The options of `covgrad compare` that this table knows, or has no use for. */
export interface StrengthArguments {
  /** The metric to compare. */
  readonly sort?: string | undefined;
  readonly json: boolean;
  readonly md: boolean;
  readonly csv: boolean;
  readonly columns?: string | undefined;
  readonly top?: unknown;
  readonly 'free-baseline': boolean;
}

/**
 * The whole output, with a final newline.
 *
 * Errors: ConfigError USAGE for an option that is for the other table.
 */
export function strengthOutput(
  { rows, metrics }: Comparison,
  given: StrengthArguments,
  style: { readonly table: boolean; readonly width: number; readonly color: boolean },
): string {
  const misplaced = [
    given.csv ? '--csv' : '',
    given.columns === undefined ? '' : '--columns',
    given.top === undefined ? '' : '--top',
    given['free-baseline'] ? '--free-baseline' : '',
  ].filter((option) => option !== '');
  if (misplaced.length > 0) {
    throw usageError(
      `--by strength: has a table of its own, got ${misplaced.join(', ')} beside it. Leave one of them out.`,
    );
  }
  const known = metrics.map(({ name }) => name);
  const metric = given.sort === undefined ? undefined : requireColumn('--sort', given.sort, known);
  const table = alignByStrength(rows, metrics, metric);
  if (given.json) {
    return `${JSON.stringify({ schemaVersion: 1, ...table }, null, 2)}\n`;
  }
  if (given.md) {
    return `${renderStrengthMarkdown(table)}\n`;
  }
  return `${style.table ? renderStrength(table, style) : renderStrengthTabSeparated(table)}\n`;
}
