import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { openRun, resumeRun } from '../../src/store/run.ts';
import { covgrad } from '../cli/command-line.ts';
import { temporaryDirectory } from './samples.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/runs-0.1.0', import.meta.url));

/** The rows of a comparison as CSV by the names of their columns; no value of the fixtures holds a comma. */
function table(csv: string): readonly Record<string, string>[] {
  const [head = [], ...rows] = csv
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}

describe('a run that covgrad 0.1.0 stored', () => {
  test.each(['smoke', 'search'])('is compared to the same values as then: %s', (run) => {
    const directory = temporaryDirectory();
    cpSync(join(FIXTURES, run), join(directory, run), { recursive: true });
    const { code, stdout, stderr } = covgrad(directory, 'compare', run, '--csv');
    expect([code, stderr]).toEqual([0, '']);
    const then = table(readFileSync(join(FIXTURES, `${run}.csv`), 'utf8'));
    const now = table(stdout);
    expect(then.length).toBeGreaterThan(3);
    expect(now).toHaveLength(then.length);
    for (const [index, row] of then.entries()) expect(now[index]).toMatchObject(row);
  });

  test.each(['smoke', 'search'])('is listed and shown: %s', (run) => {
    const directory = temporaryDirectory();
    cpSync(join(FIXTURES, run), join(directory, run), { recursive: true });
    expect(covgrad(directory, 'runs', '.').stdout).toContain(run);
    const { code, stdout } = covgrad(directory, 'show', run);
    expect(code).toBe(0);
    expect(stdout).toContain('decov');
  });

  test.each(['smoke', 'search'])('goes on with further trials, which are read back: %s', (run) => {
    const directory = join(temporaryDirectory(), run);
    cpSync(join(FIXTURES, run), directory, { recursive: true });
    const { manifest, records, proposed } = openRun(directory);
    expect(manifest.schemaVersion).toBe(1);
    const last = manifest.trials.at(-1) as TrialSpec;
    const further = { ...last, id: `${last.point}-s99`, seed: 99, index: manifest.trials.length };
    const sweep = { ...manifest.config.sweep, run_cap: 1000 };
    const known = new Set(proposed.map(({ id }) => id));
    const planned = manifest.trials.filter(({ id }) => !known.has(id));
    const now = { ...manifest, config: { ...manifest.config, sweep }, trials: [...planned, further] };
    const writer = resumeRun(directory, now, { text: '' });
    expect(writer.change).toMatchObject({ added: 1, kept: 0 });
    const record = { ...(records[0] as TrialRecord), id: further.id, seed: 99 };
    writer.append(record);
    writer.close();
    const read = openRun(directory);
    expect(read.records).toHaveLength(records.length + 1);
    expect(read.records.find(({ id }) => id === further.id)).toEqual(record);
    const { index: _, ...trial } = further;
    expect(read.trials.find(({ id }) => id === further.id)).toMatchObject(trial);
    expect(read.proposed.map(({ id }) => id)).toEqual([...known]);
  });
});
