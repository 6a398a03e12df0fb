import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

describe('covgrad gradcheck', () => {
  test('prints a verdict for each penalty asked for, and judges the claimed formulas', () => {
    const { code, stdout, stderr } = covgrad(temporaryDirectory(), 'gradcheck', 'mean', 'mean-abs-signed');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}mean .*exact/m);
    expect(stdout).toMatch(/^ {2}mean-abs-signed .*inexact †/m);
    expect(stdout).not.toMatch(/^ {2}decov/m);
    expect(stdout.match(/wrong direction/g)).toHaveLength(3);
  });

  test('--json holds the same in full precision', () => {
    const { code, stdout } = covgrad(temporaryDirectory(), 'gradcheck', 'decov', '--json');
    const { passed, penalties, claims } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(passed).toBe(true);
    expect(penalties.map(({ id }: { id: string }) => id)).toEqual(['decov']);
    expect(claims).toHaveLength(3);
  });

  test('--certificate writes JSON, or Markdown by the name of the file', () => {
    const directory = temporaryDirectory();
    const json = covgrad(directory, 'gradcheck', 'mean', '--certificate', 'gradients.json');
    expect(json.stdout).toMatch(/^gradients\.json: all \d+ cases pass\.\n$/);
    expect(JSON.parse(readFileSync(join(directory, 'gradients.json'), 'utf8')).passed).toBe(true);
    covgrad(directory, 'gradcheck', 'mean', '--certificate', 'gradients.md');
    expect(readFileSync(join(directory, 'gradients.md'), 'utf8')).toMatch(
      /^# Gradient certificate\n\n\*\*Passed/,
    );
  });

  test('an unknown penalty, or a place that cannot be written, is one clear message', () => {
    const unknown = covgrad(temporaryDirectory(), 'gradcheck', 'decow');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/^gradcheck: .*got "decow"\. Did you mean "decov"\?\n$/);
    const both = covgrad(temporaryDirectory(), 'gradcheck', '--json', '--certificate', 'gradients.json');
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/^--json: .*--certificate.*\n$/);
    const nowhere = covgrad(temporaryDirectory(), 'gradcheck', 'mean', '--certificate', 'no/such/place.json');
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/^no\/such\/place\.json: .*\n$/);
  });
});
