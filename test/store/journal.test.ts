import { appendFileSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { Journal, type JournalOutput, journalLine, readJournal } from '../../src/store/journal.ts';
import { sampleRecord, temporaryDirectory } from './samples.ts';

const RECORDS = [sampleRecord(0), sampleRecord(1), sampleRecord(2)];

function writtenJournal(): { path: string; bytes: Buffer; lineEnds: number[] } {
  const path = join(temporaryDirectory(), 'journal.jsonl');
  const journal = new Journal(path);
  for (const record of RECORDS) journal.append(record);
  journal.close();
  const bytes = readFileSync(path);
  const lineEnds = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
  return { path, bytes, lineEnds };
}

function refusal(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return error as StoreError;
  }
  throw new Error('nothing was refused');
}

describe('reading', () => {
  test('what was appended is read back, in order', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    expect(readJournal(path)).toEqual({ records: RECORDS, bytes: bytes.length, tornBytes: 0 });
    expect(lineEnds).toHaveLength(RECORDS.length);
  });

  test('a journal truncated at any byte yields exactly its whole lines and goes on from there', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    for (let length = bytes.length; length >= 0; length -= 1) {
      writeFileSync(path, bytes.subarray(0, length));
      const whole = lineEnds.filter((end) => end <= length);
      const kept = RECORDS.slice(0, whole.length);
      const bytesKept = whole.at(-1) ?? 0;
      expect(readJournal(path)).toEqual({ records: kept, bytes: bytesKept, tornBytes: length - bytesKept });
      if (length % 7 !== 0) continue;
      const journal = new Journal(path);
      journal.append({ appended: length });
      journal.close();
      expect(readJournal(path).records).toEqual([...kept, { appended: length }]);
    }
  });

  test('no flipped bit of any byte goes unnoticed', () => {
    const { path, bytes } = writtenJournal();
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] as number) ^ (1 << (index % 8));
      writeFileSync(path, flipped);
      // Without its line feed the last line counts as torn; everything else is refused.
      if (index === bytes.length - 1) {
        expect(readJournal(path).records).toEqual(RECORDS.slice(0, -1));
        expect(readJournal(path).tornBytes).toBeGreaterThan(0);
      } else {
        expect(refusal(() => readJournal(path)).code).toBe('JOURNAL_DAMAGED');
      }
    }
  });

  test('damage in the middle is refused with its line number, and opening for writing leaves the file alone', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    bytes[(lineEnds[0] as number) + 60] = 0x21;
    writeFileSync(path, bytes);
    const error = refusal(() => new Journal(path));
    expect(error.message).toContain(`${path}:2:`);
    expect(error.details).toMatchObject({ line: 2 });
    expect(readFileSync(path)).toEqual(bytes);
  });

  test('a line that was lost, doubled or moved is refused', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    for (const sequences of [[2], [1, 3], [1, 1], [2, 1]]) {
      writeFileSync(path, Buffer.concat(sequences.map((sequence) => journalLine(sequence, RECORDS[0]))));
      expect(refusal(() => readJournal(path)).message).toContain('next whole record');
    }
  });

  test('a journal that is missing is named with its path', () => {
    const path = join(temporaryDirectory(), 'absent.jsonl');
    expect(refusal(() => readJournal(path)).message).toContain(path);
  });
});

describe('writing', () => {
  test('a disk that takes one byte at a time still gets whole records', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const oneByte: JournalOutput = {
      write: (descriptor, bytes, offset, _length, position) =>
        writeSync(descriptor, bytes, offset, 1, position),
      sync: () => {},
    };
    const journal = new Journal(path, oneByte);
    for (const record of RECORDS) journal.append(record);
    journal.close();
    expect(readJournal(path).records).toEqual(RECORDS);
  });

  test.each(['ENOSPC', 'EIO'])('%s after any number of bytes leaves the earlier records readable', (code) => {
    const line = journalLine(2, RECORDS[1]);
    for (let taken = 0; taken < line.length; taken += 37) {
      const path = join(temporaryDirectory(), 'journal.jsonl');
      let budget = journalLine(1, RECORDS[0]).length + taken;
      const failing: JournalOutput = {
        write(descriptor, bytes, offset, length, position) {
          if (budget === 0) throw Object.assign(new Error(`${code}: injected`), { code });
          const part = writeSync(descriptor, bytes, offset, Math.min(length, budget), position);
          budget -= part;
          return part;
        },
        sync: () => {},
      };
      const journal = new Journal(path, failing);
      journal.append(RECORDS[0]);
      const error = refusal(() => journal.append(RECORDS[1]));
      expect(error).toMatchObject({ code: 'DISK_FAILED', details: { path, cause: code } });
      // What follows must not land behind the torn line, and whoever brings it hears the same cause.
      expect(refusal(() => journal.append(RECORDS[1])).message).toBe(error.message);
      journal.close();
      expect(readJournal(path)).toMatchObject({ records: [RECORDS[0]], tornBytes: taken });
    }
  });

  test('a flush that fails is an error, not a stored record', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const journal = new Journal(path, {
      write: writeSync,
      sync() {
        throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
      },
    });
    expect(refusal(() => journal.append(RECORDS[0])).message).toContain('EIO');
    journal.close();
  });

  test('a second writer is noticed before anything is written', () => {
    const { path } = writtenJournal();
    const journal = new Journal(path);
    appendFileSync(path, journalLine(4, 'from elsewhere'));
    expect(refusal(() => journal.append(RECORDS[0])).message).toContain('another process');
    journal.close();
    expect(readJournal(path).records).toHaveLength(4);
    truncateSync(path, 0);
  });
});
