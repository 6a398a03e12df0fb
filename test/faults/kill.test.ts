import { test } from 'vitest';
import { expectToSurvive } from './killed-coordinator.ts';

test('a coordinator that is killed 3 times loses no trial, repeats none, and ends as if undisturbed', () =>
  expectToSurvive(3));
