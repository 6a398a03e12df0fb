/** The first part of `npm run test:long`: kills, damage and searches in numbers that nobody waits for between two edits. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const tensorFlow = new URL('hosts/node_modules/@tensorflow/tfjs/dist/tf.node.js', import.meta.url);

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  // The one TensorFlow.js is that of the project of the hosts.
  resolve: { alias: { '@tensorflow/tfjs': fileURLToPath(tensorFlow) } },
  test: {
    include: ['test/**/*.long.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    maxWorkers: availableParallelism(),
  },
});
