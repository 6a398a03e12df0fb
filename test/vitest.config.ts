/** `npm test`: all but what is long, which `npm run test:long` runs (vitest.long.config.ts). */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const files = readdirSync(`${ROOT}/test`, { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !file.includes('.long.') && !file.includes('node_modules/'));
/** A module that a file replaces, or a flag of V8 that it sets, would stay so for the others. */
const apart = files.filter((file) =>
  /vi\.mock\(|setFlagsFromString\(/.test(readFileSync(`${ROOT}/${file}`, 'utf8')),
);
const limits = { testTimeout: 300_000, hookTimeout: 300_000 };

export default defineConfig({
  root: ROOT,
  test: {
    ...limits,
    // vitest leaves a core to itself, which of two is one too many.
    maxWorkers: availableParallelism(),
    projects: [
      // Loading the sources anew for each of 140 files takes longer than most of them.
      {
        root: ROOT,
        test: {
          ...limits,
          name: 'shared',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.long.test.ts', '**/node_modules/**', ...apart],
        },
      },
      { root: ROOT, test: { ...limits, name: 'apart', include: apart } },
    ],
  },
});
