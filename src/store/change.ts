/** Decides with which changes a run may go on, and writes down those it goes on with. */
import { StoreError } from '../errors.ts';
import { type ChangeRecord, type Manifest, SCHEMA_VERSION } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { manifestChange } from './difference.ts';
import type { History } from './history.ts';

/** How to go on with a run. */
export interface ResumeOptions {
  /** The sweep file as it is given now. */
  readonly text: string;
  /** Take changes with which old and new trials are not comparable, too. */
  readonly acceptChanges?: boolean | undefined;
}

/** What a run goes on with. */
export interface Change {
  readonly record: ChangeRecord;
  /** The planned trials that are new. */
  readonly trials: readonly TrialSpec[];
}

/**
 * What is new in `now`, undefined where nothing is.
 *
 * Errors: StoreError `RUN_DIFFERS` with every difference that keeps old and new trials from being compared, unless
 * such changes are accepted.
 */
export function changeOf(
  { manifest: before, planned, proposed }: History,
  now: Manifest,
  { directory, text, acceptChanges = false }: ResumeOptions & { readonly directory: string },
): Change | undefined {
  const trials = before.trials.filter(({ id }) => planned.has(id));
  const { differences, incompatible } = manifestChange({ ...before, trials }, now);
  if (incompatible.length > 0 && !acceptChanges) throw differs(directory, incompatible);
  if (differences.length === 0) return undefined;
  const known = new Set(before.trials.map(({ id }) => id));
  const { covgrad, node, cpu, threads, kernel, data, otherData, base, digests, penalties, config } = now;
  const plan = new Set(now.trials.map(({ id }) => id));
  const record: ChangeRecord = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'change',
    at: new Date().toISOString(),
    covgrad,
    node,
    cpu,
    threads,
    kernel,
    data,
    ...(otherData !== undefined && { otherData }),
    ...(base !== undefined && { base }),
    ...(penalties !== undefined && { penalties }),
    ...(digests !== undefined && { digests }),
    config,
    text,
    differences,
    plan: [...plan],
    // What was proposed under settings that no longer hold stays only where it has a result.
    proposed: incompatible.length > 0 ? [] : [...proposed].filter((id) => !plan.has(id)),
  };
  return { record, trials: now.trials.filter(({ id }) => !known.has(id)) };
}

function differs(directory: string, differences: readonly string[]): StoreError {
  const found = differences.length === 1 ? 'a difference' : 'differences';
  const list = differences.map((difference) => `  ${difference}\n`).join('');
  return new StoreError(
    'RUN_DIFFERS',
    `${directory}: a run goes on only with trials that can be compared, got ${found}:\n${list}` +
      'Undo the change, start a new run under another --name, or take it with --accept-changes, which keeps what was trained before.',
    { directory, differences },
  );
}
