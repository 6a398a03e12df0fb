/** A run directory: the sweep file, the manifest and the journal of one execution of a sweep. */
import { readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { type StoredPoint, storedPoints } from '../record/points.ts';
import {
  type ChangeRecord,
  type Manifest,
  type PlanRecord,
  SCHEMA_VERSION,
  type TrialRecord,
} from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { isTemporary, writeAtomically } from './atomic.ts';
import { changeOf, type ResumeOptions } from './change.ts';
import { inChunks } from './chunks.ts';
import { makeDirectory } from './directory.ts';
import { storeFailure } from './failure.ts';
import { type History, JournalFollower } from './history.ts';
import { scanJournal } from './journal.ts';
import { JournalWriter } from './journal-writer.ts';
import { acquireLock, isLock, type Lock } from './lock.ts';
import { trialLines } from './long-trial.ts';
import { readManifest, writeManifest } from './manifest.ts';

/** The sweep file as it was given, with what was set on the command line in its place. */
export const SWEEP_FILE = 'sweep.yaml';
const MANIFEST_FILE = 'manifest.json';
const JOURNAL_FILE = 'journal.jsonl';

/** A run as its files tell it. */
export interface Run {
  readonly directory: string;
  /** As it was written at the start, with what the journal has planned and changed since. */
  readonly manifest: Manifest;
  /** All trials of the run, those that were planned after its start too: the manifest's. */
  readonly trials: readonly TrialSpec[];
  /** Those of them that were planned from the results of others. */
  readonly proposed: readonly TrialSpec[];
  /** The last record of each trial that has one, in the order of the plan whatever the order of completion. */
  readonly records: readonly TrialRecord[];
  /** The changes with which the run went on, in order. */
  readonly changes: readonly ChangeRecord[];
  /** Bytes of a last journal line that was cut short and left out: a write was interrupted there. */
  readonly tornBytes: number;
}

/** How a run that goes on differs from the way in which it was begun. */
export interface RunChange {
  /** One line each: `key: before -> now`. */
  readonly differences: readonly string[];
  /** Number of trials that are new. */
  readonly added: number;
  /** Number of trials with a result that are no longer planned: they stay in the run. */
  readonly kept: number;
}

/** A run that is open for writing. */
export interface RunWriter extends Run {
  /** What is new since the last time, where anything is. */
  readonly change?: RunChange | undefined;
  /** Store the outcome of a trial; it is on disk when this returns. */
  append(record: TrialRecord): void;
  /** Add trials that follow from the results of earlier ones; they are on disk when this returns. */
  propose(trials: readonly TrialSpec[]): void;
  /** Write a derived file (a comparison) into the run directory, replacing an older one as a whole. */
  writeFile(name: string, parts: Iterable<string>): void;
  /** Give the run back. */
  close(): void;
}

/**
 * Start a run in a new or empty directory.
 *
 * Errors: StoreError `RUN_EXISTS` where there is a run already, `DIRECTORY_NOT_EMPTY` where there is anything else.
 */
export function createRun(directory: string, manifest: Manifest, sweepFile: string): RunWriter {
  makeDirectory(directory);
  return whileLocked(directory, 0, (lock) => {
    if (holdsRun(directory)) {
      throw new StoreError(
        'RUN_EXISTS',
        `${directory}: a run is never overwritten, got a directory that holds one. ` +
          'Go on with it by --resume, or keep both by another --name or --directory.',
        { directory },
      );
    }
    const journal = join(directory, JOURNAL_FILE);
    const others = readdirSync(directory).filter((name) => !isLock(name) && !isTemporary(name));
    // An empty journal without a manifest is what a start leaves that a full disk or a crash cut short.
    if (others.length > 0 && lookAt(journal)?.size !== 0) {
      throw new StoreError(
        'DIRECTORY_NOT_EMPTY',
        `${directory}: a run starts in an empty directory, got one with ${others[0]} in it. ` +
          'Choose another --name or --directory.',
        { directory, files: others },
      );
    }
    writeAtomically(journal, '');
    writeAtomically(join(directory, SWEEP_FILE), sweepFile);
    // The manifest comes last: a directory is a run from the moment it has one.
    writeManifest(join(directory, MANIFEST_FILE), manifest);
    clearLeftovers(directory);
    const { trials } = manifest;
    const run = { directory, manifest, trials, proposed: [], records: [], changes: [], tornBytes: 0 };
    return writer(run, manifest.config.experiment, new JournalWriter(journal, lock), lock);
  });
}

/**
 * Open a run to add what is missing, or what is new in `manifest`: further seeds, values or points, a larger cap, another
 * number of threads. What is new is recorded.
 *
 * Errors: StoreError `RUN_MISSING` where there is none, `RUN_DIFFERS` with every difference where old and new trials
 * would not be comparable and `acceptChanges` is not set.
 */
export function resumeRun(directory: string, manifest: Manifest, options: ResumeOptions): RunWriter {
  requireRun(directory, 'Start it first, or check its path.');
  const { fence } = scanJournal(join(directory, JOURNAL_FILE));
  return whileLocked(directory, fence, (lock) => {
    const { run, history } = readRun(directory);
    const found = changeOf(history, manifest, { directory, ...options });
    clearLeftovers(directory);
    const journal = new JournalWriter(join(directory, JOURNAL_FILE), lock);
    if (found === undefined) return writer(run, history.base, journal, lock);
    try {
      for (const line of planLines('trials', found.trials, history.base)) journal.append(line);
      journal.append(found.record);
    } catch (cause) {
      journal.close();
      throw cause;
    }
    const changed = openRun(directory);
    const { differences, plan, proposed } = found.record;
    const change = {
      differences,
      added: found.trials.length,
      kept: changed.trials.length - plan.length - proposed.length,
    };
    return writer({ ...changed, change }, history.base, journal, lock);
  });
}

/**
 * Read a run; works while it is being written, too.
 *
 * Errors: StoreError `RUN_MISSING`, `MANIFEST_DAMAGED`, `JOURNAL_DAMAGED` or `RECORD_INVALID`.
 */
export function openRun(directory: string): Run {
  requireRun(directory, 'Check the path: a run directory holds a manifest.json.');
  return readRun(directory).run;
}

function readRun(directory: string): { run: Run; history: History } {
  const started = readManifest(join(directory, MANIFEST_FILE));
  const path = join(directory, JOURNAL_FILE);
  const follower = new JournalFollower(started, path);
  const { tornBytes } = scanJournal(path, (record, number) => follower.take(record, number));
  const history = follower.finish();
  const { manifest, records, changes } = history;
  const { trials } = manifest;
  const proposed = trials.filter(({ id }) => history.proposed.has(id));
  return { run: { directory, manifest, trials, proposed, records, changes, tornBytes }, history };
}

/** Whether a run has begun in this directory. Errors: StoreError when one may not look. */
export function holdsRun(directory: string): boolean {
  return lookAt(join(directory, MANIFEST_FILE)) !== undefined;
}

/** Whether trials have been recorded in this directory; an empty journal is what a start that was cut short leaves. */
export function holdsRecords(directory: string): boolean {
  return (lookAt(join(directory, JOURNAL_FILE))?.size ?? 0) > 0;
}

function requireRun(directory: string, remedy: string): void {
  if (holdsRun(directory)) return;
  const place = lookAt(directory);
  const kind = place?.isDirectory() ? 'a directory without a manifest.json' : 'a file';
  throw new StoreError(
    'RUN_MISSING',
    `${directory}: there must be a run here, got ${place === undefined ? 'no such directory' : kind}. ${remedy}`,
    { directory },
  );
}

/** What stands at a path, if anything does. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw storeFailure('read', path, cause);
  }
}

/** Take the lock and keep it for as long as the writer lives, or give it back when there will be none. */
function whileLocked(directory: string, lastFence: number, open: (lock: Lock) => RunWriter): RunWriter {
  const lock = acquireLock(directory, lastFence);
  try {
    return open(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Remove the files that a writer was about to put in place when it was killed. */
function clearLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    // Somebody may be asking for the lock at this moment.
    if (isTemporary(name) && !isLock(name)) rmSync(join(directory, name), { force: true });
  }
}

/** Characters of points after which a line of further trials is full. */
const FULL_LINE = 2 ** 20;

/** Further trials as the records that hold them, relative to the experiment that the run began with. */
function* planLines(
  kind: PlanRecord['kind'],
  trials: readonly TrialSpec[],
  base: TrialSpec['experiment'],
): Generator<PlanRecord> {
  const record = (points: readonly StoredPoint[]): PlanRecord => ({
    schemaVersion: SCHEMA_VERSION,
    kind,
    points,
  });
  let points: StoredPoint[] = [];
  let length = 0;
  for (const point of storedPoints(trials, base)) {
    points.push(point);
    length += JSON.stringify(point).length;
    if (length < FULL_LINE) continue;
    yield record(points);
    points = [];
    length = 0;
  }
  if (points.length > 0) yield record(points);
}

function writer(
  run: Run & { readonly change?: RunChange },
  base: TrialSpec['experiment'],
  journal: JournalWriter,
  lock: Lock,
): RunWriter {
  return {
    ...run,
    append(record) {
      for (const line of trialLines(record)) journal.append(line);
    },
    propose(trials) {
      for (const line of planLines('plan', trials, base)) journal.append(line);
    },
    writeFile(name, parts) {
      lock.check();
      writeAtomically(join(run.directory, name), inChunks(parts));
    },
    close() {
      journal.close();
      lock.release();
    },
  };
}
