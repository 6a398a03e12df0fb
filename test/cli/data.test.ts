/** `covgrad data`: what it tells of sweep files and of files of data. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { idxBytes } from '../codec/idx-bytes.ts';
import { SMALL_SWEEP } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

const TABLE = `age,colour,height,constant
1,red,1.5,7
2,blue,2.5,7
2,red,,7
10,red,4.5,7
`;

/** A directory with files by their names. */
function directoryWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

/** Two images of 4 x 4 pixels: one is black above and white below, the other the reverse. */
const IMAGES = idxBytes(
  0x08,
  [2, 4, 4],
  Uint8Array.from({ length: 32 }, (_, i) => (i >= 8 && i < 24 ? 255 : 0)),
);

describe('of a table', () => {
  test('every column has its type, range, mean, missing and different values', () => {
    const { code, stdout, stderr } = covgrad(directoryWith({ 't.csv': TABLE }), 'data', 't.csv', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { format, table } = JSON.parse(stdout);
    expect([format, table.rows, table.delimiter, table.header]).toEqual(['csv', 4, ',', true]);
    const [age, colour, height, constant] = table.columns;
    expect(age).toMatchObject({
      name: 'age',
      type: 'number',
      values: { count: 4, missing: 0, different: 3 },
    });
    expect(age.values.numbers).toMatchObject({ least: 1, largest: 10, mean: 3.75, whole: true });
    expect(age.values.numbers.deviation ** 2).toBeCloseTo((2.75 ** 2 + 2 * 1.75 ** 2 + 6.25 ** 2) / 4);
    expect(age.values.numbers.histogram).toEqual({ from: 1, to: 11, counts: [1, 2, 0, 0, 0, 0, 0, 0, 0, 1] });
    expect(colour).toMatchObject({ type: 'text', values: { different: 2, numbers: null } });
    expect(colour.values.values).toEqual([
      { value: 'blue', count: 1 },
      { value: 'red', count: 3 },
    ]);
    expect(height.values).toMatchObject({ count: 3, missing: 1, numbers: { whole: false } });
    expect(constant.values.numbers).toMatchObject({ deviation: 0, histogram: { counts: [4] } });
  });

  test('it is drawn with histograms, and the texts with how often each occurs', () => {
    const { stdout } = covgrad(directoryWith({ 't.csv': TABLE }), 'data', 't.csv');
    expect(stdout).toContain('csv, between commas, with a header · 4 rows, 4 columns · ');
    expect(stdout).toMatch(/^ {2}age +number +▅█ {7}▅ +0 +1 +10 +3 +3\.75 +3\.631$/m);
    expect(stdout).toMatch(/^ {2}colour +text +red 3, blue 1 +0 +— +— +2 /m);
  });
});

describe('of arrays', () => {
  test('shapes and types are told, and images are shown in ASCII where there are no colours', () => {
    const directory = directoryWith({ images: IMAGES });
    const { code, stdout } = covgrad(directory, 'data', 'images', '--ascii');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}\[2, 4, 4\] +u8 +/m);
    expect(stdout).toMatch(/^ {5}@@@@\n@@@@$/m);
    expect(stdout).toMatch(/^[\0-\x7f]*$/);
  });
});

test('of a sweep the splits are told as training sees them, with the classes and what --set changes', () => {
  const directory = directoryWith({ 's.yaml': SMALL_SWEEP });
  const set = ['--set', 'experiment.data.train_samples=40', '--set', 'experiment.data.validation=0.25'];
  const { code, stdout } = covgrad(directory, 'data', 's.yaml', ...set, '--json');
  expect(code).toBe(0);
  const { sweep, task, source, splits, normalize } = JSON.parse(stdout);
  expect([sweep, task, source, normalize]).toEqual(['small', 'classification', 'synthetic', 'none']);
  expect(splits.map(({ name, samples }: { name: string; samples: number }) => [name, samples])).toEqual([
    ['train', 30],
    ['validation', 10],
    ['test', 128],
  ]);
  const [train] = splits;
  expect(train.targets.counts.reduce((sum: number, count: number) => sum + count)).toBe(30);
});

test('a test file that is the training file is told with the share of equal samples', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i / 3},${i % 2 === 0 ? 'even' : 'odd'}`).join('\n');
  const sweep = SMALL_SWEEP.replace(
    /data: \{.*?\}/s,
    'data: {source: csv, train: t.csv, test: t.csv, target: parity}',
  );
  const directory = directoryWith({ 't.csv': `x,parity\n${rows}\n`, 's.yaml': sweep });
  const { code, stdout } = covgrad(directory, 'data', 's.yaml');
  expect(code).toBe(0);
  expect(stdout).toContain('40 of 40 test samples (100 %) are training samples as well (both are t.csv)');
  expect(stdout).toMatch(/^ {2}even +20 +20 +█{20}$/m);
});

test('plan and sweep say so as well, once, and train all the same', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i / 3},${i % 2 === 0 ? 'even' : 'odd'}`).join('\n');
  const sweep = SMALL_SWEEP.replace(
    /data: \{.*?\}/s,
    'data: {source: csv, train: t.csv, test: t.csv, target: parity}',
  );
  const directory = directoryWith({ 't.csv': `x,parity\n${rows}\n`, 's.yaml': sweep });
  for (const command of ['plan', 'sweep']) {
    const { code, stderr } = covgrad(directory, command, 's.yaml');
    expect([command, code]).toEqual([command, 0]);
    expect(stderr.match(/40 of 40 test samples/g), stderr).toHaveLength(1);
  }
});

test.each([40, 60, 80, 120])('with %i columns no line is wider', (width) => {
  const wide = `${Array.from({ length: 5 }, (_, i) => `a_rather_long_name_of_column_${i}`).join()}\n1,2,3,4,5\n5,4,3,2,1\n`;
  const directory = directoryWith({ 't.csv': wide, images: IMAGES, 's.yaml': SMALL_SWEEP });
  const { code, stdout } = covgrad(directory, 'data', 't.csv', 'images', 's.yaml', '--width', String(width));
  expect(code).toBe(0);
  for (const line of stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

test.each([
  ['nothing.csv', {}, /nothing\.csv: a data file must exist, got no such file\. Check the path\.\n$/],
  ['.', {}, /a data file must be a regular file, got a directory\. Name the file itself\.\n$/],
  ['empty.csv', { 'empty.csv': '' }, /empty\.csv: a CSV file has at least one record, got none\./],
  ['a.xlsx', { 'a.xlsx': 'PK\u0003\u0004' }, /got \.xlsx\. Save the sheet as CSV\.\n$/],
  ['t.csv.gz', { 't.csv.gz': gzipSync(TABLE) }, /got \.gz\. Unpack it\.\n$/],
  ['a.npy', { 'a.npy': 'no array' }, /a\.npy: /],
  ['images', { images: IMAGES.subarray(0, 40) }, /images: .* promises \[2, 4, 4\] of u8/],
  ['a.csv#x', { 'a.csv': 'x\n1\n' }, /a\.csv/],
])('%s is refused in one line, without a stack', (name, files, message) => {
  const { code, stdout, stderr } = covgrad(directoryWith(files), 'data', name);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
