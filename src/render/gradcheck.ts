/** The gradient check for a terminal: a table of errors with a verdict, and what is wrong with the claimed formulas. */

import picocolors from 'picocolors';
import type { PenaltyResult } from '../gradcheck/check.ts';
import { type ClaimResult, TRUE_GRADIENT } from '../gradcheck/claims.ts';
import {
  type ColumnContent,
  drawTable,
  fitColumns,
  plainColumn,
  type RowSign,
  type TableColumn,
  truncateColumns,
} from './table.ts';
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
  const lines = [
    ...wrap(
      `Gradients against central differences of the value in float64, ${cases} shapes and kinds of input each. Largest error, relative to the largest entry of the gradient:`,
      width,
    ),
    '',
    ...draw(penaltyColumns(results), results.map(signOf), width, colors),
    '',
    ...results.filter(({ exact }) => !exact).flatMap((result) => wrap(inexactNote(result), width)),
    ...wrap(summary(results), width),
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

function summary(results: readonly PenaltyResult[]): string {
  const failed = results.filter(({ passed }) => !passed).map(({ id }) => id);
  if (failed.length > 0)
    return `${failed.length} of ${results.length} gradients failed: ${failed.join(', ')}.`;
  return results.length === 1 ? 'The gradient passed.' : `All ${results.length} gradients passed.`;
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
  const errors = (results[0]?.kernels ?? []).map(({ variant, precision, tolerance }, index) =>
    plainColumn(
      variant === 'simd' && precision === 'f64' ? precision : variant,
      results.map(({ kernels }) => formatError(kernels[index]?.error)),
      { unit: `≤ ${tolerance.toExponential(0)}`, align: 'right' },
    ),
  );
  const penalties = plainColumn(
    'penalty',
    results.map(({ id }) => id),
  );
  const verdicts = plainColumn('verdict', results.map(verdictOf));
  const inputs = plainColumn('worst input', results.map(worstInput));
  return [...[penalties, ...errors, verdicts].map(essential), { ...inputs, rank: 1 }];
}

function claimColumns(claims: readonly ClaimResult[]): TableColumn[] {
  const angles = claims.map(({ angleDegrees }) => angleDegrees?.toFixed(1) ?? '—');
  const lengths = claims.map(({ factor }) => (factor === null ? '—' : `${factor.toPrecision(3)} x`));
  return [
    plainColumn(
      'formula',
      claims.map(({ formula }) => formula),
    ),
    plainColumn('angle to it', angles, { unit: 'degrees', align: 'right' }),
    plainColumn('length', lengths, { unit: 'of its own', align: 'right' }),
    plainColumn(
      'verdict',
      claims.map(({ verdict }) => CLAIM_VERDICTS[verdict]),
    ),
  ].map(essential);
}

function essential(column: ColumnContent): TableColumn {
  return { ...column, rank: 0 };
}

const CLAIM_VERDICTS: Readonly<Record<ClaimResult['verdict'], string>> = {
  exact: 'the gradient',
  factor: 'wrong length',
  direction: 'wrong direction',
  shape: 'wrong shape',
};

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
