/** From the records of a journal to the run as it stands: what was trained, what is planned, what was changed. */
import type { z } from 'zod';
import type { TrialSpec } from '../plan/plan.ts';
import type { Setting } from '../plan/settings.ts';
import { differingValues } from './difference.ts';
import {
  type ChangeRecord,
  changeRecordSchema,
  checkStored,
  hasResult,
  type Manifest,
  type PlanRecord,
  planRecordSchema,
  type TrialRecord,
  trialRecordSchema,
} from './record.ts';

/** A record of any kind. */
export type JournalRecord = TrialRecord | PlanRecord | ChangeRecord;

/** Where a run stands. */
export interface History {
  /** The manifest with what was planned and changed since. */
  readonly manifest: Manifest;
  /** The last record of each trial that has one, in the order of the plan whatever the order of completion. */
  readonly records: readonly TrialRecord[];
  readonly changes: readonly ChangeRecord[];
  /** Ids of the trials that the configuration plans by itself. */
  readonly planned: ReadonlySet<string>;
  /** Ids of the trials that were planned from the results of earlier ones. */
  readonly proposed: ReadonlySet<string>;
}

const SCHEMAS: ReadonlyMap<unknown, z.ZodType<JournalRecord>> = new Map<unknown, z.ZodType<JournalRecord>>([
  ['plan', planRecordSchema],
  ['change', changeRecordSchema],
]);

/**
 * Follow a run from its start to its last record; `where` names the journal.
 *
 * A trial that a change has taken out of the plan stays in the run where it has a result: nothing that was trained is
 * lost. Without one it is no longer waited for.
 *
 * Errors: StoreError `RECORD_INVALID` with the number of the record.
 */
export function followJournal(started: Manifest, values: readonly unknown[], where: string): History {
  let manifest = started;
  const specs = new Map(started.trials.map((trial) => [trial.id, trial]));
  let planned = new Set(specs.keys());
  let proposed = new Set<string>();
  const latest = new Map<string, TrialRecord>();
  const changes: ChangeRecord[] = [];
  const remember = (trials: readonly TrialSpec[]): void => {
    for (const trial of trials) if (!specs.has(trial.id)) specs.set(trial.id, trial);
  };
  for (const [index, value] of values.entries()) {
    const schema = SCHEMAS.get(Object(value).kind) ?? trialRecordSchema;
    const record = checkStored<JournalRecord>(schema, value, 'RECORD_INVALID', `${where}:${index + 1}`);
    switch (record.kind) {
      case 'trial':
        latest.set(record.id, record);
        break;
      case 'plan':
        remember(record.trials);
        for (const { id } of record.trials) if (!planned.has(id)) proposed.add(id);
        break;
      case 'change': {
        changes.push(record);
        remember(record.trials);
        planned = new Set(record.plan);
        proposed = new Set(record.proposed);
        manifest = changedManifest(manifest, record);
      }
    }
  }
  const kept = [...latest.values()].filter(
    (record) => !planned.has(record.id) && !proposed.has(record.id) && hasResult(record),
  );
  const inForce = [...planned, ...proposed, ...kept.map(({ id }) => id)].flatMap((id) => specs.get(id) ?? []);
  const changed = kept.length > 0 ? changedSettings([started, ...changes]) : [];
  const trials = inForce.map((trial, index) => ({ ...trial, index, settings: settingsOf(trial, changed) }));
  const records = trials.flatMap(({ id }) => latest.get(id) ?? []);
  return { manifest: { ...manifest, trials }, records, changes, planned, proposed };
}

function changedManifest({ otherData: _, ...before }: Manifest, change: ChangeRecord): Manifest {
  const { covgrad, node, cpu, threads, kernel, config, data, otherData } = change;
  const now = { ...before, covgrad, node, cpu, threads, kernel, config, data };
  return otherData === undefined ? now : { ...now, otherData };
}

/** Paths of the experiment that changed in the course of a run, the penalty's apart, which every point shows. */
function changedSettings(course: readonly Pick<Manifest, 'config'>[]): string[] {
  const paths = course.slice(1).flatMap(({ config }, index) => {
    const before = course[index]?.config.experiment ?? {};
    return differingValues(before, config.experiment ?? {}).map(({ path }) => path);
  });
  return [...new Set(paths)].filter((path) => path !== 'penalty.type' && path !== 'penalty.weight');
}

/** The settings of a trial, with those that tell it from trials of another time of the run. */
function settingsOf({ settings, experiment }: TrialSpec, changed: readonly string[]): TrialSpec['settings'] {
  const further = changed.flatMap((path) => {
    const value = path
      .split('.')
      .reduce<unknown>(
        (part, key) => (Object.hasOwn(Object(part), key) ? Object(part)[key] : undefined),
        experiment,
      );
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[path, value as Setting] as const] : [];
  });
  return { ...Object.fromEntries(further), ...settings };
}
