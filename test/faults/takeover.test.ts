/** Stops a coordinator in the middle of its work, lets another one take its run over, and wakes it up again. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readJournal } from '../../src/store/journal.ts';
import { openRun } from '../../src/store/run.ts';
import { smallSweep, withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { COORDINATOR, report } from './report.ts';

/** In a process namespace of its own a coordinator is to others what one on another machine is. */
const APART = ['--pid', '--fork', '--kill-child'];
const APART_IS_POSSIBLE =
  process.platform === 'linux' && spawnSync('unshare', [...APART, 'true']).status === 0;

const SWEEP = smallSweep(['epochs: 2', 'epochs: 30'], ['train_samples: 256', 'train_samples: 1024']);

test.skipIf(!APART_IS_POSSIBLE)(
  'a coordinator that was stopped, passed over and woken up stores nothing more',
  async () => {
    const place = temporaryDirectory();
    const file = join(place, 'small.yaml');
    const directory = join(place, 'run');
    writeFileSync(file, SWEEP);

    const first = spawn('unshare', [...APART, process.execPath, COORDINATOR, file, directory]);
    onTestFinished(() => void first.kill('SIGKILL'));
    const ended = once(first, 'close');
    let complaint = '';
    first.stderr.setEncoding('utf8').on('data', (text) => {
      complaint += text;
    });
    await new Promise<void>((resolve) => {
      let words = '';
      first.stdout.setEncoding('utf8').on('data', (text) => {
        words += text;
        if (words.includes('trialFinished')) resolve();
      });
    });
    const coordinator = Number(readFileSync(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8'));
    process.kill(coordinator, 'SIGSTOP');
    const stored = readJournal(join(directory, 'journal.jsonl')).records.length;

    const resume = () => spawnSync(process.execPath, [COORDINATOR, file, directory], { encoding: 'utf8' });
    expect(resume().stderr).toMatch(/RUN_LOCKED/);
    const lock = readdirSync(directory).find((name) => name.startsWith('lock-')) as string;
    utimesSync(join(directory, lock), 1, 1);
    expect(resume().stderr).toBe('');
    const { records } = openRun(directory);

    process.kill(coordinator, 'SIGCONT');
    await ended;
    expect(complaint).toContain('RUN_LOST');
    expect(openRun(directory).records).toEqual(records);
    const ids = readJournal(join(directory, 'journal.jsonl')).records.map((record) => Object(record).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);

    const undisturbed = join(place, 'undisturbed');
    spawnSync(process.execPath, [COORDINATOR, file, undisturbed]);
    expect(withoutTimes(records)).toEqual(withoutTimes(openRun(undisturbed).records));
    report(`a run was taken over after ${stored} of ${records.length} trials, with none lost and none twice`);
  },
);
