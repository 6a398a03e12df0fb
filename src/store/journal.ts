/**
 * The journal of a run as a file: append-only, one self-checking record a line.
 *
 * The lines are those of lines.ts; `seq` counts from 1 without gaps; `fence` numbers the writers, each with a higher one
 * than those before it.
 */
import { StoreError } from '../errors.ts';
import { readLines } from './lines.ts';

export { checksum, recordLine as journalLine } from './lines.ts';

/** How far a journal goes. */
export interface JournalExtent {
  /** Number of the records. */
  readonly count: number;
  /** Number of the last writer, 0 where there is none. */
  readonly fence: number;
  /** Length of the whole lines, in bytes. */
  readonly bytes: number;
  /** Length of a torn last line, which was left out, in bytes. */
  readonly tornBytes: number;
}

/** The content of a journal. */
export interface JournalContent extends Omit<JournalExtent, 'count'> {
  /** The records as parsed JSON, in the order in which they were appended. */
  readonly records: readonly unknown[];
}

/**
 * Check every line of a journal, and pass on its records one by one, each with its number from 1, as parsed JSON. A line
 * by a writer that had lost the run to a later one is left out. Without `take` no record is parsed.
 *
 * Errors: StoreError `JOURNAL_DAMAGED` with the line's number when a whole line fails its check.
 */
export function scanJournal(path: string, take?: (record: unknown, number: number) => void): JournalExtent {
  let lines = 0;
  let count = 0;
  let fence = 0;
  let bytes = 0;
  const damagedAt = (line: number, found: string): StoreError => damaged(path, line, found);
  const tornBytes = readLines(
    path,
    (line) => {
      lines += 1;
      if (line === undefined) throw damagedAt(lines, 'a line that fails its checksum');
      bytes += line.bytes;
      if (line.fence < fence) return;
      if (line.seq !== count + 1) throw damagedAt(lines, `record ${line.seq}`);
      count += 1;
      fence = line.fence;
      if (take === undefined) return;
      const record = line.read();
      if (record === undefined) throw damagedAt(lines, 'a line that is not whole JSON');
      take(record, count);
    },
    damagedAt,
  );
  return { count, fence, bytes, tornBytes };
}

/** Read a whole journal. Errors: StoreError as {@link scanJournal}. */
export function readJournal(path: string): JournalContent {
  const records: unknown[] = [];
  const { count: _, ...extent } = scanJournal(path, (record) => records.push(record));
  return { records, ...extent };
}

function damaged(path: string, line: number, found: string): StoreError {
  return new StoreError(
    'JOURNAL_DAMAGED',
    `${path}:${line}: every line must hold the next whole record, got ${found}. ` +
      'The file was changed or the disk damaged it: restore it from a copy, or start the sweep anew under another name.',
    { path, line },
  );
}
