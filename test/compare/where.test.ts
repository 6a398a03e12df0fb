import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { columnNames } from '../../src/compare/order.ts';
import { filterRows, parseWhere } from '../../src/compare/where.ts';
import { ConfigError } from '../../src/errors.ts';
import { columnHeads } from '../../src/render/columns.ts';
import { exampleRun } from './hand-made-run.ts';

const comparison = compareRuns([exampleRun()]);
const { rows, metrics } = comparison;
const names = columnNames(rows, metrics);
const heads = columnHeads(comparison);

function kept(text: string): string[] {
  return filterRows(rows, parseWhere(text, rows, names, heads)).map(({ penalty }) =>
    penalty === null ? 'baseline' : `${penalty.type}:${penalty.weight}`,
  );
}

describe('--where', () => {
  test.each<[string, string[]]>([
    ['penalty.type=mean', ['baseline', 'mean:0.01']],
    ['penalty.type=mean|smooth-abs', ['baseline', 'mean:0.01', 'smooth-abs:1']],
    ['penalty.type = decov , penalty.weight <= 1', ['baseline', 'decov:1', 'decov:0.1']],
    ['penalty.weight=1e-2', ['baseline', 'mean:0.01']],
    [
      'penalty.type!=decov,penalty.weight<1',
      ['baseline', 'squared-correlation:0.1', 'mean:0.01', 'mean-abs-signed:0.1'],
    ],
    ['test.accuracy>0.9795', ['baseline', 'squared-correlation:0.1']],
    ['mean-abs-correlation.difference<-0.18,test.accuracy>=0.9', ['baseline', 'decov:1']],
    ['penalty.type=none', ['baseline']],
    // As a table heads them, and as other languages write them.
    ['weight==1', ['baseline', 'decov:1', 'mean-abs:1', 'smooth-abs:1']],
    ['weight=>1 and penalty=decov', ['baseline', 'decov:1', 'decov:10']],
    ['weight>=1 AND weight≤1 && penalty<>mean-abs', ['baseline', 'decov:1', 'smooth-abs:1']],
    [`penalty="decov"|'mean',weight='1'`, ['baseline', 'decov:1']],
    ['mean |ρ|<0.05 and part. ratio>10', ['baseline', 'decov:1']],
  ])('%s', (text, expected) => {
    expect(kept(text)).toEqual(expected);
  });

  test.each([
    ['penalty.weight', 'must be conditions'],
    ['penalty.weight>', 'must be conditions'],
    ['penalty.weight>much', 'must be a number behind >'],
    [
      'penalty=decv',
      'must be a value of penalty that a point has, got "decv". Did you mean decov? penalty is ',
    ],
    ['penalty=decov|decv', 'got "decv"'],
    ['penalty!=decv', 'got "decv"'],
    ['weight=abc', 'must be a number behind weight, got "abc". weight is 0, 0.01, 0.1, 1, 10.'],
    ['weight=0.3', 'must be a value of weight that a point has, got "0.3". weight is 0, 0.01, 0.1, 1, 10.'],
    ['weight>100', 'must be conditions that a point fulfils, got "weight>100". weight is 0, '],
    ['weight=10,penalty=mean', 'must be conditions that a point fulfils together'],
    ['penalty=decov or penalty=mean', 'Write penalty=decov|mean'],
    ['penalty=decov||penalty=mean', 'Write penalty=decov|mean'],
    ['weight<>>1', 'one operator each'],
    ['weight:1', 'must be conditions such as'],
    ['penalty.type>3', 'must be a column of numbers before >'],
    ['penalty.typ=mean', 'Did you mean penalty.type?'],
    ['', 'must be conditions'],
    ['__proto__=1', 'must name a column'],
  ])('%s is refused', (text, message) => {
    expect(() => kept(text)).toThrow(ConfigError);
    expect(() => kept(text)).toThrow(message);
  });
});
