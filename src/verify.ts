/** Trains recorded trials again and holds every number against the record: the same build must give the same bits. */
import { DataError } from './errors.ts';
import type { Executor } from './execute/executor.ts';
import { type KernelSource, kernelNotes, prepareKernel } from './execute/kernel-source.ts';
import { createThreadPool, type ThreadPoolOptions } from './execute/pool.ts';
import type { Tile } from './kernel/tile.ts';
import type { Manifest, Outcome, TrialRecord } from './record/record.ts';
import type { TrialSpec } from './record/trial-spec.ts';
import { type Deviation, firstDeviation } from './store/deviation.ts';
import { dataGone, loadDatasets, summariseData } from './sweep/datasets.ts';

/** What to train again. */
export interface VerifyOptions {
  readonly manifest: Manifest;
  /** Each with a record of it. */
  readonly trials: readonly TrialSpec[];
  readonly records: readonly TrialRecord[];
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  readonly onTrial?: ((result: VerifiedTrial) => void) | undefined;
  /** Where the trials run. Default: a pool of threads. */
  readonly createExecutor?: ((options: ThreadPoolOptions) => Executor) | undefined;
}

/** What came of one trial. */
export interface VerifiedTrial {
  readonly spec: TrialSpec;
  /** Numbers that were compared. */
  readonly numbers: number;
  /** Null where everything returned to the last bit. */
  readonly deviation: Deviation | null;
  /** True when it was stopped before it was done. */
  readonly interrupted: boolean;
}

/** What came of all of them. */
export interface Verification {
  readonly trials: readonly VerifiedTrial[];
  /** Whether the kernel is, byte for byte, the one of the run; with another one bits may differ. */
  readonly sameKernel: boolean;
  /** Register tile that computed, null for the reference. No number depends on it. */
  readonly tile: Tile | null;
  /** What there is to know of the kernel beside. */
  readonly notes: readonly string[];
}

/**
 * Train trials again on the kernel variant of the run.
 *
 * Errors: KernelError where this host cannot run that variant, DataError `DATA_DIFFERS` where the data are not those of
 * the run.
 */
export async function verifyTrials(options: VerifyOptions): Promise<Verification> {
  const { manifest, trials, records, threads, signal, onTrial = () => {} } = options;
  const kernel = await prepareKernel(manifest.kernel.variant);
  const dataset = await loadDatasets(trials, manifest.base).catch((error) => {
    throw dataGone(error, manifest);
  });
  for (const spec of trials) checkData(summariseData(dataset(spec)).fingerprint, manifest);
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const executor = (options.createExecutor ?? createThreadPool)({
    threads: Math.min(threads, trials.length),
    kernel,
    dataset,
  });
  const stop = (): void => executor.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const results = await Promise.all(
      trials.map(async (spec): Promise<VerifiedTrial> => {
        const record = recordOf.get(spec.id);
        const again = await executor.run(spec, {
          onProgress() {},
          onEpoch: ({ epoch }) => endedBy(record, epoch),
        });
        const interrupted = again.outcome.status === 'interrupted';
        const result = {
          spec,
          interrupted,
          ...(interrupted || record === undefined ? { numbers: 0, deviation: null } : compare(record, again)),
        };
        onTrial(result);
        return result;
      }),
    );
    return {
      trials: results,
      sameKernel: sha256Of(kernel) === manifest.kernel.sha256,
      tile: 'sha256' in kernel ? kernel.tile : null,
      notes: kernelNotes(kernel),
    };
  } finally {
    signal?.removeEventListener('abort', stop);
    await executor.close();
  }
}

function compare(record: TrialRecord, again: TrialRecord): ReturnType<typeof firstDeviation> {
  const { outcome } = again;
  if (outcome.status !== 'failed') return firstDeviation(record, again);
  const failure = `failed: ${outcome.message}`;
  return {
    numbers: 0,
    deviation: { epoch: null, path: 'outcome', recorded: record.outcome.status, again: failure },
  };
}

/** A pruned trial is ended where it was: that it lost there followed from other trials. */
function endedBy(record: TrialRecord | undefined, epoch: number): Outcome | undefined {
  const outcome = record?.outcome;
  return outcome?.status === 'pruned' && outcome.epoch === epoch ? outcome : undefined;
}

function sha256Of(kernel: KernelSource): string | null {
  return 'sha256' in kernel ? kernel.sha256 : null;
}

function checkData(fingerprint: string, { data, otherData = [] }: Manifest): void {
  const known = [data, ...otherData].map((each) => each.fingerprint);
  if (known.includes(fingerprint)) return;
  throw new DataError(
    'DATA_DIFFERS',
    `${data.name}: the data must be those that the run was trained on, got others (fingerprint ${fingerprint.slice(0, 12)}). ` +
      'Bring back the files of that time; other data give other numbers.',
    { fingerprint },
  );
}
