/** YAML from outside: what is refused before or while it is parsed, and where a value stands. */
import { describe, expect, test } from 'vitest';
import { DEEPEST_NESTING, readYaml } from '../../src/config/document.ts';
import { problemsOf, sweepFile } from './sweep-file.ts';

describe('YAML that is not accepted', () => {
  test.each([
    ['a tab as indentation', 'name: a\nsweep:\n\tseeds: 1\n', '3:1 : Tabs are not allowed as indentation'],
    [
      'a key that is given twice',
      'name: a\nname: b\n',
      '2:1 : a key must be given once, got it a second time. Remove one of the two',
    ],
    ['a bracket that is not closed', 'name: [1\n', '2:1 : Flow sequence in block collection must be'],
    ['a value that begins with @', 'name: @a\n', '1:7 : Plain value cannot start with reserved character @'],
    ['a second document', 'name: a\n---\nname: b\n', '2:1 : must be a single document, got a second one'],
    [
      'a directive for YAML 1.1',
      '%YAML 1.1\n---\nname: yes\n',
      '1:1 : must be YAML 1.2, got a directive for 1.1',
    ],
    ['an unknown tag', 'name: !!js/function a\n', '1:7 : Unresolved tag: tag:yaml.org,2002:js/function'],
    ['a list as a key', '? [a]\n: 1\n', '1:3 : a key must be text, got a list, a mapping or an alias'],
    [
      'an alias before its anchor',
      'a: *x\nb: &x 1\n',
      '1:4 : an alias must follow its anchor, got *x without &x',
    ],
    [
      'an alias inside its anchor',
      'a: &x [*x]\n',
      '1:8 : an alias must not stand inside its anchor, got *x in it',
    ],
    ['the key __proto__', 'sweep:\n  __proto__: {a: 1}\n', '2:3 : a key must not be __proto__. Rename it'],
    [
      'the key constructor',
      'constructor: {prototype: {a: 1}}\n',
      '1:1 : a key must not be constructor. Rename it',
    ],
  ])('%s', (_claim, text, problem) => {
    expect(problemsOf(text)[0]?.slice(0, problem.length)).toBe(problem);
  });

  test('several faults are reported together', () => {
    expect(problemsOf('a: @b\na: *x\n__proto__: 1\n').map((problem) => problem.split(' ')[0])).toEqual([
      '1:4',
      '2:1',
      '2:4',
      '3:1',
    ]);
  });

  test('aliases that multiply', () => {
    const ten = (entry: string) => `[${Array(10).fill(entry).join(', ')}]`;
    const bomb = `a: &a ${ten('1')}\nb: &b ${ten('*a')}\nc: &c ${ten('*b')}\nd: &d ${ten('*c')}\ne: ${ten('*d')}\n`;
    expect(problemsOf(bomb)).toEqual([
      '1:1 : aliases must not multiply the document, got too many. Write the values out',
    ]);
  });

  test.each([
    ['lists on one line', '['],
    ['mappings on one line', '{a: '],
    ['lists by dashes', '- '],
    ['keys by question marks', '? '],
  ])('nesting of %s beyond any sweep, however deep', (_claim, opening) => {
    for (const depth of [DEEPEST_NESTING + 1, 20_000]) {
      expect(problemsOf(opening.repeat(depth))).toEqual([
        expect.stringMatching(/^1:\d+ : must not nest deeper than 64 levels$/),
      ]);
    }
  });

  test('nesting by indentation beyond any sweep', () => {
    const text = Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n');
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^6\d:\d+ : must not nest deeper than 64 levels$/),
    ]);
  });

  test('nothing that is refused leaves a trace on other objects', () => {
    problemsOf('__proto__: {polluted: 1}\n');
    problemsOf(
      sweepFile({
        parameters:
          '  parameters: {__proto__.polluted: {value: 1}, penalty.__proto__.polluted: {value: 1}, penalty.constructor.prototype.polluted: {value: 1}}',
      }),
    );
    expect('polluted' in {}).toBe(false);
  });
});

describe('merge keys, as YAML 1.1 has them,', () => {
  function read(text: string): unknown {
    const reading = readYaml(text);
    if ('problems' in reading) throw new Error(reading.problems[0]?.message);
    return reading.document.value;
  }

  test('put the keys of another mapping where they stand, and give way to own keys', () => {
    expect(read('a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: {<<: *a, z: 4}\n')).toEqual({
      a: { x: 1, y: 2 },
      b: { y: 3, x: 1 },
      c: { x: 1, y: 2, z: 4 },
    });
  });

  test('take a list, of which the first that has a key counts, and mappings that merge others', () => {
    expect(
      read('a: &a {x: 1}\nb: &b {x: 2, y: 2, <<: *a}\nc: {<<: [*a, *b]}\nd: {<<: {e: 1}}\n'),
    ).toMatchObject({
      c: { x: 1, y: 2 },
      d: { e: 1 },
    });
  });

  test('are keys like others in quotes', () => {
    expect(read('a: {"<<": 1}\n')).toEqual({ a: { '<<': 1 } });
  });

  test.each([
    ['a: {<<: 1}\n', '1:9 : a key << must merge a mapping or a list of mappings, such as <<: *name'],
    [
      'a: &a [1]\nb: {<<: *a}\n',
      '2:9 : a key << must merge a mapping or a list of mappings, such as <<: *name',
    ],
    ['a: {<<: *b}\n', '1:9 : an alias must follow its anchor, got *b without &b'],
    ['a: &a {<<: *a}\n', '1:12 : an alias must not stand inside its anchor, got *a in it'],
    ['a: {<<: {__proto__: {b: 1}}}\n', '1:10 : a key must not be __proto__. Rename it'],
  ])('are refused where they merge nothing, or what no mapping may hold: %s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
    expect('b' in {}).toBe(false);
  });

  test('that multiply the document are refused', () => {
    const doubling = Array.from(
      { length: 40 },
      (_, at) => `k${at + 1}: &k${at + 1} {<<: [*k${at}, *k${at}]}\n`,
    );
    expect(problemsOf(`k0: &k0 {a: 1}\n${doubling.join('')}`)).toEqual([
      '1:1 : aliases must not multiply the document, got too many. Write the values out',
    ]);
  });

  test('lead to the place of what they merge', () => {
    expect(
      problemsOf(
        sweepFile({
          name: 'name: small\nx-t: &t {epochs: 0}',
          training: '  training: {<<: *t, optimizer: {type: sgd, learning_rate: 0.1}}',
        }),
      ),
    ).toEqual(['2:18 experiment.training.epochs: must be a whole number from 1 to 100000, got 0']);
  });
});

describe('what an unwary parser takes the square of its length for', () => {
  test('is read: thousands of aliases of one value, thousands of anchors', () => {
    const aliases = readYaml(`a: &a 1\nb: [${Array(20_000).fill('*a').join(', ')}]\n`);
    const anchors = readYaml(
      `b: [${Array.from({ length: 5000 }, (_, at) => `&a${at} 1, *a${at}`).join(', ')}]\n`,
    );
    for (const reading of [aliases, anchors]) expect('document' in reading).toBe(true);
  });

  test('is refused with all its problems: thousands of keys that are given twice', () => {
    const reading = readYaml(Array.from({ length: 5000 }, (_, at) => `k${at}: 1\nk${at}: 2\n`).join(''));
    expect('problems' in reading && reading.problems.length).toBe(5000);
  });
});

describe('positions', () => {
  const text = 'a:\n  - {b: 1, "c": &x [true, no]}\nd: *x\n0: e\n';

  function locate(path: (string | number)[], at: 'key' | 'value'): string {
    const reading = readYaml(text);
    if ('problems' in reading) throw new Error('the text must be valid');
    const { line, column } = reading.document.locate(path, at);
    return `${line}:${column}`;
  }

  test('of a value and of its key', () => {
    expect(locate(['a', 0, 'b'], 'value')).toBe('2:9');
    expect(locate(['a', 0, 'b'], 'key')).toBe('2:6');
    expect(locate(['a', 0, 'c', 1], 'value')).toBe('2:27');
    expect(locate(['0'], 'value')).toBe('4:4');
  });

  test('of a value behind an alias are those of its anchor', () => {
    expect(locate(['d', 1], 'value')).toBe('2:27');
  });

  test('of what is not there are those of the part around it', () => {
    expect(locate(['a', 0, 'x', 'y'], 'value')).toBe('2:5');
    expect(locate(['z'], 'key')).toBe('1:1');
  });
});
