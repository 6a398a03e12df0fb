/** Damaged files of every format, many of them: COVGRAD_FUZZ sets how many of each, COVGRAD_FUZZ_SEED which. */
import { expect, test } from 'vitest';
import { scratch } from './files.ts';
import { fuzz, SUBJECTS } from './fuzz.ts';

const { folder } = scratch();
const RUNS = Number(process.env.COVGRAD_FUZZ ?? 20_000);
const SEED = Number(process.env.COVGRAD_FUZZ_SEED ?? 2);
/** What a damaged file may cost beside its length: blocks of a reader and what is not collected yet. */
const MOST_BYTES = 2 ** 29;

test.each(SUBJECTS)(
  '$name: damaged files are refused or read, and nothing else',
  async (subject) => {
    const counts = await fuzz(subject, RUNS, SEED, folder);
    console.log(`${subject.name}: ${JSON.stringify(counts)}`);
    expect(counts.refused + counts.read).toBe(RUNS);
    expect(counts.peakBytes).toBeLessThan(MOST_BYTES);
  },
  3_600_000,
);
