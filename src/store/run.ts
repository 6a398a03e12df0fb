/** A run directory: the sweep file, the manifest and the journal of one execution of a sweep. */
import { mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { StoreError } from '../errors.ts';
import type { TrialSpec } from '../plan/plan.ts';
import { syncDirectory, writeAtomically } from './atomic.ts';
import { manifestDifferences } from './difference.ts';
import { storeFailure } from './failure.ts';
import { Journal, readJournal } from './journal.ts';
import { acquireLock, isLock } from './lock.ts';
import { readManifest, writeManifest } from './manifest.ts';
import {
  checkStored,
  type Manifest,
  type PlanRecord,
  planRecordSchema,
  SCHEMA_VERSION,
  type TrialRecord,
  trialRecordSchema,
} from './record.ts';

const SWEEP_FILE = 'sweep.yaml';
const MANIFEST_FILE = 'manifest.json';
const JOURNAL_FILE = 'journal.jsonl';

/** A run as its files tell it. */
export interface Run {
  readonly directory: string;
  /** As it was written at the start, with what the journal has planned since. */
  readonly manifest: Manifest;
  /** The last record of each trial that has one, in the order of the plan whatever the order of completion. */
  readonly records: readonly TrialRecord[];
  /** Bytes of a last journal line that was cut short and left out: a write was interrupted there. */
  readonly tornBytes: number;
}

/** A run that is open for writing. */
export interface RunWriter extends Run {
  /** Store the outcome of a trial; it is on disk when this returns. */
  append(record: TrialRecord): void;
  /** Add trials that follow from the results of earlier ones; they are on disk when this returns. */
  propose(trials: readonly TrialSpec[]): void;
  /** Write a derived file (a comparison) into the run directory, replacing an older one as a whole. */
  writeFile(name: string, text: string): void;
  /** Give the run back. */
  close(): void;
}

/**
 * Start a run in a new or empty directory.
 *
 * Errors: StoreError `RUN_EXISTS` where there is a run already, `DIRECTORY_NOT_EMPTY` where there is anything else.
 */
export function createRun(directory: string, manifest: Manifest, sweepFile: string): RunWriter {
  try {
    mkdirSync(directory, { recursive: true });
    syncDirectory(dirname(resolve(directory)));
  } catch (cause) {
    throw storeFailure('create', directory, cause);
  }
  return whileLocked(directory, (release) => {
    if (holdsRun(directory)) {
      throw new StoreError(
        'RUN_EXISTS',
        `${directory}: a run is never overwritten, got a directory that holds one. ` +
          'Go on with it by --resume, or keep both by another --name or --directory.',
        { directory },
      );
    }
    const journal = join(directory, JOURNAL_FILE);
    const others = readdirSync(directory).filter((name) => !isLock(name));
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
    return writer({ directory, manifest, records: [], tornBytes: 0 }, new Journal(journal), release);
  });
}

/**
 * Open a run to add what is missing.
 *
 * Errors: StoreError `RUN_MISSING` where there is none, `RUN_DIFFERS` with every difference where the run was started
 * from another configuration, kernel or data.
 */
export function resumeRun(directory: string, manifest: Manifest): RunWriter {
  requireRun(directory, 'Start it first, or check its path.');
  return whileLocked(directory, (release) => {
    const run = openRun(directory);
    const differences = manifestDifferences(readManifest(join(directory, MANIFEST_FILE)), manifest);
    if (differences.length > 0) {
      throw new StoreError(
        'RUN_DIFFERS',
        `${directory}: a run goes on only as it was started, got ${differences.length === 1 ? 'a difference' : 'differences'}:\n` +
          `${differences.map((difference) => `  ${difference}`).join('\n')}\n` +
          'Undo the change, or start a new run under another --name.',
        { directory, differences },
      );
    }
    return writer(run, new Journal(join(directory, JOURNAL_FILE)), release);
  });
}

/**
 * Read a run; works while it is being written, too.
 *
 * Errors: StoreError `RUN_MISSING`, `MANIFEST_DAMAGED`, `JOURNAL_DAMAGED` or `RECORD_INVALID`.
 */
export function openRun(directory: string): Run {
  requireRun(directory, 'Check the path: a run directory holds a manifest.json.');
  const started = readManifest(join(directory, MANIFEST_FILE));
  const trials = new Map(started.trials.map((trial) => [trial.id, trial]));
  const path = join(directory, JOURNAL_FILE);
  const journal = readJournal(path);
  const latest = new Map<string, TrialRecord>();
  for (const [index, value] of journal.records.entries()) {
    const schema: z.ZodType<TrialRecord | PlanRecord> =
      Object(value).kind === 'plan' ? planRecordSchema : trialRecordSchema;
    const record = checkStored(schema, value, 'RECORD_INVALID', `${path}:${index + 1}`);
    if (record.kind === 'trial') latest.set(record.id, record);
    else for (const trial of record.trials) trials.set(trial.id, trial);
  }
  const manifest = { ...started, trials: [...trials.values()] };
  const records = manifest.trials.flatMap(({ id }) => latest.get(id) ?? []);
  return { directory, manifest, records, tornBytes: journal.tornBytes };
}

/** Whether a run has begun in this directory. Errors: StoreError when one may not look. */
export function holdsRun(directory: string): boolean {
  return lookAt(join(directory, MANIFEST_FILE)) !== undefined;
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
function whileLocked(directory: string, open: (release: () => void) => RunWriter): RunWriter {
  const release = acquireLock(directory);
  try {
    return open(release);
  } catch (error) {
    release();
    throw error;
  }
}

function writer(run: Run, journal: Journal, release: () => void): RunWriter {
  return {
    ...run,
    append: (record) => journal.append(record),
    propose: (trials) => journal.append({ schemaVersion: SCHEMA_VERSION, kind: 'plan', trials }),
    writeFile: (name, text) => writeAtomically(join(run.directory, name), text),
    close() {
      journal.close();
      release();
    },
  };
}
