import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acquireLock, isHeld } from '../../src/store/lock.ts';
import { isAlive, LEASE_MS, type Owner, parseOwner, thisProcess } from '../../src/store/owner.ts';
import { temporaryDirectory } from './samples.ts';

/** A directory whose lock somebody else holds, who was last heard of so long ago. */
function lockedBy(owner: Owner | string, silentMs = 0, fence = 1): string {
  const directory = temporaryDirectory();
  const path = join(directory, `lock-${fence}`);
  writeFileSync(path, typeof owner === 'string' ? owner : JSON.stringify(owner));
  const heard = (Date.now() - silentMs) / 1000;
  utimesSync(path, heard, heard);
  return directory;
}

/** A process on a machine that cannot be asked. */
function elsewhere(): Owner {
  return { ...thisProcess(), host: 'far-away', boot: 'other', namespace: 'other' };
}

async function livingProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setTimeout(() => {}, 60_000)']);
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  return child;
}

describe('a lock', () => {
  test('is held once and can be taken again when it was given back', () => {
    const directory = temporaryDirectory();
    const lock = acquireLock(directory);
    expect(readdirSync(directory)).toEqual(['lock-1']);
    expect(() => acquireLock(directory)).toThrow(
      `only one process may write a run, got process ${process.pid}`,
    );
    lock.check();
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
    acquireLock(directory).release();
  });

  test('is seen by readers while its owner may live, and they leave nothing behind', () => {
    const directory = temporaryDirectory();
    expect(isHeld(directory)).toBe(false);
    const lock = acquireLock(directory);
    expect(isHeld(directory)).toBe(true);
    lock.release();
    expect(isHeld(directory)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
    expect(isHeld(lockedBy(elsewhere()))).toBe(true);
    expect(isHeld(lockedBy(elsewhere(), 2 * LEASE_MS))).toBe(false);
  });

  test('has a higher number than any before it', () => {
    expect(acquireLock(temporaryDirectory()).fence).toBe(1);
    expect(acquireLock(temporaryDirectory(), 7).fence).toBe(8);
    const directory = lockedBy(elsewhere(), 2 * LEASE_MS, 41);
    expect(acquireLock(directory, 7).fence).toBe(42);
    expect(readdirSync(directory)).toEqual(['lock-42']);
  });

  test('shows that its owner lives', () => {
    const directory = temporaryDirectory();
    const lock = acquireLock(directory);
    const path = join(directory, 'lock-1');
    utimesSync(path, 1, 1);
    lock.beat();
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(LEASE_MS);
    lock.check();
    lock.release();
  });

  test('clears away what others left that died while they asked', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'lock-new.0123abcd.tmp'), '');
    const lock = acquireLock(directory);
    expect(readdirSync(directory)).toEqual(['lock-1']);
    lock.release();
  });

  test('of many processes that ask at once, exactly one gets', async () => {
    const directory = temporaryDirectory();
    const source = new URL('../../dist/store/lock.js', import.meta.url).href;
    const program =
      `import { acquireLock } from ${JSON.stringify(source)};` +
      `process.stdin.once('data', () => { try { acquireLock(${JSON.stringify(directory)}); console.log('got'); setTimeout(() => {}, 60_000); }` +
      `catch (error) { console.log(error.code); process.stdin.destroy(); } }); console.log('ready');`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program]),
    );
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    const say = async (child: (typeof children)[number]): Promise<string> =>
      String((await once(child.stdout, 'data'))[0]).trim();
    expect(new Set(await Promise.all(children.map(say)))).toEqual(new Set(['ready']));
    const answers = Promise.all(children.map(say));
    for (const child of children) child.stdin.write('go\n');
    expect((await answers).sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'RUN_LOCKED', 'got']);
  });
});

describe('the lock of a dead owner is taken over:', () => {
  test('a process that has ended', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const directory = lockedBy({ ...thisProcess(), pid });
    const lock = acquireLock(directory);
    expect([lock.fence, readdirSync(directory)]).toEqual([2, ['lock-2']]);
    lock.release();
  });

  test.skipIf(process.platform !== 'linux')('a process whose number was given anew', () => {
    acquireLock(lockedBy({ ...thisProcess(), pid: process.ppid, start: 1 })).release();
  });

  test('a process on another machine that was not heard of for too long', () => {
    acquireLock(lockedBy(elsewhere(), LEASE_MS + 1000)).release();
  });

  test('a process before this machine was started anew', () => {
    acquireLock(lockedBy({ ...thisProcess(), boot: 'earlier' }, LEASE_MS + 1000)).release();
  });

  test('a lock from a clock that was far ahead', () => {
    acquireLock(lockedBy(elsewhere(), -10 * LEASE_MS)).release();
  });

  test('a file that names nobody, once it is old', () => {
    expect(() => acquireLock(lockedBy(''))).toThrow(/another process at work/);
    acquireLock(lockedBy('{"pid":1', LEASE_MS + 1000)).release();
  });
});

describe('the lock of a living owner is respected and left alone:', () => {
  test('another process of this machine, however long it was silent', async () => {
    const { pid = 0 } = await livingProcess();
    // Its own words, because nobody else knows when it started.
    const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    const start = stat === '' ? 0 : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const directory = lockedBy({ ...thisProcess(), pid, start }, start === 0 ? 0 : 100 * LEASE_MS);
    expect(() => acquireLock(directory)).toThrow(new RegExp(`process ${pid} .* stop it\\.$`));
    expect(readdirSync(directory)).toEqual(['lock-1']);
  });

  test('a process of another machine, and the error says when its right lapses', () => {
    const directory = lockedBy(elsewhere(), LEASE_MS / 2);
    expect(() => acquireLock(directory)).toThrow(
      /on far-away at work, heard of \d+ s ago.*lapses 60 s after/,
    );
    expect(readdirSync(directory)).toEqual(['lock-1']);
  });

  test.skipIf(process.platform !== 'linux')(
    'a process in another container of this machine, whose number means nothing here',
    () => {
      const { pid } = spawnSync(process.execPath, ['--version']);
      const owner = { ...thisProcess(), pid, namespace: 'pid:[1]' };
      expect(() => acquireLock(lockedBy(owner))).toThrow(/only one process/);
    },
  );
});

describe('an owner that was passed over', () => {
  test('hears who has the run now, and does not give back what is not its own', () => {
    const directory = temporaryDirectory();
    const first = acquireLock(directory);
    // Its machine slept: to another one it looks dead.
    writeFileSync(join(directory, 'lock-2'), JSON.stringify({ ...elsewhere(), pid: 123 }));
    unlinkSync(join(directory, 'lock-1'));
    expect(() => first.check()).toThrow(/got process 123 on far-away, which took it over/);
    first.beat();
    first.release();
    expect(readdirSync(directory)).toEqual(['lock-2']);
  });

  test('does not take a lock of the same number for its own', () => {
    const directory = temporaryDirectory();
    const first = acquireLock(directory);
    unlinkSync(join(directory, 'lock-1'));
    writeFileSync(join(directory, 'lock-1'), JSON.stringify(elsewhere()));
    expect(() => first.check()).toThrow(/far-away/);
    first.release();
    expect(readdirSync(directory)).toEqual(['lock-1']);
  });

  test('hears that its lock was removed by hand, or the whole directory', () => {
    const directory = temporaryDirectory();
    const lock = acquireLock(directory);
    unlinkSync(join(directory, 'lock-1'));
    expect(() => lock.check()).toThrow(/no lock of this process any more.*--resume/);
    lock.release();
  });
});

test.skipIf(!existsSync('/dev/zero'))(
  'a device in the place of a lock is not read, and gives way once it is old',
  () => {
    const directory = temporaryDirectory();
    symlinkSync('/dev/zero', join(directory, 'lock-1'));
    try {
      acquireLock(directory).release();
    } catch (error) {
      expect(error).toMatchObject({ code: 'RUN_LOCKED' });
    }
    rmSync(join(directory, 'lock-1'), { force: true });
    symlinkSync(join(directory, 'nowhere'), join(directory, 'lock-1'));
    const lock = acquireLock(directory);
    expect([lock.fence, readdirSync(directory)]).toEqual([2, ['lock-2']]);
    lock.release();
  },
);

test('text that is no owner is none', () => {
  for (const text of ['', 'null', '[]', '{"pid":-1}', `{"__proto__":${JSON.stringify(thisProcess())}}`]) {
    expect(parseOwner(text)).toBeUndefined();
  }
  expect(isAlive(undefined, 0)).toBe(true);
  expect(isAlive(undefined, LEASE_MS + 1)).toBe(false);
});
