/** The built package: worker threads and the command line start from dist/, which `npm test` builds first. */
import { fileURLToPath } from 'node:url';

const DIST = new URL('../../dist/', import.meta.url);

/** Path of the command line's main file. */
export const MAIN: string = fileURLToPath(new URL('cli/main.js', DIST));

/** The public API as it is published. */
export function importBuilt(): Promise<typeof import('../../src/index.ts')> {
  return import(new URL('index.js', DIST).href);
}
