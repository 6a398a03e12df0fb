/**
 * Writes the release modules as base64 into src/kernel/*.generated.ts, so that they load in every host and bundler. The
 * float64 module has a file of its own, which is loaded only when it is asked for.
 */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const HEAD = '/** Release modules of the kernel, made from assembly/ by the build; not to be edited. */\n';

function describe(file) {
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return `{\n    sha256: '${sha256}',\n    base64:\n      '${bytes.toString('base64')}',\n  }`;
}

writeFileSync(
  'src/kernel/modules.generated.ts',
  `${HEAD}export interface InlinedModule {
  readonly sha256: string;
  readonly base64: string;
}

export const MODULES: Record<'simd' | 'fma', InlinedModule> = {
  simd: ${describe('dist/kernel.wasm')},
  fma: ${describe('dist/kernel-fma.wasm')},
};
`,
);
writeFileSync(
  'src/kernel/module-f64.generated.ts',
  `${HEAD}import type { InlinedModule } from './modules.generated.ts';

export const MODULE_F64: InlinedModule = ${describe('dist/kernel-f64.wasm')};
`,
);
