/** `covgrad gradcheck`: every gradient of every kernel against central differences, and what is wrong with the claimed ones. */

import type { CommandModule } from 'yargs';
import type { CertifiedKernel } from '../gradcheck/certificate.ts';
import {
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  PENALTIES,
  type PenaltyDefinition,
} from '../kernel/catalogue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { closestName } from '../suggestion.ts';
import { EXIT, usageError } from './exit.ts';
import { checkSingle, example } from './options.ts';
import { placeName, STANDARD } from './standard-streams.ts';
import { outputStyle } from './terminal.ts';

type Penalty = PenaltyDefinition | CrossPenaltyDefinition;

/** Penalties on one activation and on two. */
const ALL: readonly Penalty[] = [...PENALTIES, ...CROSS_PENALTIES];

export interface GradcheckArguments {
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly certificate?: string | undefined;
}

export const gradcheckCommand: CommandModule<object, GradcheckArguments> = {
  builder: (yargs) =>
    yargs
      .positional('ids', {
        type: 'string',
        array: true,
        default: [] as readonly string[],
        describe: 'Penalties to check (default: all)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .option('certificate', {
        type: 'string',
        requiresArg: true,
        describe:
          'Record every check in this file: JSON, or Markdown where the name ends in .md; - for standard output',
      })
      .example(...example('$0 gradcheck', 'all penalties, all kernels that run here'))
      .example(...example('$0 gradcheck decov mean-abs', 'two of them'))
      .example(
        ...example(
          '$0 gradcheck --certificate gradients.json',
          'every case, with the digests of the modules',
        ),
      ),
  handler: runGradcheck,
};

async function runGradcheck({ ids, json, certificate }: GradcheckArguments): Promise<void> {
  checkSingle({ certificate });
  if (json && certificate !== undefined) {
    throw usageError('--json: is for what is printed, got it beside --certificate. Leave one of them out.');
  }
  const penalties = ids.length === 0 ? ALL : [...new Set(ids)].map(requirePenalty);
  const { createReferenceKernel } = await import('../kernel/reference.ts');
  const { checkPenalties } = await import('../gradcheck/check.ts');
  const { judgeClaims } = await import('../gradcheck/claims.ts');
  const reference = createReferenceKernel();
  const certified = await certifiedKernels(reference);
  const kernels = certified.map(({ kernel }) => kernel);
  if (certificate !== undefined) {
    await writeCertificate(certificate, penalties, certified, reference);
    return;
  }
  const results = checkPenalties(penalties, kernels, reference);
  const claims = judgeClaims(reference);
  const passed = results.every((result) => result.passed);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, passed, penalties: results, claims }, null, 2)}\n`,
    );
  } else {
    const { renderGradcheck } = await import('../render/gradcheck.ts');
    const { isTTY, columns } = process.stdout;
    const style = outputStyle({ isTerminal: isTTY === true, columns, environment: process.env });
    process.stdout.write(renderGradcheck(results, claims, style));
  }
  if (!passed) process.exitCode = EXIT.error;
}

/** The reference and every build that runs here, both precisions. */
async function certifiedKernels(reference: Kernel): Promise<CertifiedKernel[]> {
  const { compileKernel, instantiateKernel } = await import('../kernel/instantiate.ts');
  const best = await compileKernel();
  const compiled = [
    await compileKernel({ variant: 'simd' }),
    ...(best.variant === 'fma' ? [best] : []),
    await compileKernel({ precision: 'f64' }),
  ];
  return [
    { kernel: reference, sha256: null },
    ...compiled.map((build) => ({ kernel: instantiateKernel(build), sha256: build.sha256 })),
  ];
}

/** Writes the file and says in a line how it went. */
async function writeCertificate(
  file: string,
  penalties: readonly Penalty[],
  certified: readonly CertifiedKernel[],
  reference: Kernel,
): Promise<void> {
  const { certify } = await import('../gradcheck/certificate.ts');
  const { renderCertificate } = await import('../render/certificate.ts');
  const { writeAtomically } = await import('../store/atomic.ts');
  const found = certify(penalties, certified, reference);
  const text = file.endsWith('.md') ? renderCertificate(found) : `${JSON.stringify(found, null, 2)}\n`;
  if (file === STANDARD) process.stdout.write(text);
  else writeAtomically(file, text);
  const failed = [...found.cases, ...found.adjoints].filter(({ passed }) => !passed).length;
  const count = found.cases.length + found.adjoints.length;
  (file === STANDARD ? process.stderr : process.stdout).write(
    `${placeName(file)}: ${failed === 0 ? `all ${count} cases pass` : `${failed} of ${count} cases fail`}.\n`,
  );
  if (failed > 0) process.exitCode = EXIT.error;
}

function requirePenalty(id: string): Penalty {
  const penalty = ALL.find((each) => each.id === id);
  if (penalty !== undefined) return penalty;
  const known = ALL.map((each) => each.id);
  const near = closestName(id, known);
  throw usageError(
    `gradcheck: a penalty must be one of ${known.join(', ')}, got "${id}". ` +
      (near === undefined ? 'Leave it out to check all.' : `Did you mean "${near}"?`),
  );
}
