/** A sweep file on disk for a test. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../store/samples.ts';

/** Writes a file as `sweep.yaml` into a directory of its own, which goes with the test. */
export async function writeTemporary(content: string | Uint8Array): Promise<string> {
  const file = join(temporaryDirectory(), 'sweep.yaml');
  await writeFile(file, content);
  return file;
}
