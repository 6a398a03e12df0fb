import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { columnNames } from '../../src/compare/order.ts';
import { filterRows, parseWhere } from '../../src/compare/where.ts';
import { ConfigError } from '../../src/errors.ts';
import { exampleRun } from './hand-made-run.ts';

const { rows, metrics } = compareRuns([exampleRun()]);
const names = columnNames(rows, metrics);

function kept(text: string): string[] {
  return filterRows(rows, parseWhere(text, rows, names)).map(({ penalty }) =>
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
    ['penalty.type=nothing', ['baseline']],
  ])('%s', (text, expected) => {
    expect(kept(text)).toEqual(expected);
  });

  test.each([
    ['penalty.weight', 'must be conditions'],
    ['penalty.weight>', 'must be conditions'],
    ['penalty.weight>much', 'must be a number behind >'],
    ['penalty.type>3', 'must be a column of numbers before >'],
    ['penalty.typ=mean', 'Did you mean penalty.type?'],
    ['', 'must be conditions'],
    ['__proto__=1', 'must name a column'],
  ])('%s is refused', (text, message) => {
    expect(() => kept(text)).toThrow(ConfigError);
    expect(() => kept(text)).toThrow(message);
  });
});
