/** The benchmark's command line: it runs in parts, verifies what it times, and explains its flags. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TOLERANCES } from '../tolerances.ts';

const SCRIPT = fileURLToPath(new URL('run.mjs', import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
}

describe('the benchmark', () => {
  it('runs one part alone, verified against the reference, and answers in JSON', () => {
    const flags =
      '--only penalties --penalties decov,mean --shapes 8x5 --rounds 1 --ms 1 --peers none --json';
    const { status, stdout } = bench(...flags.split(' '));
    expect(status).toBe(0);
    const { penalties, products, missing } = JSON.parse(stdout);
    expect(products).toBeUndefined();
    expect(missing.filter(({ id }: { id: string }) => id !== 'fma')).toEqual([]);
    expect(penalties.map(({ task, shape }: { task: string; shape: string }) => [task, shape])).toEqual([
      ['decov', '8x5'],
      ['mean', '8x5'],
    ]);
    for (const { results } of penalties) {
      expect(results.simd.runs).toBeGreaterThan(0);
      expect(results.simd.medianUs).toBeGreaterThanOrEqual(results.simd.bestUs);
      expect(results.simd.error).toBeLessThanOrEqual(TOLERANCES.penalty.f32);
    }
  });

  it('takes a program of Node once, however often it is named', () => {
    const flags = `--only penalties --penalties decov --shapes 8x5 --rounds 1 --ms 1 --peers none --json`;
    const { status, stdout } = bench(...flags.split(' '), '--node', process.execPath);
    expect(status).toBe(0);
    const { sides, missing } = JSON.parse(stdout);
    expect([...Object.keys(sides), ...missing.map(({ id }: { id: string }) => id)].toSorted()).toEqual([
      'fma',
      'simd',
    ]);
  });

  it.each([
    ['--node nowhere/node', '--node: it must be a program of Node, got "nowhere/node"'],
    ['--only kernel', '--only: it must list some of load, products, penalties'],
    ['--shapes 64', '--shapes: each must be units x samples'],
    ['--wrong', "Unknown option '--wrong'"],
  ])('refuses %s and shows its usage', (flags, message) => {
    const { status, stdout, stderr } = bench(...flags.split(' '));
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('npm run bench -- [flags]');
  });
});
