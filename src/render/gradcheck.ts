/** The gradient check for a terminal: a table of errors with a verdict, and what is wrong with the claimed formulas. */

import picocolors from 'picocolors';
import type { PenaltyResult } from '../gradcheck/check.ts';
import { type ClaimResult, TRUE_GRADIENT } from '../gradcheck/claims.ts';
import { drawTable, fitColumns, type RowSign, type TableColumn, truncateColumns } from './table.ts';
import { wrap } from './text.ts';

/** How to draw. */
export interface GradcheckStyle {
  readonly width: number;
  readonly color: boolean;
}

/** The whole report, with a final newline. */
export function renderGradcheck(
  results: readonly PenaltyResult[],
  claims: readonly ClaimResult[],
  { width, color }: GradcheckStyle,
): string {
  const colors = picocolors.createColors(color);
  const cases = results[0]?.cases ?? 0;
  const failed = results.filter(({ passed }) => !passed);
  const lines = [
    ...wrap(
      `Gradients against central differences of the value in float64, ${cases} shapes and kinds of input each. Largest error, relative to the largest entry of the gradient:`,
      width,
    ),
    '',
    ...draw(penaltyColumns(results), results.map(signOf), width, colors),
    '',
    ...results.filter(({ exact }) => !exact).flatMap((result) => wrap(inexactNote(result), width)),
    ...wrap(
      failed.length === 0
        ? `All ${results.length} gradients pass.`
        : `${failed.length} of ${results.length} gradients fail: ${failed.map(({ id }) => id).join(', ')}.`,
      width,
    ),
    '',
    ...wrap(
      `Formulas that are taken for the gradient of mean|C|, which is ${TRUE_GRADIENT} (A units x N samples, C = A·Aᵀ/(N−1)):`,
      width,
    ),
    '',
    ...draw(
      claimColumns(claims),
      claims.map((): RowSign => ({ text: '', tone: 'none' })),
      width,
      colors,
    ),
    '',
    ...claims.flatMap(({ formula, explanation }) => wrap(`${formula}: ${explanation}.`, width, '  ')),
  ];
  return `${lines.join('\n')}\n`;
}

function draw(
  columns: readonly TableColumn[],
  signs: readonly RowSign[],
  width: number,
  colors: ReturnType<typeof picocolors.createColors>,
): string[] {
  const { shown } = fitColumns(columns, width);
  return drawTable(truncateColumns(shown, width), signs, colors);
}

function penaltyColumns(results: readonly PenaltyResult[]): TableColumn[] {
  const variants = results[0]?.kernels.map(({ variant }) => variant) ?? [];
  return [
    textColumn(
      'penalty',
      0,
      results.map(({ id }) => id),
    ),
    ...variants.map(
      (variant, index): TableColumn => ({
        label: variant,
        unit: `≤ ${results[0]?.kernels[index]?.tolerance.toExponential(0)}`,
        align: 'right',
        rank: 0,
        cells: results.map(({ kernels }) => ({ text: formatError(kernels[index]?.error), marked: false })),
      }),
    ),
    textColumn('verdict', 0, results.map(verdictOf)),
    textColumn('worst input', 1, results.map(worstInput)),
  ];
}

function claimColumns(claims: readonly ClaimResult[]): TableColumn[] {
  const numberColumn = (
    label: string,
    unit: string,
    textOf: (claim: ClaimResult) => string,
  ): TableColumn => ({
    label,
    unit,
    align: 'right',
    rank: 0,
    cells: claims.map((claim) => ({ text: textOf(claim), marked: false })),
  });
  return [
    textColumn(
      'formula',
      0,
      claims.map(({ formula }) => formula),
    ),
    numberColumn('angle to it', 'degrees', ({ angleDegrees }) => angleDegrees?.toFixed(1) ?? '—'),
    numberColumn('length', 'of its own', ({ factor }) =>
      factor === null ? '—' : `${factor.toPrecision(3)} x`,
    ),
    textColumn(
      'verdict',
      0,
      claims.map(({ verdict }) => CLAIM_VERDICTS[verdict]),
    ),
  ];
}

const CLAIM_VERDICTS: Readonly<Record<ClaimResult['verdict'], string>> = {
  exact: 'the gradient',
  factor: 'wrong length',
  direction: 'wrong direction',
  shape: 'wrong shape',
};

function textColumn(label: string, rank: number, texts: readonly string[]): TableColumn {
  return { label, unit: '', align: 'left', rank, cells: texts.map((text) => ({ text, marked: false })) };
}

function signOf({ passed }: PenaltyResult): RowSign {
  return passed ? { text: '', tone: 'none' } : { text: '!', tone: 'bad' };
}

function verdictOf({ passed, exact }: PenaltyResult): string {
  if (!passed) return 'FAILS';
  return exact ? 'exact' : 'inexact †';
}

function inexactNote({ id, derivativeOf }: PenaltyResult): string {
  return `† ${id} is declared inexact: its gradient is checked as that of ${derivativeOf}, not of its own value.`;
}

function worstInput({ kernels }: PenaltyResult): string {
  const worst = kernels.reduce((a, b) => (b.error / b.tolerance > a.error / a.tolerance ? b : a));
  return `${worst.worst.kind} ${worst.worst.samples}x${worst.worst.units}`;
}

function formatError(error: number | undefined): string {
  if (error === undefined) return '—';
  return Number.isFinite(error) ? error.toExponential(1) : 'not finite';
}
