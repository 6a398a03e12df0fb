/** A sweep file on disk for a test. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../store/samples.ts';

/** Writes a text as `sweep.yaml` into a directory of its own, which goes with the test. */
export async function writeTemporary(text: string): Promise<string> {
  const file = join(temporaryDirectory(), 'sweep.yaml');
  await writeFile(file, text);
  return file;
}
