/**
 * Prints, as a line of JSON, the SHA-256 of the records of a sweep, without times: `node records.mjs threads file`. A library sets
 * no flag of V8, so this one runs with those that it is started with.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRun, parseSweepConfig, runSweep } from 'covgrad';

const [threads, file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const root = mkdtempSync(join(tmpdir(), 'covgrad-nodes-'));
try {
  const directory = join(root, 'run');
  await runSweep({ config: parseSweepConfig(text, file), text, directory, threads: Number(threads) });
  const { manifest, records } = openRun(directory);
  const hash = createHash('sha256');
  for (const { timing: _, ...record } of records) hash.update(`${JSON.stringify(record)}\n`);
  const failed = records.filter(({ outcome }) => outcome.status !== 'complete').length;
  console.log(JSON.stringify({ kernel: manifest.kernel.variant, hash: hash.digest('hex'), failed }));
} finally {
  rmSync(root, { recursive: true, force: true });
}
