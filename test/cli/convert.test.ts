import { describe, expect, test } from 'vitest';
import { type ConvertArguments, convertOutput } from '../../src/cli/convert.ts';
import { CovgradError } from '../../src/errors.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

function convert(from: string, to: string, more: Partial<ConvertArguments> = {}): string {
  return convertOutput({ from, to, json: false, ...more });
}

function refusal(from: string, to: string, more: Partial<ConvertArguments> = {}): string {
  try {
    convert(from, to, more);
  } catch (error) {
    if (error instanceof CovgradError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('covgrad convert', () => {
  test('says the weight, a line for a sweep file, and the factor', () => {
    expect(convert('vicreg-covariance:0.04', 'decov', { units: 256, samples: 128 })).toBe(
      [
        'vicreg-covariance at 0.04 has the gradient of decov at 0.0003174406348812698.',
        'penalty: {type: decov, weight: 0.0003174406348812698}',
        'factor 2·n²/(m·(n−1)²) = 0.007936015872031745',
        '',
      ].join('\n'),
    );
  });

  test('--json holds both penalties and the factor', () => {
    expect(JSON.parse(convert('decov:2,ddof=1', 'decov', { samples: 11, json: true }))).toEqual({
      schemaVersion: 1,
      from: { type: 'decov', ddof: 1, weight: 2 },
      to: { type: 'decov', weight: 2.42 },
      samples: 11,
      factor: 1.21,
      formula: 'n²/(n−1)²',
    });
  });

  test('settings that the other penalty needs are in the line for the sweep file', () => {
    const text = convert('coding-rate:0.1', 'log-det,centered=false', { units: 64, samples: 128 });
    expect(text).toContain('penalty: {type: log-det, centered: false, epsilon: 0.00390625, weight: 3.2}');
  });

  test('where no factor is exact it names both formulas and what to do instead, and ends with 1', () => {
    const { code, stdout, stderr } = covgrad(
      temporaryDirectory(),
      ...['convert', '--from', 'squared-correlation:1', '--to', 'decov'],
    );
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('decov = ½(‖C‖²_F − ‖diag C‖²) (centred, divisor n): no factor is exact');
    expect(stderr).toContain('penalty.strength');
    expect(stderr).not.toContain('    at ');
  });

  test.each([
    [
      'a weight that is missing',
      'decov',
      'mean',
      'USAGE --from: must have a weight, got "decov". Write decov:0.1.',
    ],
    ['a weight too many', 'decov:1', 'mean:1', 'USAGE --to: its weight is what is looked for, got "mean:1".'],
    [
      'an unknown penalty',
      'decof:1',
      'mean',
      'USAGE --from: must be a penalty of the catalogue, got "decof". Did you mean "decov"?',
    ],
    [
      'a weight that is no number',
      'decov:x',
      'mean',
      'USAGE --from decov: weight must be a number, got "x".',
    ],
    [
      'a negative weight',
      'decov:-1',
      'mean',
      'USAGE --from: a weight must be a number of at least 0, got "decov:-1".',
    ],
    [
      'an unknown setting',
      'decov:1,delta=2',
      'mean',
      'USAGE --from decov: a setting must be one of centered, ddof, got "delta=2".',
    ],
    [
      'a setting out of range',
      'huber:1,delta=0',
      'huber',
      'USAGE --from huber: delta must be a finite number above 0, got 0.',
    ],
    [
      'a ddof that no sweep takes',
      'decov:1,ddof=2',
      'decov',
      'USAGE --from decov: ddof must be 0 or 1, got 2.',
    ],
    [
      'no truth value',
      'decov:1,centered=1',
      'decov',
      'USAGE --from decov: centered must be true or false, got "1".',
    ],
    [
      'a size that is missing',
      'decov:1',
      'vicreg-covariance',
      'USAGE convert: the factor depends on m, got no --units.',
    ],
  ])('%s is refused by name', (_what, from, to, message) => {
    expect(refusal(from, to).startsWith(message)).toBe(true);
  });

  test('a size that is none is refused by its option', () => {
    expect(refusal('decov:1', 'mean', { units: 1 })).toMatch(
      /^USAGE --units: must be a whole number from 2, got 1\./,
    );
    expect(refusal('decov:1', 'mean', { samples: 'many' })).toMatch(
      /^USAGE --samples: must be a whole number/,
    );
  });
});
