/** `covgrad gradcheck`: every gradient of every kernel against central differences, and what is wrong with the claimed ones. */

import type { CommandModule } from 'yargs';
import { findPenalty, PENALTIES } from '../kernel/catalogue.ts';
import { outputStyle } from './compare.ts';
import { EXIT, usageError } from './exit.ts';

export interface GradcheckArguments {
  readonly ids: readonly string[];
  readonly json: boolean;
}

export const gradcheckCommand: CommandModule<object, GradcheckArguments> = {
  command: 'gradcheck [ids..]',
  describe: 'Check the gradients of the penalties against central differences',
  builder: (yargs) =>
    yargs
      .positional('ids', {
        type: 'string',
        array: true,
        default: [] as readonly string[],
        defaultDescription: 'all',
        describe: 'Penalties to check',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .example('$0 gradcheck', 'all penalties, all kernels that run here')
      .example('$0 gradcheck decov mean-abs', 'two of them'),
  handler: runGradcheck,
};

async function runGradcheck({ ids, json }: GradcheckArguments): Promise<void> {
  const penalties = ids.length === 0 ? PENALTIES : [...new Set(ids)].map(requirePenalty);
  const { loadKernel, relaxedSimdSupported } = await import('../kernel/instantiate.ts');
  const { createReferenceKernel } = await import('../kernel/reference.ts');
  const { checkPenalties } = await import('../gradcheck/check.ts');
  const { judgeClaims } = await import('../gradcheck/claims.ts');
  const reference = createReferenceKernel();
  const kernels = [reference, await loadKernel({ variant: 'simd' })];
  if (relaxedSimdSupported()) {
    const fused = await loadKernel();
    if (fused.variant === 'fma') kernels.push(fused);
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

function requirePenalty(id: string): (typeof PENALTIES)[number] {
  const penalty = findPenalty(id);
  if (penalty !== undefined) return penalty;
  const known = PENALTIES.map((each) => each.id).join(', ');
  throw usageError(
    `gradcheck: a penalty must be one of ${known}, got ${JSON.stringify(id)}. Leave it out to check all.`,
  );
}
