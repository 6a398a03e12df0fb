/** The first part of `npm run test:long`: kills, damage and searches in numbers that nobody waits for between two edits. */
import { defineConfig } from 'vitest/config';
import quick from './vitest.config.ts';

const { include: _include, exclude: _exclude, ...settings } = quick.test ?? {};

export default defineConfig({
  ...quick,
  test: { ...settings, include: ['test/**/*.long.test.ts'], testTimeout: 1_200_000 },
});
