/** A real SIGHUP for a real sweep, on a terminal of its own: it stops as by SIGTERM, and goes on under nohup. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openRun, type Run } from '../../src/store/run.ts';
import { MAIN } from '../execute/built.ts';
import { SMALL_TRIALS, smallSweep } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { withoutNpm } from './command-line.ts';

/** Every trial takes a noticeable part of a second. */
const LONGER = smallSweep(['epochs: 2', 'epochs: 40'], ['train_samples: 256', 'train_samples: 4096']);

/** The run of a sweep that got a signal after its first trial, and its exit code. */
async function signalled(signal: NodeJS.Signals, prefix: string): Promise<{ run: Run; code: string }> {
  const directory = temporaryDirectory();
  const file = (name: string) => join(directory, name);
  writeFileSync(file('long.yaml'), LONGER);
  writeFileSync(
    file('start.sh'),
    `${prefix} '${process.execPath}' '${MAIN}' sweep long.yaml --name run --threads 1 & echo $! >pid; wait $!; echo $? >code\n`,
  );
  // `script` gives the command a terminal, without which nohup would change nothing.
  const terminal = spawn('script', ['-qec', 'sh start.sh', '/dev/null'], {
    cwd: directory,
    env: withoutNpm(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve, reject) =>
    terminal.on('close', () => resolve()).on('error', reject),
  );
  onTestFinished(() => void terminal.kill('SIGKILL'));
  const journal = join(directory, 'runs', 'run', 'journal.jsonl');
  while (terminal.exitCode === null && !(existsSync(journal) && readFileSync(journal).includes('complete'))) {
    await pause(50);
  }
  process.kill(Number(readFileSync(file('pid'), 'utf8')), signal);
  await ended;
  return { run: openRun(join(directory, 'runs', 'run')), code: readFileSync(file('code'), 'utf8').trim() };
}

const endings = ({ records }: Run): string[] => records.map(({ outcome }) => outcome.status);

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s stops a sweep, whose running trial is stored as interrupted',
  async (signal) => {
    const { run, code } = await signalled(signal, '');
    expect(code).toBe('130');
    expect(endings(run)).toContain('complete');
    expect(endings(run).filter((ending) => ending !== 'complete')).toEqual(['interrupted']);
    expect(run.records.length).toBeLessThan(SMALL_TRIALS);
  },
);

test('under nohup a sweep goes on to its end after SIGHUP', async () => {
  const { run, code } = await signalled('SIGHUP', 'nohup');
  expect(code).toBe('0');
  expect(endings(run)).toEqual(Array.from({ length: SMALL_TRIALS }, () => 'complete'));
});
