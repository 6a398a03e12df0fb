/** A comparison as a LaTeX table, for the package booktabs. */
import type { Comparison } from '../compare/compare.ts';
import { allColumns, BEST, buildColumns, TIED } from './columns.ts';
import { runHeads } from './head.ts';
import { hiddenNotes, legendLine, rowNotes } from './notes.ts';
import type { PlainOptions } from './plain.ts';
import type { TableCell } from './table.ts';
import { verdictInWords } from './words.ts';

/** A `tabular` with the best values in bold; what was run and the verdict are comments. */
export function renderLatex(comparison: Comparison, options: PlainOptions = {}): string {
  const { columns: names, hiddenRows, precision, metric } = options;
  const chosen = names ?? allColumns(comparison, { metric }).filter((name) => name !== BEST && name !== TIED);
  const columns = buildColumns(comparison, chosen, { chosen: true, intervals: true, precision });
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`;
  const notes = [
    ...legendLine(comparison, columns),
    ...hiddenNotes(hiddenRows),
    ...rowNotes(comparison, columns),
    ...verdictInWords(comparison),
  ];
  return [
    ...runHeads(comparison).map(({ name, facts }) => `% ${name} · ${facts}`),
    ...notes.map((note) => `% ${note}`),
    `\\begin{tabular}{${columns.map(({ align }) => (align === 'left' ? 'l' : 'r')).join('')}}`,
    '  \\toprule',
    line(columns.map(({ label }) => escapeLatex(label))),
    ...(columns.some(({ unit }) => unit !== '') ? [line(columns.map(({ unit }) => escapeLatex(unit)))] : []),
    '  \\midrule',
    ...comparison.rows.map((_row, index) => line(columns.map(({ cells }) => latexCell(cells[index])))),
    '  \\bottomrule',
    '\\end{tabular}',
  ].join('\n');
}

function latexCell(cell: TableCell | undefined): string {
  const text = escapeLatex((cell?.text ?? '').trim().replace(/ {2,}/g, ' '));
  if (cell?.mark === '≈') return `$\\approx$ ${text}`;
  return cell?.mark === '*' ? `\\textbf{${text}}` : text;
}

/** What LaTeX would take for a command, and the signs that its plain fonts lack. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '|': '\\textbar{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '−': '$-$',
  '—': '---',
  '–': '--',
  '†': '$^\\dagger$',
  '≈': '$\\approx$',
  ρ: '$\\rho$',
  Δ: '$\\Delta$',
};

function escapeLatex(text: string): string {
  return text.replace(/[\\~^|<>±−—–†≈ρΔ]|[&%$#_{}]/g, (sign) => SPELLINGS[sign] ?? `\\${sign}`);
}
