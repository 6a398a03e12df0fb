/** What `covgrad compare --by strength` writes, in the format that was asked for. */
import type { Comparison } from '../compare/compare.ts';
import { requireColumn } from '../compare/order.ts';
import { alignByStrength } from '../compare/strength.ts';
import { toAscii } from '../render/ascii.ts';
import { renderStrength, renderStrengthMarkdown, renderStrengthTabSeparated } from '../render/strength.ts';
import type { CompareArguments } from './compare-options.ts';
import { asData, outputStyle, type Terminal } from './terminal.ts';

/**
 * The whole output, with a final newline.
 *
 * Errors: ConfigError UNKNOWN_COLUMN where what is to be compared is no metric.
 */
export function strengthOutput(
  { rows, metrics }: Comparison,
  { sort, metric, json, md, ascii }: Pick<CompareArguments, 'sort' | 'metric' | 'json' | 'md' | 'ascii'>,
  terminal: Terminal,
  width: number | undefined,
): string {
  const known = metrics.map(({ name }) => name);
  const table = alignByStrength(
    rows,
    metrics,
    sort === undefined ? metric : requireColumn('--sort', sort, known),
  );
  if (json) return asData(`${JSON.stringify({ schemaVersion: 2, ...table }, null, 2)}\n`, terminal);
  if (md) return `${renderStrengthMarkdown(table)}\n`;
  const style = outputStyle(terminal, width);
  if (style.table) return `${renderStrength(table, { ...style, ascii })}\n`;
  const text = renderStrengthTabSeparated(table);
  return `${ascii ? toAscii(text) : text}\n`;
}
