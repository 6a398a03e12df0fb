import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrialRecord } from '../../src/record/record.ts';
import { openRun } from '../../src/store/run.ts';
import { SMALL_SWEEP, SMALL_TRIALS } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad, startCovgrad } from './command-line.ts';
import { stored } from './stored-run.ts';

/** A directory with a run in runs/small. */
function trained(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'small.yaml'), SMALL_SWEEP);
  expect(covgrad(directory, 'sweep', 'small.yaml', '--threads', '2').code).toBe(0);
  return directory;
}

describe('covgrad verify and watch', () => {
  test('a run that was trained returns to the last bit, and one changed number is found', () => {
    const directory = trained();
    const run = openRun(join(directory, 'runs', 'small'));
    const all = covgrad(directory, 'verify', 'runs/small', '--threads', '2');
    expect(all.code).toBe(0);
    expect(all.stdout.match(/all \d{2,} numbers return to the last bit$/gm)).toHaveLength(SMALL_TRIALS);
    const { kernel } = run.manifest;
    expect(kernel.tile).toMatch(/^4x(8|16)$/);
    expect(all.stderr).toBe(
      `Verified: ${SMALL_TRIALS} the same, 0 different, with the ${kernel.tile} tile.\n`,
    );

    // The last digit of the test loss of the second epoch of one trial.
    const tampered = run.records.map((record, index): TrialRecord => {
      if (index !== 4) return record;
      const epochs = record.epochs.map((epoch) =>
        epoch.epoch === 2
          ? { ...epoch, test: { ...epoch.test, loss: epoch.test!.loss * (1 + 2 ** -52) } }
          : epoch,
      );
      return { ...record, epochs };
    });
    // And as if the other tile had computed: no number depends on it.
    const tile = kernel.tile === '4x8' ? '4x16' : '4x8';
    const manifest = { ...run.manifest, name: 'copy', kernel: { ...kernel, tile } as const };
    const copy = stored({ name: 'copy', manifest, records: tampered });
    const { id } = run.records[4] as TrialRecord;
    const one = covgrad(directory, 'verify', copy, id);
    expect(one.code).toBe(1);
    expect(one.stdout).toMatch(
      /^\[1\/1\] .*: DIFFERS first in epoch 2, test\.loss: recorded 0\.\d+, now 0\.\d+\n$/,
    );
    const others = covgrad(directory, 'verify', copy, run.records[0]?.point ?? '');
    expect([others.code, others.stderr]).toEqual([
      0,
      `Verified: 2 the same, 0 different, with the ${kernel.tile} tile (the run: ${tile}).\n`,
    ]);

    // The same run, watched when it is over: every trial a line.
    const watched = covgrad(directory, 'watch', 'runs/small');
    expect(watched.code).toBe(0);
    expect(watched.stdout.match(/^\[\d+\/10\] .* seed [01]: complete$/gm)).toHaveLength(SMALL_TRIALS);
    expect(watched.stdout).toMatch(/\ncomplete: 10 of 10 trials ended, best .*\n$/);

    const pictures = covgrad(
      directory,
      'compare',
      'runs/small',
      '--correlation',
      'decov:1',
      '--curves',
      '--heatmap',
    );
    expect([pictures.code, pictures.stderr]).toEqual([0, '']);
    expect(pictures.stdout).toContain('dense1: 8 units');
  });

  test('what cannot be verified or watched is refused with a remedy and exit code 2', () => {
    const directory = temporaryDirectory();
    for (const command of ['verify', 'watch']) {
      const { code, stderr } = covgrad(directory, command, 'nowhere');
      expect([code, stderr.split('\n')[0]]).toEqual([
        2,
        expect.stringContaining('nowhere: there must be a run here'),
      ]);
    }
    expect(covgrad(directory, 'watch', 'nowhere', '--interval', '0').stderr).toContain(
      '--interval: must be seconds above 0',
    );
  });

  test('a sweep is watched while it runs, and Ctrl-C ends the view but not the sweep', async () => {
    const directory = temporaryDirectory();
    writeFileSync(
      join(directory, 'long.yaml'),
      // So many trials that it cannot end before it is told to.
      SMALL_SWEEP.replace('seeds: 2', 'seeds: 1000').replace('train_samples: 256', 'train_samples: 4096'),
    );
    const sweep = startCovgrad(directory, 'sweep', 'long.yaml', '--threads', '1');
    await sweep.waitFor('[   1/5000]');
    const watch = startCovgrad(directory, 'watch', 'runs/small', '--interval', '0.1');
    await new Promise<void>((resolve) => watch.child.stdout.on('data', () => resolve()));
    watch.child.kill('SIGINT');
    const ended = await watch.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^\[1\/5000\] baseline seed 0: complete\n/);
    expect(ended.stdout).toMatch(/\nrunning: \d+ of 5000 trials ended, best .*\n$/);
    sweep.child.kill('SIGINT');
    expect((await sweep.ended).code).toBe(130);
  });
});
