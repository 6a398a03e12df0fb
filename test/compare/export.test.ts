import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import {
  comparisonToCsv,
  comparisonToJson,
  csvLines,
  jsonLines,
  jsonParts,
} from '../../src/compare/export.ts';
import { expectClose, expectProbability, T_1 } from './expect-close.ts';
import { exampleRun, FLOOR, handMadeRun } from './hand-made-run.ts';

/** Cells by the name of their column, for CSV without quotes. */
function readCsv(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell])),
  );
}

describe('CSV', () => {
  const csv = comparisonToCsv(compareRuns([exampleRun()]));
  const lines = readCsv(csv);

  test('has one line a point under names that are paths into the JSON', () => {
    expect(lines).toHaveLength(9);
    expect(csv.split('\n')[0]).toMatch(
      /^run,point,baseline,penalty\.type,penalty\.weight,penalty\.exact,trials\.planned,/,
    );
    expect(csv.endsWith('\n')).toBe(true);
  });

  test('every line has as many cells as the head', () => {
    const widths = csv
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').length);
    expect(new Set(widths).size).toBe(1);
  });

  test('numbers are there in full precision', () => {
    const line = lines.find((each) => each['penalty.type'] === 'decov' && each['penalty.weight'] === '1');
    expectClose(Number(line?.['test.accuracy.mean']), 0.9595);
    expectClose(Number(line?.['test.accuracy.halfWidth95']), T_1 * 0.0015);
    expectClose(Number(line?.['test.accuracy.difference.mean']), -0.0195);
    expectClose(Number(line?.['mean-abs-correlation.excess']), 0.0205 - FLOOR);
    expect(line?.seeds).toBe('0 1');
    expect(line?.best).toBe('mean-abs-correlation participation-ratio');
    expect(line?.tradeOff).toBe('true');
  });

  test('the tests of a difference, floors by permutation and standings are there as well', () => {
    const trial = (correlation: number) => ({
      accuracy: 0.9,
      correlation,
      scale: 0.1,
      strength: 0.5,
      permuted: 0.02,
    });
    const baseline = { accuracy: 0.9, correlation: 0.1, scale: 1 };
    const run = handMadeRun([
      { penalty: null, trials: [baseline, { ...baseline, correlation: 0.12 }] },
      { penalty: ['mean', 1], trials: [trial(0.2), trial(0.24)] },
    ]);
    const [, line] = readCsv(comparisonToCsv(compareRuns([run])));
    // Differences 0.1 and 0.12: t = 11 with one degree of freedom.
    const p = (2 / Math.PI) * Math.atan(1 / 11);
    expectProbability(Number(line?.['mean-abs-correlation.difference.p']), p);
    expectProbability(Number(line?.['mean-abs-correlation.difference.holmP']), p);
    expect(line?.['mean-abs-correlation.difference.signFlipP']).toBe('0.5');
    expect(line?.['mean-abs-correlation.difference.smallestSignFlipP']).toBe('0.5');
    expectClose(Number(line?.['mean-abs-correlation.permutedFloor']), 0.02);
    expectClose(Number(line?.['mean-abs-correlation.permutedExcess']), 0.2);
    expectClose(Number(line?.['strength.mean']), 0.5);
    expect(line).toMatchObject({ shrunk: 'true', 'trials.pruned': '0', 'trials.timeout': '0' });
    expect(line?.tied).toBe('mean-abs-correlation');
  });

  test('what is not there is an empty cell, not a zero', () => {
    const baseline = lines[0];
    expect(baseline).toMatchObject({ 'penalty.type': 'none', 'penalty.weight': '0', 'penalty.exact': '' });
    expect(baseline?.['test.accuracy.difference.mean']).toBe('');
    expect(baseline?.['test.accuracy.difference.n']).toBe('0');
  });

  test('text that would run as a formula is disarmed; a negative number stays a number', () => {
    const run = handMadeRun(
      [
        {
          penalty: ['=HYPERLINK("http://a.b","c")', 1],
          settings: { 'data.seed': -3 },
          trials: [{ accuracy: 0.5, correlation: 0.1 }],
        },
      ],
      { name: '@run, "quoted"' },
    );
    const [, line = ''] = comparisonToCsv(compareRuns([run])).split('\n');
    expect(line).toContain(`"'=HYPERLINK(""http://a.b"",""c"")"`);
    expect(line).toMatch(/^"'@run, ""quoted""",/);
    expect(line).toMatch(/,-3,/);
  });

  test.each(['=1', '+1', '-1', '@a', '\t1', '\r1', '\n1', '＝1', '＋1', '－1', '＠a'])(
    'a name that begins as %j is disarmed',
    (name) => {
      const run = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.5, correlation: 0.1 }] }], { name });
      expect(comparisonToCsv(compareRuns([run]))).toContain(`\n"'${name}",`);
    },
  );
});

describe('JSON', () => {
  test('reads back as the comparison', () => {
    const comparison = compareRuns([exampleRun()]);
    const text = comparisonToJson(comparison);
    expect(JSON.parse(text)).toEqual(comparison);
    expect(JSON.parse(text).schemaVersion).toBe(2);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('is in parts what it is as a whole, no part longer than a row', () => {
    const comparison = compareRuns([exampleRun()]);
    const awkward = { ...comparison, metrics: [], differences: [{ text: 'two\nlines, "quoted" \u2028' }] };
    for (const given of [comparison, awkward as unknown as typeof comparison]) {
      const parts = [...jsonParts(given)];
      expect(parts.join('')).toBe(`${JSON.stringify(given, null, 2)}\n`);
      expect(parts.length).toBeGreaterThan(given.rows.length);
    }
  });

  test('lines and CSV come a row at a time', () => {
    const comparison = compareRuns([exampleRun()]);
    expect([...jsonLines(comparison)].map((line) => JSON.parse(line))).toEqual(comparison.rows);
    expect([...csvLines(comparison)]).toHaveLength(1 + comparison.rows.length);
  });
});
