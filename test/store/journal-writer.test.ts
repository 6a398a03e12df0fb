import { appendFileSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { journalLine, readJournal } from '../../src/store/journal.ts';
import { JournalWriter } from '../../src/store/journal-writer.ts';
import { refusal } from '../refusal.ts';
import { failAfter, faults, repair, systemError } from './faulty-disk.ts';
import { heldLock, sampleRecord, temporaryDirectory } from './samples.ts';

vi.mock('node:fs', (original) => import('./faulty-disk.ts').then(({ faulty }) => faulty(original)));

afterEach(repair);

const RECORDS = [sampleRecord(0), sampleRecord(1), sampleRecord(2)];

function emptyJournal(): string {
  const path = join(temporaryDirectory(), 'journal.jsonl');
  writeFileSync(path, '');
  return path;
}

describe('opening', () => {
  test('cuts off a torn last line, and the next record follows the last whole one', () => {
    const path = emptyJournal();
    const bytes = Buffer.concat([journalLine(1, RECORDS[0]), journalLine(2, RECORDS[1])]);
    writeFileSync(path, bytes.subarray(0, -3));
    const journal = new JournalWriter(path, heldLock());
    journal.append(RECORDS[2]);
    journal.close();
    expect(readJournal(path)).toMatchObject({ records: [RECORDS[0], RECORDS[2]], tornBytes: 0 });
    expect(readdirSync(dirname(path))).toEqual(['journal.jsonl']);
  });

  test('a damaged journal leaves the file alone', () => {
    const path = emptyJournal();
    writeFileSync(path, 'damaged\n');
    expect(() => new JournalWriter(path, heldLock())).toThrow(StoreError);
    expect(readFileSync(path, 'utf8')).toBe('damaged\n');
    expect(readdirSync(dirname(path))).toEqual(['journal.jsonl']);
  });

  test('on a full disk leaves the file alone and says how much space there is', () => {
    const path = emptyJournal();
    writeFileSync(path, journalLine(1, RECORDS[0]));
    faults.sync = () => {
      throw systemError('ENOSPC');
    };
    expect(() => new JournalWriter(path, heldLock())).toThrow(/ENOSPC.* bytes are free where \d+ are needed/);
    expect(readJournal(path).records).toEqual([RECORDS[0]]);
    expect(readdirSync(dirname(path))).toEqual(['journal.jsonl']);
  });

  test('replaces a symbolic link in the place of the journal and never writes through it', () => {
    const target = join(temporaryDirectory(), 'elsewhere');
    writeFileSync(target, journalLine(1, RECORDS[0]));
    const before = readFileSync(target);
    const path = join(temporaryDirectory(), 'journal.jsonl');
    symlinkSync(target, path);
    const journal = new JournalWriter(path, heldLock());
    journal.append(RECORDS[1]);
    journal.close();
    expect(readJournal(path).records).toEqual([RECORDS[0], RECORDS[1]]);
    expect(readFileSync(target)).toEqual(before);
  });
});

describe('appending', () => {
  test('a disk that takes one byte at a time still gets whole records', () => {
    const path = emptyJournal();
    const journal = new JournalWriter(path, heldLock());
    faults.write = (_, writeFirst) => writeFirst(1);
    for (const record of RECORDS) journal.append(record);
    journal.close();
    expect(readJournal(path).records).toEqual(RECORDS);
  });

  test.each(['ENOSPC', 'EIO'])('%s after any number of bytes leaves the earlier records readable', (code) => {
    const line = journalLine(2, RECORDS[1]);
    for (let taken = 0; taken < line.length; taken += 37) {
      const path = emptyJournal();
      const journal = new JournalWriter(path, heldLock());
      failAfter(journalLine(1, RECORDS[0]).length + taken, code);
      journal.append(RECORDS[0]);
      const error = refusal(StoreError, () => journal.append(RECORDS[1]));
      expect(error).toMatchObject({ code: 'DISK_FAILED', details: { path, cause: code } });
      // What follows must not land behind the torn line, and whoever brings it hears the same cause.
      expect(refusal(StoreError, () => journal.append(RECORDS[1])).message).toBe(error.message);
      journal.close();
      expect(readJournal(path)).toMatchObject({ records: [RECORDS[0]], tornBytes: taken });
    }
  });

  test('a flush that fails is an error, not a stored record', () => {
    const journal = new JournalWriter(emptyJournal(), heldLock());
    faults.sync = () => {
      throw systemError('EIO');
    };
    expect(refusal(StoreError, () => journal.append(RECORDS[0])).message).toContain('EIO');
    journal.close();
  });

  test('bytes from elsewhere are noticed before anything is written', () => {
    const path = emptyJournal();
    const journal = new JournalWriter(path, heldLock());
    appendFileSync(path, journalLine(1, 'from elsewhere'));
    expect(refusal(StoreError, () => journal.append(RECORDS[0])).message).toContain('another process');
    journal.close();
    expect(readJournal(path).records).toEqual(['from elsewhere']);
  });

  test('a file that was moved away or replaced is noticed: no record goes where nobody reads', () => {
    for (const replace of [true, false]) {
      const path = emptyJournal();
      const journal = new JournalWriter(path, heldLock());
      renameSync(path, `${path}.moved`);
      if (replace) writeFileSync(path, '');
      expect(refusal(StoreError, () => journal.append(RECORDS[0])).message).toContain(
        'moved away or replaced',
      );
      journal.close();
    }
  });

  test('nothing is written once the lock is lost', () => {
    const path = emptyJournal();
    let held = true;
    const journal = new JournalWriter(path, {
      ...heldLock(),
      check() {
        if (!held) throw new StoreError('RUN_LOST', 'lost');
      },
    });
    journal.append(RECORDS[0]);
    held = false;
    expect(refusal(StoreError, () => journal.append(RECORDS[1])).code).toBe('RUN_LOST');
    held = true;
    expect(refusal(StoreError, () => journal.append(RECORDS[1])).code).toBe('RUN_LOST');
    journal.close();
    expect(readJournal(path).records).toEqual([RECORDS[0]]);
  });

  test('a record during which the lock was lost does not count as stored', () => {
    const path = emptyJournal();
    let checks = 0;
    const journal = new JournalWriter(path, {
      ...heldLock(),
      check() {
        checks += 1;
        if (checks > 1) throw new StoreError('RUN_LOST', 'lost');
      },
    });
    expect(refusal(StoreError, () => journal.append(RECORDS[0])).code).toBe('RUN_LOST');
    journal.close();
  });

  test('every record bears the number of its writer, which never falls', () => {
    const path = emptyJournal();
    for (const fence of [4, 2]) {
      const journal = new JournalWriter(path, { ...heldLock(), fence });
      journal.append(RECORDS[0]);
      journal.close();
    }
    expect(readFileSync(path, 'utf8').match(/"fence":\d+/g)).toEqual(['"fence":4', '"fence":4']);
  });
});
