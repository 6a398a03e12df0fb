#!/usr/bin/env node
/** The command line's first file: loads the rest, one file after another where only few may be open. */
import { loadWithin } from '../serial-loading.ts';
import { environmentFailure } from './environment.ts';

try {
  await loadWithin(new URL('./program.js', import.meta.url), () => import('./program.ts'));
} catch (error) {
  const failure = environmentFailure(error);
  if (failure === undefined) throw error;
  process.stderr.write(`${failure}\n`);
  process.exitCode = 1;
}
