/** Damaged files of every format; fuzz.long.test.ts has more of them. */
import { expect, test } from 'vitest';
import { scratch } from './files.ts';
import { fuzz, SUBJECTS } from './fuzz.ts';

const { folder } = scratch();
const RUNS = 300;

test.each(SUBJECTS)('$name: damaged files are refused or read, and nothing else', async (subject) => {
  const { refused, read } = await fuzz(subject, RUNS, 1, folder);
  expect(refused + read).toBe(RUNS);
  expect(refused).toBeGreaterThan(RUNS / 20);
});
