/** Writes src/kernel/modules.generated.ts: both release modules as base64, so that they load in every host and bundler. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const builds = { simd: 'dist/kernel.wasm', fma: 'dist/kernel-fma.wasm' };
const entries = Object.entries(builds).map(([variant, file]) => {
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return `  ${variant}: {\n    sha256: '${sha256}',\n    base64:\n      '${bytes.toString('base64')}',\n  },\n`;
});
writeFileSync(
  'src/kernel/modules.generated.ts',
  `/** The release modules of the kernel, made from assembly/ by the build; not to be edited. */
export const MODULES: Record<'simd' | 'fma', { readonly sha256: string; readonly base64: string }> = {
${entries.join('')}};
`,
);
