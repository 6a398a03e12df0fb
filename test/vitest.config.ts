/** `npm test`: all but what is long, which `npm run test:long` runs (vitest.long.config.ts). */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // vitest leaves a core to itself, which of two is one too many.
    maxWorkers: availableParallelism(),
  },
});
