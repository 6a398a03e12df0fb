import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { journalLine } from '../../src/store/journal.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { createRun, openRun, type RunWriter, resumeRun } from '../../src/store/run.ts';
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
    expect(readdirSync(directory).sort()).toEqual([
      'journal.jsonl',
      'manifest.json',
      'plan.jsonl',
      'sweep.yaml',
    ]);
    expect(readFileSync(join(directory, 'sweep.yaml'), 'utf8')).toBe('name: sample\n');
    expect(openRun(directory)).toEqual({
      directory,
      manifest: sampleManifest(),
      trials: sampleManifest().trials,
      proposed: [],
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
    expect(openRun(directory).records[0]?.epochs[0]?.test?.loss).toBeNaN();
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
    run.append({ ...sampleRecord(0), schemaVersion: 3 as 2 });
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

  test('another tile of the same kernel is no difference', () => {
    const kernel = { variant: 'fma', sha256: 'ff' } as const;
    const directory = join(temporaryDirectory(), 'run');
    createRun(directory, sampleManifest({ kernel: { ...kernel, tile: '4x8' } }), 'name: sample\n').close();
    for (const tile of ['4x16', undefined] as const) {
      const resumed = resumeRun(directory, sampleManifest({ kernel: { ...kernel, tile } }), GIVEN);
      expect(resumed.change).toBeUndefined();
      resumed.close();
    }
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

describe('a run that goes on in another way', () => {
  const { config, data } = sampleManifest();

  /** The sample's manifest with other seeds. */
  function withSeeds(...seeds: number[]): Manifest {
    return sampleManifest({
      config: { ...config, sweep: { ...config.sweep, seeds } },
      trials: seeds.map((seed, index) => ({ ...trialOf(seed), index })),
    });
  }

  function resumed(directory: string, manifest: Manifest, acceptChanges = false): RunWriter {
    const run = resumeRun(directory, manifest, { ...GIVEN, acceptChanges });
    run.close();
    return run;
  }

  test('takes further seeds, and records what changed', () => {
    const directory = newRun();
    const { change } = resumed(directory, withSeeds(0, 1, 2));
    expect(change).toEqual({ differences: ['config.sweep.seeds.2: absent -> 2'], added: 1, kept: 0 });
    const run = openRun(directory);
    expect(run.trials.map(({ id }) => id)).toEqual(['p-s0', 'p-s1', 'p-s2']);
    expect(run.manifest.trials).toEqual(run.trials);
    expect(run.manifest.config.sweep.seeds).toEqual([0, 1, 2]);
    expect(run.changes).toMatchObject([{ text: GIVEN.text, differences: change?.differences }]);
    expect(readManifest(join(directory, 'manifest.json'))).toEqual(sampleManifest());
    // The next sitting finds nothing new.
    const journal = readFileSync(join(directory, 'journal.jsonl'));
    expect(resumed(directory, withSeeds(0, 1, 2)).change).toBeUndefined();
    expect(readFileSync(join(directory, 'journal.jsonl'))).toEqual(journal);
  });

  test('has its trials in the order in which they would have been planned at once', () => {
    const directory = newRun();
    resumed(directory, withSeeds(2, 0, 1));
    expect(openRun(directory).trials.map(({ id, index }) => [id, index])).toEqual([
      ['p-s2', 0],
      ['p-s0', 1],
      ['p-s1', 2],
    ]);
  });

  test('takes other machines and numbers of threads', () => {
    const directory = newRun();
    const { change } = resumed(directory, sampleManifest({ threads: 8, cpu: 'other', startedAt: 'later' }));
    expect(change?.differences).toEqual(['threads: 1 -> 8', 'cpu: "test" -> "other"']);
    expect(openRun(directory).manifest).toMatchObject({
      threads: 8,
      startedAt: sampleManifest().startedAt,
    });
  });

  test.each([
    ['fewer seeds', withSeeds(0), ['config.sweep.seeds.1: 1 -> absent', 'plan: 1 of 2 trials']],
    [
      'another metric of a search that follows its results',
      sampleManifest({
        config: {
          ...config,
          sweep: {
            ...config.sweep,
            method: 'bayes' as 'grid',
            metric: { name: 'seconds', goal: 'minimize' },
          },
        },
      }),
      [
        'config.sweep.method: "grid" -> "bayes"',
        'config.sweep.metric.name: "test.accuracy" -> "seconds" (the points of bayes follow from it)',
      ],
    ],
    [
      'another plan of another version',
      sampleManifest({ trials: [], covgrad: '9.9.9' }),
      ['plan: 2 of 2 trials -> no longer planned'],
    ],
    [
      'other data',
      sampleManifest({ data: { ...data, fingerprint: 'cd' } }),
      ['data.fingerprint: "ab" -> "cd"'],
    ],
  ])('refuses %s, names every difference and leaves the files alone', (_, manifest, differences) => {
    const directory = newRun();
    const before = snapshot(directory);
    for (const difference of differences) expect(() => resumed(directory, manifest)).toThrow(difference);
    expect(() => resumed(directory, manifest)).toThrow(/--name.*--accept-changes/);
    expect(snapshot(directory)).toEqual(before);
  });

  test('takes further data sets beside those it has', () => {
    const directory = newRun();
    const other = { ...data, name: 'other', fingerprint: 'cd' };
    expect(resumed(directory, sampleManifest({ data: other, otherData: [data] })).change?.added).toBe(0);
    expect(openRun(directory).manifest).toMatchObject({ data: other, otherData: [data] });
  });

  test('keeps what was trained before and is no longer planned, and no longer waits for the rest', () => {
    const directory = newRun();
    const first = resumeRun(directory, sampleManifest(), GIVEN);
    first.append(sampleRecord(1));
    first.close();
    const { change, manifest } = resumed(directory, withSeeds(2), true);
    expect(change).toMatchObject({ added: 1, kept: 1 });
    expect(manifest.trials.map(({ id }) => id)).toEqual(['p-s2', 'p-s1']);
    expect(openRun(directory).records).toEqual([sampleRecord(1)]);
    // Once accepted it is no difference any more, and what was taken out can come back.
    expect(resumed(directory, withSeeds(2)).change).toBeUndefined();
    expect(resumed(directory, withSeeds(2, 1)).change).toMatchObject({ added: 0, kept: 0 });
    expect(openRun(directory).trials.map(({ id }) => id)).toEqual(['p-s2', 'p-s1']);
  });

  test('tells trials of different times apart by what changed between them', () => {
    const directory = newRun();
    const first = resumeRun(directory, sampleManifest(), GIVEN);
    first.append(sampleRecord(0));
    first.close();
    const { experiment } = config;
    const slower = {
      ...experiment,
      training: {
        ...experiment.training,
        optimizer: { ...experiment.training.optimizer, learning_rate: 0.05 },
      },
    } as typeof experiment;
    const changed = sampleManifest({
      config: { ...config, experiment: slower },
      trials: [{ ...trialOf(0), id: 'q-s0', point: 'q', experiment: slower }],
    });
    const rate = 'training.optimizer.learning_rate';
    expect(() => resumed(directory, changed)).toThrow(`config.experiment.${rate}: 0.1 -> 0.05`);
    expect(resumed(directory, changed, true).trials.map(({ id, settings }) => [id, settings])).toEqual([
      ['q-s0', { [rate]: 0.05 }],
      ['p-s0', { [rate]: 0.1 }],
    ]);
  });

  test('keeps trials that followed from results while its settings hold', () => {
    const directory = newRun();
    const first = resumeRun(directory, sampleManifest(), GIVEN);
    first.propose([trialOf(7)]);
    first.close();
    expect(openRun(directory).trials.map(({ id }) => id)).toEqual(['p-s0', 'p-s1', 'p-s7']);
    expect(openRun(directory).proposed.map(({ id }) => id)).toEqual(['p-s7']);
    expect(resumed(directory, sampleManifest()).change).toBeUndefined();
    expect(resumed(directory, withSeeds(0, 1, 2)).trials.map(({ id }) => id)).toEqual([
      'p-s0',
      'p-s1',
      'p-s2',
      'p-s7',
    ]);
    expect(resumed(directory, withSeeds(0), true).trials.map(({ id }) => id)).toEqual(['p-s0']);
  });

  test('that was killed while it wrote the change goes on as if it had not been asked', () => {
    const directory = newRun();
    const path = join(directory, 'journal.jsonl');
    resumed(directory, withSeeds(0, 1, 2));
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length += 97) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(openRun(directory).trials).toHaveLength(2);
      expect(resumed(directory, withSeeds(0, 1, 2)).trials).toHaveLength(3);
    }
  });
});

describe('a run directory from elsewhere', () => {
  test('may be a symbolic link: both its names are one run', () => {
    const directory = newRun();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(directory, link);
    const run = resumeRun(link, sampleManifest(), GIVEN);
    expect(() => resumeRun(directory, sampleManifest(), GIVEN)).toThrow(/only one process/);
    run.append(sampleRecord(0));
    run.close();
    expect(openRun(directory).records).toEqual([sampleRecord(0)]);
  });

  test('with links to files outside is written without touching those', () => {
    const directory = newRun();
    const outside = temporaryDirectory();
    for (const name of ['journal.jsonl', 'comparison.json', 'comparison.csv']) {
      writeFileSync(join(outside, name), name === 'journal.jsonl' ? '' : 'precious');
      rmSync(join(directory, name), { force: true });
      symlinkSync(join(outside, name), join(directory, name));
    }
    const before = snapshot(outside);
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    run.append(sampleRecord(0));
    run.writeFile('comparison.json', 'new');
    run.writeFile('comparison.csv', 'new');
    run.close();
    expect(snapshot(outside)).toEqual(before);
    expect(openRun(directory).records).toEqual([sampleRecord(0)]);
  });

  test('that is a link to nowhere is named', () => {
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(join(link, 'nowhere'), link);
    expect(() => openRun(link)).toThrow(link);
    expect(() => createRun(link, sampleManifest(), '')).toThrow(link);
  });

  test.skipIf(!existsSync('/dev/zero'))('with a device in the place of a file is refused', () => {
    for (const name of ['journal.jsonl', 'manifest.json']) {
      const directory = newRun();
      rmSync(join(directory, name));
      symlinkSync('/dev/zero', join(directory, name));
      expect(() => openRun(directory)).toThrow(`${name}: a run consists of regular files`);
      expect(() => resumeRun(directory, sampleManifest(), GIVEN)).toThrow(name);
    }
  });

  test('whose records carry __proto__ leaves no trace on other objects', () => {
    const directory = newRun();
    const evil = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"penalty.type":"decov"}',
    );
    const run = resumeRun(directory, sampleManifest(), GIVEN);
    run.append(sampleRecord(0, { settings: evil }));
    run.close();
    expect(() => openRun(directory).records).toThrow(/settings/);
    const manifest = sampleManifest({ config: { ...config(), __proto__: evil } as Manifest['config'] });
    expect(() => resumeRun(newRun(), manifest, GIVEN).close()).not.toThrow();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('files that a killed writer left are cleared away, and nothing else is', () => {
    const directory = newRun();
    writeFileSync(join(directory, 'comparison.json.0123abcd.tmp'), 'half');
    writeFileSync(join(directory, 'notes.tmp'), 'mine');
    resumeRun(directory, sampleManifest(), GIVEN).close();
    expect(readdirSync(directory).sort()).toEqual([
      'journal.jsonl',
      'manifest.json',
      'notes.tmp',
      'plan.jsonl',
      'sweep.yaml',
    ]);
  });

  function config(): Manifest['config'] {
    return sampleManifest().config;
  }
});

describe('a writer that has lost the run', () => {
  test('stores nothing more, and the one who took it over goes on where it was', () => {
    const directory = newRun();
    const first = resumeRun(directory, sampleManifest(), GIVEN);
    first.append(sampleRecord(0));
    // To another machine the first one looks dead.
    const lock = readdirSync(directory).find((name) => name.startsWith('lock-')) as string;
    rmSync(join(directory, lock));
    const second = resumeRun(directory, sampleManifest(), GIVEN);
    expect(() => first.append(sampleRecord(1))).toThrow(/only one process may write a run/);
    expect(() => first.writeFile('comparison.json', '')).toThrow(/only one process may write a run/);
    second.append(sampleRecord(1, { outcome: { status: 'diverged', epoch: 1, step: 1, reason: '' } }));
    first.close();
    second.close();
    expect(openRun(directory).records).toMatchObject([
      { outcome: { status: 'complete' } },
      { outcome: { status: 'diverged' } },
    ]);
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});
