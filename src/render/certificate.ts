/** The gradient certificate in Markdown: the worst error of each check, for each penalty and kernel. */

import type { CaseErrors, Certificate, CertificateCase } from '../gradcheck/certificate.ts';

const CHECKS: readonly (readonly [check: keyof CaseErrors, title: string])[] = [
  ['differences', 'central differences'],
  ['reference', 'float64 reference'],
  ['euler', 'Euler'],
  ['shift', 'shift'],
  ['scale', 'scale'],
];

/** The whole document, with a final newline. */
export function renderCertificate({ kernels, tolerances, cases, adjoints, passed }: Certificate): string {
  const lines = [
    '# Gradient certificate',
    '',
    `${passed ? 'Passed' : 'FAILED'}: ${cases.length} cases of value and gradient, ${adjoints.length} of the adjoint identity. ` +
      `Largest errors that pass: ${tolerances.f32} in float32, ${tolerances.f64} in float64.`,
    '',
    '| kernel | precision | SHA-256 of the module |',
    '|---|---|---|',
    ...kernels.map(({ variant, precision, sha256 }) => `| ${variant} | ${precision} | ${sha256 ?? '—'} |`),
    '',
    'The worst error of each check over all shapes and kinds of input:',
    '',
    `| penalty | kernel | ${CHECKS.map(([, title]) => title).join(' | ')} | verdict |`,
    `|---|---|${CHECKS.map(() => '---:').join('|')}|---|`,
    ...groups(cases).map((group) => {
      const { penalty, variant, precision } = group[0]!;
      const worst = CHECKS.map(([check]) => format(worstOf(group.map(({ errors }) => errors[check]))));
      const verdict = group.every((each) => each.passed) ? 'passed' : 'FAILED';
      return `| ${penalty} | ${variant} ${precision} | ${worst.join(' | ')} | ${verdict} |`;
    }),
    '',
    '⟨G, JVP(T)⟩ = ⟨VJP(G), T⟩ for the covariance, random G and T:',
    '',
    '| kernel | worst error | verdict |',
    '|---|---:|---|',
    ...kernels.map(({ variant, precision }) => {
      const own = adjoints.filter((each) => each.variant === variant && each.precision === precision);
      const verdict = own.every((each) => each.passed) ? 'passed' : 'FAILED';
      return `| ${variant} ${precision} | ${format(worstOf(own.map(({ error }) => error)))} | ${verdict} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** The cases of each penalty on each kernel. */
function groups(cases: readonly CertificateCase[]): CertificateCase[][] {
  const found = new Map<string, CertificateCase[]>();
  for (const each of cases) {
    const key = `${each.penalty} ${each.variant} ${each.precision}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found.values()];
}

function worstOf(errors: readonly (number | null)[]): number | null {
  const stated = errors.filter((error) => error !== null);
  return stated.length === 0 ? null : Math.max(...stated);
}

function format(error: number | null): string {
  return error === null ? '—' : error.toExponential(1);
}
