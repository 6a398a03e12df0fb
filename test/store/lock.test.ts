import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock } from '../../src/store/lock.ts';
import { temporaryDirectory } from './samples.ts';

const HOST = encodeURIComponent(hostname());

test('a lock is held once and can be taken again when it was given back', () => {
  const directory = temporaryDirectory();
  const release = acquireLock(directory);
  expect(() => acquireLock(directory)).toThrow(/only one process may write a run/);
  release();
  expect(readdirSync(directory)).toEqual([]);
  acquireLock(directory)();
});

test('the lock of a process that has ended is taken over', () => {
  const directory = temporaryDirectory();
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(directory, `lock-${HOST}-${pid}-1`), '');
  const release = acquireLock(directory);
  expect(readdirSync(directory)).toHaveLength(1);
  release();
});

test('the lock of another living process is respected and left alone', async () => {
  const directory = temporaryDirectory();
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  try {
    const stat = existsSync('/proc/self/stat') ? readFileSync(`/proc/${child.pid}/stat`, 'utf8') : '';
    const start = stat === '' ? 0 : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const name = `lock-${HOST}-${child.pid}-${start}`;
    writeFileSync(join(directory, name), '');
    expect(() => acquireLock(directory)).toThrow(`process ${child.pid}`);
    expect(readdirSync(directory)).toEqual([name]);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
  acquireLock(directory)();
});

test.skipIf(!existsSync('/proc/self/stat'))('a process number that was given anew is no living owner', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, `lock-${HOST}-${process.ppid}-1`), '');
  acquireLock(directory)();
});

test('an owner on another host cannot be judged and is respected', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'lock-far%2Daway-1-1'), '');
  expect(() => acquireLock(directory)).toThrow(/process 1 on far-away .* delete .*lock-far%2Daway-1-1/);
});
