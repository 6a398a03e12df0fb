/** The gradient certificate in Markdown: the verdict, then how near each penalty comes to its bounds, then each check. */

import { largestOf } from '../extremes.ts';
import type { AdjointCase, CaseErrors, Certificate, CertificateCase } from '../gradcheck/certificate.ts';

/** What is checked, as a column and in a sentence. */
const CHECKS: readonly (readonly [check: keyof CaseErrors, title: string, meaning: string])[] = [
  ['differences', 'differences', 'gradient against central differences of the value in float64'],
  ['reference', 'reference', 'value and gradient against the readable float64 reference'],
  [
    'euler',
    'Euler',
    '⟨X, ∂/∂X⟩ = degree · value where the penalty is homogeneous, of the terms that are summed',
  ],
  ['shift', 'shift', 'value and gradient when every unit is moved by 1, where the penalty centres'],
  [
    'scale',
    'scale',
    'value and gradient when the activations are tripled, where the penalty is indifferent to that',
  ],
];

type Build = Certificate['kernels'][number];

/** The whole document, with a final newline. */
export function renderCertificate(certificate: Certificate): string {
  const { version, kernels, tolerances, cases, adjoints, passed } = certificate;
  const failed = [...cases, ...adjoints].filter((each) => !each.passed).length;
  const penalties = [...new Set(cases.map(({ penalty }) => penalty))];
  const inputs = [...new Set(cases.map(({ kind, samples, units }) => `${kind} ${samples} x ${units}`))];
  const lines = [
    '# Gradient certificate',
    '',
    passed
      ? `**Passed**: all ${cases.length} cases of value and gradient and all ${adjoints.length} of the adjoint identity.`
      : `**FAILED**: ${failed} of ${cases.length + adjoints.length} cases, marked ✗ below.`,
    '',
    `covgrad ${version}; ${penalties.length} penalties on ${kernels.length} kernels, ${inputs.length} inputs each (samples x units): ${inputs.join(', ')}. ` +
      `Errors are relative; up to ${tolerances.f32} passes in float32, ${tolerances.f64} in float64.`,
    '',
    ...table(
      ['kernel', 'precision', 'SHA-256 of the module'],
      kernels.map(({ variant, precision, sha256 }) => [variant, precision, sha256 ?? '—']),
      2,
    ),
    '',
    '## At a glance',
    '',
    'The worst error of all checks and inputs:',
    '',
    ...table(
      ['penalty', ...kernels.map(nameOf)],
      [
        ...penalties.map((penalty) => [
          penalty,
          ...kernels.map((kernel) => worstOfAll(casesOf(cases, penalty, kernel))),
        ]),
        ['adjoint of the covariance', ...kernels.map((kernel) => adjointOf(adjoints, kernel))],
      ],
      1,
    ),
    '',
    'The adjoint identity is ⟨G, JVP(T)⟩ = ⟨VJP(G), T⟩ for random G and T, centred and not.',
    '',
    '## Each check',
    '',
    ...CHECKS.map(([, title, meaning]) => `- ${title}: ${meaning}.`),
    '',
    ...table(
      ['penalty', 'kernel', ...CHECKS.map(([, title]) => title), 'verdict'],
      penalties.flatMap((penalty) =>
        kernels.map((kernel) => {
          const own = casesOf(cases, penalty, kernel);
          const errors = CHECKS.map(([check]) => format(worstOf(own.map((each) => each.errors[check]))));
          return [
            penalty,
            nameOf(kernel),
            ...errors,
            own.every((each) => each.passed) ? 'passed' : '✗ FAILED',
          ];
        }),
      ),
      2,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** A Markdown table whose first `words` columns hold words and the rest numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[], words: number): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < words ? '---' : '---:'));
  return [row(head), row(rule), ...rows.map(row)];
}

function nameOf({ variant, precision }: Build): string {
  return `${variant} ${precision}`;
}

function isOf({ variant, precision }: Build): (each: Omit<Build, 'sha256'>) => boolean {
  return (each) => each.variant === variant && each.precision === precision;
}

function casesOf(cases: readonly CertificateCase[], penalty: string, kernel: Build): CertificateCase[] {
  return cases.filter((each) => each.penalty === penalty).filter(isOf(kernel));
}

function worstOfAll(cases: readonly CertificateCase[]): string {
  const worst = format(worstOf(cases.flatMap(({ errors }) => Object.values(errors))));
  return cases.every(({ passed }) => passed) ? worst : `✗ ${worst}`;
}

function adjointOf(adjoints: readonly AdjointCase[], kernel: Build): string {
  const own = adjoints.filter(isOf(kernel));
  const worst = format(worstOf(own.map(({ error }) => error)));
  return own.every(({ passed }) => passed) ? worst : `✗ ${worst}`;
}

function worstOf(errors: readonly (number | null)[]): number | null {
  const stated = errors.filter((error) => error !== null);
  return stated.length === 0 ? null : largestOf(stated);
}

function format(error: number | null): string {
  return error === null ? '—' : error.toExponential(1);
}
