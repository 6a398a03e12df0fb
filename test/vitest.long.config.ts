/** The first part of `npm run test:long`: kills, damage and searches in numbers that nobody waits for between two edits. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import quick from './vitest.config.ts';

const { include: _include, exclude: _exclude, ...settings } = quick.test ?? {};

export default defineConfig({
  ...quick,
  // The one TensorFlow.js is that of the project of the hosts.
  resolve: {
    alias: {
      '@tensorflow/tfjs': fileURLToPath(
        new URL('hosts/node_modules/@tensorflow/tfjs/dist/tf.node.js', import.meta.url),
      ),
    },
  },
  test: { ...settings, include: ['test/**/*.long.test.ts'], testTimeout: 1_200_000 },
});
