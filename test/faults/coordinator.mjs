/**
 * A coordinator to be killed: runs the sweep file given first in the run directory given second, going on with what is
 * there, and says on stdout what happens, a word for each event.
 */
import { readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseSweepConfig, runSweep } from '../../dist/index.js';

const [file, directory] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
await runSweep({
  config: parseSweepConfig(text, file),
  text,
  base: dirname(file),
  directory,
  threads: 2,
  resume: true,
  // At once, and not when the event loop comes round to it.
  onEvent: ({ type }) => writeSync(1, `${type}\n`),
});
