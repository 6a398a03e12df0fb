/** CSV as a source, by tables that Python's csv module wrote: columns, classes, text, missing values, refusals with their line. */
import { describe, expect, test } from 'vitest';
import { TOLERANCES } from '../../tolerances.ts';
import { difference, EXPECTED, folder, load, refusal } from '../loading.ts';

const { homes } = EXPECTED;
const { path, write } = folder();
const PLAIN = { source: 'csv', normalize: 'none' } as const;
const OF_KIND = { ...PLAIN, target: 'kind', exclude: ['price', 'rooms'] } as const;

/** A table that is both splits. */
function both(file: string): { train: string; test: string } {
  return { train: file, test: file };
}

describe('a table', () => {
  test.each(['homes.csv', 'homes-semicolon.csv', 'homes-tab.csv'])(
    '%s: numbers as they are, text as a feature for each value, classes by name',
    async (file) => {
      const { train, target, shape } = await load({ ...OF_KIND, ...both(file) });
      expect([shape, target]).toEqual([[7], { kind: 'classes', classes: 3, names: homes.kinds }]);
      expect([...train.values]).toEqual(homes.inputs);
      expect([...train.targets!]).toEqual(homes.labels);
      expect(train.targets).toBeInstanceOf(Uint8Array);
    },
  );

  test.each(['semicolon', ';'])('has the delimiter %j that the settings name', async (delimiter) => {
    write('comma.csv', 'x;y\n1,5;a\n2,5;b\n');
    const data = { ...PLAIN, ...both('comma.csv'), target: 'y' };
    expect((await load({ ...data, delimiter }, undefined, path)).features).toBe(2);
    expect(await refusal('DATA_COLUMN', { ...data, delimiter: 'tab' }, undefined, path)).toMatch(
      /got "y"\. There are: x;y\./,
    );
  });

  test('without a header names its columns by number', async () => {
    const table = { ...PLAIN, ...both('homes-no-header.csv'), target: 'column_3' };
    const { train, target } = await load(table, 'regression');
    expect(target).toEqual({ kind: 'numbers', width: 1, names: ['column_3'] });
    expect([...train.targets!]).toEqual(homes.prices);
    expect(train.values[0]).toBe(20);
  });

  test('gives a regression several columns, in the order of the settings', async () => {
    const table = { ...PLAIN, ...both('homes.csv'), target: ['rooms', 'price'], features: ['age'] };
    const { train, target, shape } = await load(table, 'regression');
    expect([shape, target]).toEqual([[1], { kind: 'numbers', width: 2, names: ['rooms', 'price'] }]);
    expect([...train.targets!]).toEqual(homes.prices.flatMap((price, row) => [homes.rooms[row], price]));
  });

  test('is encoded whole but for a target that is named, in another order of the columns as well', async () => {
    write('turned.csv', 'b,a\n2,1\n4,3\n');
    write('ab.csv', 'a,b\n1,2\n3,4\n5,6\n');
    const {
      train,
      test: held,
      target,
    } = await load({ ...PLAIN, train: 'ab.csv', test: 'turned.csv' }, 'autoencoding', path);
    expect(target).toEqual({ kind: 'inputs' });
    expect([[...train.values], [...held.values]]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4],
    ]);
    const without = await load({ ...PLAIN, ...both('ab.csv'), target: 'a' }, 'autoencoding', path);
    expect(without.features).toBe(1);
  });

  test('is standardized unless it says otherwise', async () => {
    const { train } = await load(
      { source: 'csv', ...both('homes.csv'), target: 'price', features: ['age'] },
      'regression',
    );
    const deviation = Math.sqrt((30 ** 2 - 1) / 12);
    const expected = Array.from({ length: 30 }, (_, row) => (row - 14.5) / deviation);
    expect(difference(train.values, expected)).toBeLessThan(TOLERANCES.normalized);
  });

  test('of pixels gets a shape, and its channels last', async () => {
    write('pixels.csv', 'label,r1,r2,g1,g2\n0,1,2,3,4\n1,5,6,7,8\n');
    const images = { ...PLAIN, ...both('pixels.csv'), target: 'label', shape: [1, 2, 2] };
    const last = await load({ ...images, layout: 'channels-first' }, undefined, path);
    expect([last.shape, [...last.train.values]]).toEqual([
      [1, 2, 2],
      [1, 3, 2, 4, 5, 7, 6, 8],
    ]);
    expect([...(await load(images, undefined, path)).train.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await refusal('DATA_SHAPE', { ...images, shape: [3, 3, 1] }, undefined, path)).toMatch(
      /pixels\.csv: inputs must have the numbers of the shape 3 x 3 x 1, got 4 features\. /,
    );
  });

  test('numbers one class however it is written, and orders classes by value', async () => {
    write('written.csv', 'x,y\n1,10\n2,9\n3,10.0\n4,1e1\n5,9\n');
    const { train, target } = await load({ ...PLAIN, ...both('written.csv'), target: 'y' }, undefined, path);
    expect(target).toEqual({ kind: 'classes', classes: 2, names: ['9', '10'] });
    expect([...train.targets!]).toEqual([1, 0, 1, 1, 0]);
  });

  test('keeps numbers before the first text as categories, and spaces apart from values', async () => {
    write('mixed.csv', 'x,y\n1,a\n 2 ,b\n3+,a\n1,b\n');
    const { train, features } = await load({ ...PLAIN, ...both('mixed.csv'), target: 'y' }, undefined, path);
    expect(features).toBe(3);
    expect([...train.values]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]);
  });

  test.each(['\n', '\r\n', '\r'])(
    'with lines that end with %j is read whole, text at its end too',
    async (end) => {
      const rows = ['x,c,y', '1,1,a', '"2",2,"b"', '3,3,a', '4,"d\n",b'];
      write('ends.csv', rows.join(end));
      const numbers = { ...PLAIN, ...both('ends.csv'), target: 'y' };
      const { train } = await load({ ...numbers, features: ['x'] }, undefined, path);
      expect([[...train.values], [...train.targets!]]).toEqual([
        [1, 2, 3, 4],
        [0, 1, 0, 1],
      ]);
      const { features } = await load(numbers, undefined, path);
      expect(features).toBe(5);
    },
  );

  test('of which only the test file holds text is read alike in both', async () => {
    write('digits.csv', 'x,y\n1,a\n2,b\n');
    write('words.csv', 'x,y\n1,a\nthree,b\n');
    const data = { ...PLAIN, train: 'digits.csv', test: 'words.csv', target: 'y' };
    const { train, test: held } = await load(data, undefined, path);
    expect([[...train.values], [...held.values]]).toEqual([
      [1, 0, 0, 0, 1, 0],
      [1, 0, 0, 0, 0, 1],
    ]);
  });

  test('has more than 256 classes', async () => {
    const rows = Array.from({ length: 600 }, (_, row) => `${row % 300},c${row % 300}`);
    write('many.csv', `x,y\n${rows.join('\n')}\n`);
    const { train, target } = await load({ ...PLAIN, ...both('many.csv'), target: 'y' }, undefined, path);
    expect(target).toMatchObject({ classes: 300 });
    expect(train.targets).toBeInstanceOf(Int32Array);
    expect(new Set(train.targets!).size).toBe(300);
  });

  test.each(['0x10', '0b1', ' 0o7', '0X', '1_000', 'Infinite', '--1', '1,5'])(
    'does not take %s for a number',
    async (text) => {
      write('text.csv', `x;y\n1;a\n${text};b\n2;a\n`);
      const { features } = await load({ ...PLAIN, ...both('text.csv'), target: 'y' }, undefined, path);
      expect(features).toBe(3);
    },
  );

  test.each(['+1', '.5', '5.', '1e-3', ' 7 ', '-0'])('takes %j for a number', async (text) => {
    write('number.csv', `x;y\n1;a\n${text};b\n2;a\n`);
    const { features, train } = await load({ ...PLAIN, ...both('number.csv'), target: 'y' }, undefined, path);
    expect([features, train.values[1]]).toEqual([1, Math.fround(Number(text))]);
  });
});

describe('missing values', () => {
  const holes = { ...OF_KIND, ...both('homes-holes.csv') };

  test('are refused with line and column', async () => {
    expect(await refusal('DATA_MISSING', holes)).toMatch(
      /homes-holes\.csv: line 6, column "income": a value must be given, got none\. Write missing: drop, or missing: mean, or mend the file\.$/,
    );
  });

  test('leave their rows out, targets as well', async () => {
    const { train } = await load({ ...holes, missing: 'drop' });
    const kept = homes.labels.filter((_, row) => ![4, 9, 20].includes(row));
    expect([...train.targets!]).toEqual(kept);
    expect(train.values).toHaveLength(27 * 7);
  });

  test('become the mean of the training samples; of text the share of each value', async () => {
    write('gaps.csv', 'x,c,y\n1,a,0\n,b,1\n4,NA,0\n7,b,1\n');
    const { train } = await load(
      { ...PLAIN, ...both('gaps.csv'), target: 'y', missing: 'mean' },
      undefined,
      path,
    );
    const [third, two] = [1 / 3, 2 / 3].map(Math.fround);
    expect([...train.values]).toEqual([1, 1, 0, 4, 0, 1, 4, third, two, 7, 0, 1]);
  });

  test('of a target are refused where they cannot be dropped', async () => {
    expect(await refusal('DATA_MISSING', { ...holes, missing: 'mean' })).toMatch(
      /line 22, column "kind": a value must be given, got none\. Write missing: drop, or mend the file\.$/,
    );
  });

  test('infinity and what float32 has no room for are refused with the line', async () => {
    write('inf.csv', 'x,y\n1,0\n-inf,1\n');
    write('large.csv', 'x,y\n1,0\n2,1e39\n');
    expect(
      await refusal('DATA_NOT_FINITE', { ...PLAIN, ...both('inf.csv'), target: 'y' }, undefined, path),
    ).toMatch(
      /inf\.csv: line 3, column "x": a number must be finite in float32, got -Infinity\. Write missing: drop/,
    );
    expect(
      await refusal('DATA_NOT_FINITE', { ...PLAIN, ...both('large.csv'), target: 'y' }, 'regression', path),
    ).toMatch(/large\.csv: line 3, column "y": .* got 1e\+39/);
  });
});

describe('what goes wrong', () => {
  const table = { ...PLAIN, ...both('homes.csv') };

  test.each([
    [
      'a target that is not there',
      { target: 'prize' },
      'DATA_COLUMN',
      /homes\.csv: a column must be in the table, got "prize"\. There are: age, income, city/,
    ],
    ['a feature that is not there', { target: 'kind', features: ['ages'] }, 'DATA_COLUMN', /got "ages"/],
    ['an excluded column that is not there', { target: 'kind', exclude: ['x'] }, 'DATA_COLUMN', /got "x"/],
    [
      'a feature named twice',
      { target: 'kind', features: ['age', 'age'] },
      'DATA_COLUMN',
      /a column must be named once, got "age" twice/,
    ],
    [
      'no target',
      {},
      'DATA_TARGETS',
      /^data\.target: a classification must have a target, got none\. Name its column, or write task: autoencoding\.$/,
    ],
    [
      'two targets',
      { target: ['kind', 'owner'] },
      'DATA_TARGETS',
      /must have one target, got 2\. Name one column, or write task: regression\.$/,
    ],
    [
      'no inputs',
      { target: 'kind', features: ['kind'] },
      'DATA_COLUMN',
      /there must be columns of inputs, got none/,
    ],
    [
      'text where it is not wanted',
      { target: 'kind', categorical: 'error' },
      'DATA_COLUMN',
      /inputs must be numbers where categorical is error, got text in city, owner\. Write exclude: \[city, owner\], or categorical: one-hot\.$/,
    ],
    [
      'classes with fractions',
      { target: 'rooms' },
      'DATA_LABEL',
      /column "rooms": classes must be whole numbers or text, got numbers with fractions\. Write task: regression to learn numbers\.$/,
    ],
  ])('%s: refused by name', async (_, settings, code, message) => {
    expect(await refusal(code, { ...table, ...settings })).toMatch(message);
  });

  test('a regression on text is refused with the line', async () => {
    expect(await refusal('DATA_COLUMN', { ...table, target: 'kind' }, 'regression')).toMatch(
      /line 2, column "kind": the target of a regression must be a number, got "flat"\. Write task: classification/,
    );
  });

  test('a test table without a column names it', async () => {
    write('train.csv', 'a,b,y\n1,2,0\n3,4,1\n');
    write('narrow.csv', 'a,y\n1,0\n3,1\n');
    const split = { ...PLAIN, train: 'train.csv', test: 'narrow.csv', target: 'y' };
    expect(await refusal('DATA_COLUMN', split, undefined, path)).toMatch(
      /narrow\.csv: a column must be in the table, got "b"\. There are: a, y\./,
    );
  });

  test('a column of numbers with a slip of the pen is refused with its line, not made a thousand features', async () => {
    const rows = Array.from({ length: 1500 }, (_, row) => `${row === 1200 ? 'l200' : row},${row % 2}`);
    write('slip.csv', `x,y\n${rows.join('\n')}\n`);
    expect(
      await refusal('DATA_COLUMN', { ...PLAIN, ...both('slip.csv'), target: 'y' }, undefined, path),
    ).toMatch(
      /slip\.csv: column "x": text must have at most 1000 different values, got more, numbers and "l200" in line 1202\. Write exclude: \[x\], or mend the file\.$/,
    );
  });

  test('one class only is refused by its name', async () => {
    write('one.csv', 'x,y\n1,cat\n2,cat\n3,cat\n4,cat\n');
    const split = { ...PLAIN, train: 'one.csv', test: 0.5, target: 'y' };
    expect(await refusal('DATA_ONE_CLASS', split, undefined, path)).toMatch(
      /^data: the training samples must have at least two classes, got only class cat\. Check the labels\.$/,
    );
  });

  test('a target that never changes is refused by its name', async () => {
    write('flat.csv', 'x,y,z\n1,5,1\n2,5,2\n3,5,3\n4,5,4\n');
    const split = { ...PLAIN, train: 'flat.csv', test: 0.5, target: ['z', 'y'] };
    expect(await refusal('DATA_CONSTANT', split, 'regression', path)).toMatch(
      /^data: target "y" must differ among the training samples, got only 5\. /,
    );
  });

  test.each(['', 'x,y\n', '\n\n'])('a table without rows (%j) is refused', async (content) => {
    write('empty.csv', content);
    const message = await refusal(
      content.includes('x') ? 'DATA_SPLIT' : 'DATA_CSV',
      { ...PLAIN, ...both('empty.csv'), target: 'y' },
      undefined,
      path,
    );
    expect(message).toMatch(/empty\.csv: .* got none\. Name a file with data\.$/);
  });

  test('a note tells classes that no training sample has', async () => {
    write('here.csv', 'x,y\n1,a\n2,b\n3,a\n');
    write('there.csv', 'x,y\n4,a\n5,c\n');
    const { notes } = await load(
      { ...PLAIN, train: 'here.csv', test: 'there.csv', target: 'y' },
      undefined,
      path,
    );
    expect(notes).toEqual(['data.train: 1 of 3 classes have no training sample: c.']);
  });
});
