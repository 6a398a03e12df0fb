/** Kills a coordinator 50 times, or as often as COVGRAD_KILLS says. */
import { test } from 'vitest';
import { CSV_REGRESSION, expectToSurvive } from './killed-coordinator.ts';

const KILLS = Number(process.env.COVGRAD_KILLS ?? 50);

test(
  `a coordinator that is killed ${KILLS} times loses no trial, repeats none, and ends as if undisturbed`,
  {
    timeout: 120_000 + KILLS * 10_000,
  },
  () => expectToSurvive(KILLS),
);

test(
  `so does one over a CSV regression that is pruned by its validation split, killed ${KILLS} times`,
  { timeout: 120_000 + KILLS * 10_000 },
  () => expectToSurvive(KILLS, CSV_REGRESSION),
);
