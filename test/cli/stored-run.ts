/** Stores hand-made runs as a sweep would. */
import { join } from 'node:path';
import type { RunInput } from '../../src/compare/compare.ts';
import { createRun } from '../../src/store/run.ts';
import { temporaryDirectory } from '../store/samples.ts';

/** Stores a run and gives its directory. */
export function stored({ manifest, records }: RunInput, parent: string = temporaryDirectory()): string {
  const directory = join(parent, manifest.name);
  const run = createRun(directory, manifest, 'name: by-hand\n');
  for (const record of records) {
    run.append(record);
  }
  run.close();
  return directory;
}
