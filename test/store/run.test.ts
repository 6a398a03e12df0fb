import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrialSpec } from '../../src/plan/plan.ts';
import { journalLine } from '../../src/store/journal.ts';
import { createRun, openRun, resumeRun } from '../../src/store/run.ts';
import { sampleManifest, sampleRecord, temporaryDirectory } from './samples.ts';

/** The sweep file of a run that goes on. */
const GIVEN = { text: 'name: sample\n' };

function trialOf(seed: number): TrialSpec {
  const [trial] = sampleManifest().trials;
  return { ...(trial as TrialSpec), seed, id: `p-s${seed}`, index: seed };
}

function newRun(): string {
  const directory = join(temporaryDirectory(), 'nested', 'run');
  createRun(directory, sampleManifest(), 'name: sample\n').close();
  return directory;
}

/** Every file with its content: to see that nothing was touched. */
function snapshot(directory: string): [string, string][] {
  return readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
}

describe('createRun', () => {
  test('stores the sweep file as given and the manifest, and leaves no lock behind', () => {
    const directory = newRun();
    expect(readdirSync(directory).sort()).toEqual(['journal.jsonl', 'manifest.json', 'sweep.yaml']);
    expect(readFileSync(join(directory, 'sweep.yaml'), 'utf8')).toBe('name: sample\n');
    expect(openRun(directory)).toEqual({
      directory,
      manifest: sampleManifest(),
      trials: sampleManifest().trials,
      records: [],
      changes: [],
      tornBytes: 0,
    });
  });

  test('a run is never overwritten: the error names both ways on', () => {
    const directory = newRun();
    const before = snapshot(directory);
    expect(() => createRun(directory, sampleManifest(), 'other')).toThrow(/--resume.*--name/);
    expect(snapshot(directory)).toEqual(before);
  });

  test('a directory that holds anything else is left alone', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'sweep.yaml'), 'mine');
    expect(() => createRun(directory, sampleManifest(), 'other')).toThrow(/sweep\.yaml/);
    expect(snapshot(directory)).toEqual([['sweep.yaml', 'mine']]);
  });

  test.each([
    ['its journal', { 'journal.jsonl': '' }],
    [
      'a part of its sweep file',
      { 'journal.jsonl': '', 'sweep.yaml': 'name: sam', 'manifest.json.0123abcd.tmp': '{' },
    ],
    ['a part of its first file', { 'journal.jsonl.0123abcd.tmp': '' }],
  ])('a start that was cut short after %s is no obstacle to the next', (_, files) => {
    const directory = temporaryDirectory();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    createRun(directory, sampleManifest(), 'name: sample\n').close();
    expect(openRun(directory)).toMatchObject({ manifest: sampleManifest(), records: [] });
    expect(readFileSync(join(directory, 'sweep.yaml'), 'utf8')).toBe('name: sample\n');
  });

  test('a journal with records is never started over, not even without its manifest', () => {
    const directory = newRun();
    writeFileSync(join(directory, 'journal.jsonl'), journalLine(1, sampleRecord(0)));
    rmSync(join(directory, 'manifest.json'));
    const before = snapshot(directory);
    expect(() => createRun(directory, sampleManifest(), 'other')).toThrow(/journal\.jsonl in it/);
    expect(snapshot(directory)).toEqual(before);
  });

  test('a path that leads through a file is named', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => createRun(join(file, 'run'), sampleManifest(), '')).toThrow(join(file, 'run'));
  });
});

describe('records', () => {
  test('come back in the order of the plan, whatever the order of completion', () => {
    const directory = join(temporaryDirectory(), 'run');
    const run = createRun(directory, sampleManifest(), '');
    run.append(sampleRecord(1));
    run.append(sampleRecord(0));
    run.close();
    expect(openRun(directory).records).toEqual([sampleRecord(0), sampleRecord(1)]);
  });

  test('only the last record of a trial counts', () => {
    const directory = newRun();
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    run.append(sampleRecord(0, { outcome: { status: 'interrupted', epoch: 1 }, epochs: [] }));
    run.append(sampleRecord(0));
    run.close();
    expect(openRun(directory).records).toEqual([sampleRecord(0)]);
  });

  test('a loss that is not finite survives as NaN', () => {
    const directory = join(temporaryDirectory(), 'run');
    const run = createRun(directory, sampleManifest(), '');
    const [epoch] = sampleRecord(0).epochs;
    run.append(
      sampleRecord(0, {
        outcome: { status: 'diverged', epoch: 2, step: 3, reason: 'the loss is NaN' },
        epochs: [
          { ...(epoch as NonNullable<typeof epoch>), test: { loss: Number.POSITIVE_INFINITY, accuracy: 0 } },
        ],
      }),
    );
    run.close();
    expect(openRun(directory).records[0]?.epochs[0]?.test.loss).toBeNaN();
  });

  test('a torn last record is left out and its trial is missing, until it is run again', () => {
    const directory = join(temporaryDirectory(), 'run');
    const journal = join(directory, 'journal.jsonl');
    const first = createRun(directory, sampleManifest(), '');
    first.append(sampleRecord(0));
    first.append(sampleRecord(1));
    first.close();
    truncateSync(journal, readFileSync(journal).length - 5);
    expect(openRun(directory)).toMatchObject({ records: [sampleRecord(0)] });
    expect(openRun(directory).tornBytes).toBeGreaterThan(0);
    const second = resumeRun(directory, sampleManifest(), GIVEN);
    second.append(sampleRecord(1));
    second.close();
    expect(openRun(directory)).toMatchObject({ records: [sampleRecord(0), sampleRecord(1)], tornBytes: 0 });
  });

  test('a record of another version is refused with its line', () => {
    const directory = newRun();
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    run.append({ ...sampleRecord(0), schemaVersion: 2 as 1 });
    run.close();
    expect(() => openRun(directory)).toThrow(/journal\.jsonl:1: schemaVersion/);
  });
});

describe('resumeRun', () => {
  test('a run that does not exist is not started by accident', () => {
    const directory = join(temporaryDirectory(), 'absent');
    expect(() => resumeRun(directory, sampleManifest(), GIVEN)).toThrow(/there must be a run here/);
    expect(existsSync(directory)).toBe(false);
  });

  test('other settings, kernels or data are refused, each difference listed', () => {
    const directory = newRun();
    const { config, data } = sampleManifest();
    const changed = sampleManifest({
      kernel: { variant: 'fma', sha256: 'ff' },
      data: { ...data, fingerprint: 'cd' },
      config: { ...config, sweep: { ...config.sweep, seeds: [0, 2] } },
      trials: [trialOf(0), trialOf(2)],
    });
    const error = (() => {
      try {
        resumeRun(directory, changed, GIVEN);
      } catch (cause) {
        return cause as Error;
      }
      return new Error('nothing was refused');
    })();
    expect(error.message).toContain('config.sweep.seeds.1: 1 -> 2');
    expect(error.message).toContain('kernel.variant: "reference" -> "fma"');
    expect(error.message).toContain('data.fingerprint: "ab" -> "cd"');
    // The lock was given back.
    resumeRun(directory, sampleManifest(), GIVEN).close();
  });

  test('two writers of one run are refused', () => {
    const directory = newRun();
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    expect(() => resumeRun(directory, sampleManifest(), GIVEN)).toThrow(/only one process/);
    expect(openRun(directory).records).toEqual([]);
    run.close();
  });
});

describe('openRun', () => {
  test('a directory without a run is named', () => {
    const directory = temporaryDirectory();
    expect(() => openRun(directory)).toThrow(/manifest\.json/);
    expect(() => openRun(join(directory, 'absent'))).toThrow(/no such directory/);
    writeFileSync(join(directory, 'sweep.yaml'), '');
    expect(() => openRun(join(directory, 'sweep.yaml'))).toThrow(/got a file\./);
  });

  test('a directory in the place of the journal is named, with a remedy that a reader can follow', () => {
    const directory = newRun();
    rmSync(join(directory, 'journal.jsonl'));
    mkdirSync(join(directory, 'journal.jsonl'));
    expect(() => openRun(directory)).toThrow(
      /journal\.jsonl: could not read it, got EISDIR.* move it away\.$/,
    );
  });

  test('damage in the journal is refused', () => {
    const directory = newRun();
    appendFileSync(join(directory, 'journal.jsonl'), '{"crc":"00000000","seq":1,"record":{}}\n');
    expect(() => openRun(directory)).toThrow(/journal\.jsonl:1:/);
  });

  test('derived files are replaced as a whole', () => {
    const directory = newRun();
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    run.writeFile('comparison.json', 'first, and longer');
    run.writeFile('comparison.json', 'second');
    run.close();
    expect(readFileSync(join(directory, 'comparison.json'), 'utf8')).toBe('second');
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a derived file that cannot be written is named and nothing is left over', () => {
    const directory = newRun();
    mkdirSync(join(directory, 'comparison.json'));
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    expect(() => run.writeFile('comparison.json', 'text')).toThrow(join(directory, 'comparison.json'));
    run.close();
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
