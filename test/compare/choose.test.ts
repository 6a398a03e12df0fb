import { describe, expect, test } from 'vitest';
import { choosePoint, type Nameable } from '../../src/compare/choose.ts';
import { ConfigError } from '../../src/errors.ts';

const points: Nameable[] = [
  { point: 'aa11', baseline: true, penalty: null, settings: {} },
  { point: 'ab22', baseline: false, penalty: { type: 'decov', weight: 0.1, strength: null }, settings: {} },
  { point: 'cc33', baseline: false, penalty: { type: 'decov', weight: 1, strength: null }, settings: {} },
  {
    point: 'dd44',
    baseline: false,
    penalty: { type: 'mean', weight: 1, strength: null },
    settings: { 'penalty.type': 'mean', 'training.epochs': 3 },
  },
  { point: 'ee55', baseline: false, penalty: { type: 'mean', weight: 1, strength: null }, settings: {} },
];
const choose = (word: string): string => choosePoint('--correlation', word, points).point;

describe('a point', () => {
  test.each([
    ['decov:0.1', 'ab22'],
    ['decov:1e-1', 'ab22'],
    ['baseline', 'aa11'],
    ['none', 'aa11'],
    ['cc', 'cc33'],
    ['ee55', 'ee55'],
  ])('is found by %s', (word, point) => {
    expect(choose(word)).toBe(point);
  });

  test('whose weight follows from a strength is found by that', () => {
    const strong = (point: string, strength: number): Nameable => ({
      point,
      baseline: false,
      penalty: { type: 'decov', weight: 0.7, strength },
      settings: {},
    });
    const some = [strong('aa11', 0.1), strong('bb22', 0.3)];
    expect(choosePoint('trial', 'decov:strength=0.3', some).point).toBe('bb22');
    expect(() => choosePoint('trial', 'decov:0.7', some)).toThrow('decov:strength=0.1, decov:strength=0.3');
  });

  test('that is not there is refused with those that are', () => {
    expect(() => choose('decov:7')).toThrow(ConfigError);
    expect(() => choose('decov:7')).toThrow('There are baseline, decov:0.1, decov:1, mean:1.');
    expect(() => choose('')).toThrow('got ""');
    for (const word of ['decov:', 'decov:0x1', 'decov:1:2', 'decov:1 or so']) {
      expect(() => choose(word)).toThrow(`got "${word}"`);
    }
  });

  test('that could be several is refused with names that tell them apart', () => {
    expect(() => choose('decov')).toThrow('got "decov" for 2. Choose of decov:0.1, decov:1.');
    expect(() => choose('mean:1')).toThrow('Choose of dd44 (training.epochs=3), ee55.');
  });

  test('given several times, once for each of its seeds, is one', () => {
    expect(choosePoint('trial', 'decov:0.1', [...points, ...points]).point).toBe('ab22');
  });
});
