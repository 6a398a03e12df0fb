/** What a sweep promises, on data from files: no other data on resume, no surprise after loading, one place for paths. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathIn } from '../../src/data/reading/files.ts';
import { openRun } from '../../src/store/run.ts';
import type { SweepEvent } from '../../src/sweep/events.ts';
import { runSweep } from '../../src/sweep.ts';
import { verifyTrials } from '../../src/verify.ts';
import { inProcess } from '../execute/in-process.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { CSV_DATA, npyBytes, optionsFor, regressionText, tableText } from './own-data.ts';

const ROWS = 60;
const X = Array.from({ length: 2 * ROWS }, (_, i) => ((5 * i) % 17) / 17);
const Y = Array.from({ length: ROWS }, (_, i) => (X[2 * i] ?? 0) + (X[2 * i + 1] ?? 0));

function moduleText(shift: number): string {
  return `import { SCALE } from './scale.mjs';
export function load() {
  const x = Float32Array.from({ length: ${2 * ROWS} }, (_, i) => SCALE * ((5 * i) % 17));
  const y = Float32Array.from({ length: ${ROWS} }, (_, i) => x[2 * i] + x[2 * i + 1] + ${shift} * (i % 2));
  const part = (first, last) => ({ x: x.slice(2 * first, 2 * last), y: y.slice(first, last) });
  return { shape: [2], train: part(0, 30), validation: part(30, 45), test: part(45, 60) };
}
`;
}

/** Each source: its files, its section, and files with other data. */
const SOURCES = {
  csv: {
    files: { 'table.csv': tableText() },
    data: CSV_DATA,
    others: { 'table.csv': tableText(120, 1) },
  },
  npy: {
    files: { 'x.npy': npyBytes([ROWS, 2], X), 'y.npy': npyBytes([ROWS], Y) },
    data: '{source: npy, train: {x: x.npy, y: y.npy}, test: 0.2, validation: 0.2}',
    others: {
      'y.npy': npyBytes(
        [ROWS],
        Y.map((y) => 2 * y),
      ),
    },
  },
} as const;

function write(place: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
}

describe.each(Object.entries(SOURCES))('a run over %s', (_, { files, data, others }) => {
  test('goes on with the same data, and refuses others in one message', async () => {
    const place = temporaryDirectory();
    write(place, files);
    const options = await optionsFor(place, regressionText(data), { resume: true });
    await runSweep(options);
    const { manifest, records } = openRun(options.directory);
    expect(manifest.base).toBe(place);
    expect(manifest.data).toMatchObject({ target: { kind: 'numbers', width: 1 } });
    expect(manifest.data.validation).toBeGreaterThan(1);
    expect((await runSweep(options)).trials.complete).toBe(records.length);

    write(place, others);
    await expect(runSweep(options)).rejects.toMatchObject({
      code: 'RUN_DIFFERS',
      message: expect.stringMatching(
        /a run goes on only with .*\n {2}data\.fingerprint: "\w{64}" -> "\w{64}"\n/,
      ),
    });
    expect(openRun(options.directory).records).toEqual(records);
    const { trials } = manifest;
    await expect(
      verifyTrials({ manifest, records, trials, threads: 1, createExecutor: inProcess }),
    ).rejects.toMatchObject({ code: 'DATA_DIFFERS' });
  });

  test('refuses another share for validation', async () => {
    const place = temporaryDirectory();
    write(place, files);
    await runSweep(await optionsFor(place, regressionText(data)));
    const changed = data.replace('validation: 0.2', 'validation: 0.3');
    await expect(
      runSweep(await optionsFor(place, regressionText(changed), { resume: true })),
    ).rejects.toMatchObject({
      code: 'RUN_DIFFERS',
      message: expect.stringMatching(/data\.validation: 0\.2 -> 0\.3/),
    });
  });

  test('says where the data were when they are gone, on resume and verify', async () => {
    const place = temporaryDirectory();
    write(place, files);
    const options = await optionsFor(place, regressionText(data), { resume: true });
    await runSweep(options);
    const { manifest, records, trials } = openRun(options.directory);
    const [name] = Object.keys(files) as [string];
    rmSync(join(place, name));
    const gone = {
      code: 'DATA_FILE_MISSING',
      message: expect.stringContaining(
        `${join(place, name)}: the data of the run own must still be there, got no such file. It read them relative to ${place}:`,
      ),
    };
    await expect(runSweep(options)).rejects.toMatchObject(gone);
    await expect(
      verifyTrials({ manifest, records, trials, threads: 1, createExecutor: inProcess }),
    ).rejects.toMatchObject(gone);
  });

  test('returns to the last bit when it is verified', async () => {
    const place = temporaryDirectory();
    write(place, files);
    const options = await optionsFor(place, regressionText(data));
    await runSweep(options);
    const { manifest, records, trials } = openRun(options.directory);
    const again = await verifyTrials({ manifest, records, trials, threads: 2, createExecutor: inProcess });
    expect(again.trials.map(({ deviation }) => deviation)).toEqual(trials.map(() => null));
  });
});

describe('a run over a module', () => {
  const DATA = '{source: module, module: ./data.mjs}';

  test('has the digests of its code, and goes on beside a change that leaves the data as they are', async () => {
    const place = temporaryDirectory();
    write(place, { 'data.mjs': moduleText(0), 'scale.mjs': 'export const SCALE = 0.1;\n' });
    const options = await optionsFor(place, regressionText(DATA), { resume: true });
    await runSweep(options);
    const { manifest } = openRun(options.directory);
    expect(Object.keys(manifest.digests ?? {})).toEqual(['./data.mjs', 'scale.mjs']);
    write(place, { 'scale.mjs': 'export const SCALE = 0.1; // a tenth\n' });
    await runSweep(options);
    const after = openRun(options.directory);
    expect(after.changes.at(-1)?.differences).toEqual([expect.stringMatching(/^digests\.scale\.mjs: /)]);
    expect(after.manifest.digests?.['scale.mjs']).not.toBe(manifest.digests?.['scale.mjs']);
  });

  test('refuses other data', async () => {
    // Node keeps a module for the life of a process, so the other data come from another file.
    const place = temporaryDirectory();
    write(place, {
      'data.mjs': moduleText(0),
      'other.mjs': moduleText(1),
      'scale.mjs': 'export const SCALE = 0.1;\n',
    });
    await runSweep(await optionsFor(place, regressionText(DATA)));
    const changed = regressionText('{source: module, module: ./other.mjs}');
    await expect(runSweep(await optionsFor(place, changed, { resume: true }))).rejects.toMatchObject({
      code: 'RUN_DIFFERS',
      message: expect.stringMatching(/data\.fingerprint: /),
    });
  });
});

test('a run goes on, and is verified, where its data were moved with the sweep file', async () => {
  const [before, after] = [temporaryDirectory(), join(temporaryDirectory(), 'moved')];
  write(before, SOURCES.csv.files);
  await runSweep(await optionsFor(before, regressionText(CSV_DATA)));
  renameSync(before, after);
  await runSweep(await optionsFor(after, regressionText(CSV_DATA), { resume: true }));
  const { manifest, changes, records, trials } = openRun(join(after, 'run'));
  expect(changes.map(({ differences }) => differences)).toEqual([
    [`base: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`],
  ]);
  const again = await verifyTrials({ manifest, records, trials, threads: 1, createExecutor: inProcess });
  expect(again.trials.every(({ deviation }) => deviation === null)).toBe(true);
});

test('a path in the data may begin in the home directory', () => {
  expect(pathIn('/base', '~/a/x.npy')).toBe(join(homedir(), 'a/x.npy'));
  expect(() => pathIn('/base', '~you/x.npy')).toThrow(/^~you\/x\.npy: a path must begin with ~\//);
});

describe('what only the data tell is said before anything is written', () => {
  const table = tableText();
  const labels = `a,b,y\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 3}`).join('\n')}\n`;

  async function refusal(text: string, content = table): Promise<string> {
    const place = temporaryDirectory();
    write(place, { 'table.csv': content });
    const options = await optionsFor(place, text);
    const error = await runSweep(options).then(
      () => undefined,
      (thrown) => thrown as Error,
    );
    expect(existsSync(options.directory)).toBe(false);
    return error?.message ?? '';
  }

  const classes = (text: string): string => text.replace('  task: regression\n', '');

  test('a penalty that pairs units with more or fewer classes', async () => {
    const text = classes(regressionText(CSV_DATA))
      .replace('{type: decov, weight: 0.1}', '{type: barlow-twins, weight: 0.1, against: labels}')
      .replace(/ {4}penalty\.type.*\n/, '');
    expect(await refusal(text, labels)).toBe(
      'experiment.penalty.against: must have as many units as each penalized layer, since barlow-twins pairs them, got 3 in labels and 6 in dense1. Give dense1 and the other side as many units.',
    );
  });

  test('a network that no kernel can hold', async () => {
    const text = regressionText(CSV_DATA).replace('dense: 6', 'dense: 30000');
    expect(await refusal(text)).toMatch(
      /^experiment\.model: a training must fit into the 4 GiB of a kernel, got at least [\d.]+ GiB\./,
    );
  });

  test('a validation split that some points lack', async () => {
    const sections = `[${CSV_DATA}, {source: csv, train: table.csv, target: y, test: 0.2}]`;
    const text = regressionText(
      CSV_DATA,
      `    data: {values: ${sections}}\n  metric: {name: validation.r2}\n`,
    );
    expect(await refusal(text)).toBe(
      'sweep.metric.name: must be of a split that the data have, got validation.r2 without data.validation. Write test.r2, or validation: 0.1 under data.',
    );
  });

  test('a split that a module brings, where the sweep aims at the test', async () => {
    const place = temporaryDirectory();
    write(place, { 'data.mjs': moduleText(0), 'scale.mjs': 'export const SCALE = 0.1;\n' });
    const text = regressionText('{source: module, module: ./data.mjs}', '  metric: {name: test.r2}\n');
    await expect(runSweep(await optionsFor(place, text))).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringContaining('got test.r2. Write validation.r2.'),
    });
  });

  test('a file that is not there, with its key in the sweep file', async () => {
    const text = regressionText(CSV_DATA.replace('table.csv', 'gone.csv'));
    expect(await refusal(text)).toMatch(
      /^data\.train: .*gone\.csv: a data file must exist, got no such file\./,
    );
  });

  test('what is worth knowing of the data, once', async () => {
    const place = temporaryDirectory();
    write(place, { 'table.csv': table });
    const data = '{source: csv, train: table.csv, test: table.csv, target: y}';
    const events: SweepEvent[] = [];
    const text = regressionText(data).replace('batch_size: 16', 'batch_size: 500');
    const onEvent = (event: SweepEvent): void => void events.push(event);
    await runSweep(await optionsFor(place, text, { onEvent }));
    expect(events.flatMap((event) => (event.type === 'planned' ? event.notes : []))).toEqual([
      expect.stringMatching(/^data\.test: 120 of 120 test samples \(100 %\)/),
      'experiment.training.batch_size: is more than the 120 training samples, so every epoch is one step with all of them.',
    ]);
  });
});
