import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { checksum, journalLine, readJournal } from '../../src/store/journal.ts';
import { refusal } from '../refusal.ts';
import { sampleRecord, temporaryDirectory } from './samples.ts';

const RECORDS = [sampleRecord(0), sampleRecord(1), sampleRecord(2)];

function writtenJournal(): { path: string; bytes: Buffer; lineEnds: number[] } {
  const path = join(temporaryDirectory(), 'journal.jsonl');
  writeFileSync(path, Buffer.concat(RECORDS.map((record, index) => journalLine(index + 1, record))));
  const bytes = readFileSync(path);
  const lineEnds = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
  return { path, bytes, lineEnds };
}

describe('reading', () => {
  test('what was appended is read back, in order', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    expect(readJournal(path)).toEqual({ records: RECORDS, fence: 1, bytes: bytes.length, tornBytes: 0 });
    expect(lineEnds).toHaveLength(RECORDS.length);
  });

  test('a journal truncated at any byte yields exactly its whole lines', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    for (let length = bytes.length; length >= 0; length -= 1) {
      truncateSync(path, length);
      const whole = lineEnds.filter((end) => end <= length);
      const kept = RECORDS.slice(0, whole.length);
      const bytesKept = whole.at(-1) ?? 0;
      expect(readJournal(path)).toEqual({
        records: kept,
        fence: kept.length > 0 ? 1 : 0,
        bytes: bytesKept,
        tornBytes: length - bytesKept,
      });
    }
  });

  test('damage in the middle is refused with its line number', () => {
    const { path, bytes, lineEnds } = writtenJournal();
    bytes[(lineEnds[0] as number) + 60] = 0x21;
    writeFileSync(path, bytes);
    const error = refusal(StoreError, () => readJournal(path));
    expect(error.message).toContain(`${path}:2:`);
    expect(error.details).toMatchObject({ line: 2 });
  });

  test('a line that was lost, doubled or moved is refused', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    for (const sequences of [[2], [1, 3], [1, 1], [2, 1]]) {
      writeFileSync(path, Buffer.concat(sequences.map((sequence) => journalLine(sequence, RECORDS[0]))));
      expect(refusal(StoreError, () => readJournal(path)).message).toContain('next whole record');
    }
  });

  test('a journal that is missing is named with its path', () => {
    const path = join(temporaryDirectory(), 'absent.jsonl');
    expect(refusal(StoreError, () => readJournal(path)).message).toContain(path);
  });

  test('a line by a writer that had lost the run is left out, and the sequence goes on without it', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const lines = [
      journalLine(1, 'first', 1),
      journalLine(2, 'second', 3),
      journalLine(2, 'too late', 2),
      journalLine(3, 'third', 3),
    ];
    writeFileSync(path, Buffer.concat(lines));
    expect(readJournal(path)).toMatchObject({ records: ['first', 'second', 'third'], fence: 3 });
  });

  test('a journal from before writers were numbered is still read', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const body = '"seq":1,"record":"old"';
    writeFileSync(path, `{"crc":"${checksum(Buffer.from(body))}",${body}}\n`);
    expect(readJournal(path)).toMatchObject({ records: ['old'], fence: 0 });
  });

  test('lines longer than what is read at once stay whole', () => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const long = 'x'.repeat(5_000_000);
    writeFileSync(path, Buffer.concat([journalLine(1, long), journalLine(2, 'short'), journalLine(3, long)]));
    expect(readJournal(path).records).toEqual([long, 'short', long]);
  });

  test.each(['"seq":1,"record":{', '"seq":1,"record":[1,]', '', '"seq":"1","record":1'])(
    'a line whose checksum is right and whose content is not (%s) is refused',
    (body) => {
      const path = join(temporaryDirectory(), 'journal.jsonl');
      writeFileSync(path, `{"crc":"${checksum(Buffer.from(body))}",${body}}\n`);
      expect(refusal(StoreError, () => readJournal(path)).code).toBe('JOURNAL_DAMAGED');
    },
  );
});
