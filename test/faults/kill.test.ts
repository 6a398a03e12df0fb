import { test } from 'vitest';
import { CSV_REGRESSION, expectToSurvive } from './killed-coordinator.ts';

test('a coordinator that is killed 3 times loses no trial, repeats none, and ends as if undisturbed', () =>
  expectToSurvive(3));

test('so does one over a CSV regression that is pruned by its validation split', () =>
  expectToSurvive(2, CSV_REGRESSION));
