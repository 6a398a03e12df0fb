/** From the records of a journal to the run as it stands: what was trained, what is planned, what was changed. */
import type { z } from 'zod';
import { StoreError } from '../errors.ts';
import { PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { type StoredPoint, trialsOfPoint } from '../record/points.ts';
import {
  type ChangeRecord,
  changeRecordSchema,
  checkStored,
  epochsRecordSchema,
  experimentFrame,
  hasResult,
  type Manifest,
  planRecordSchema,
  type TrialRecord,
  trialRecordSchema,
} from '../record/record.ts';
import type { Setting } from '../record/settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { differingValues } from './difference.ts';
import { EpochCollector } from './long-trial.ts';

/** Where a run stands. */
export interface History {
  /** The manifest with what was planned and changed since. */
  readonly manifest: Manifest;
  /** The last record of each trial that has one, in the order of the plan whatever the order of completion. */
  readonly records: readonly TrialRecord[];
  readonly changes: readonly ChangeRecord[];
  /** The experiment that the run began with, to which stored points are relative. */
  readonly base: TrialSpec['experiment'];
  /** Ids of the trials that the configuration plans by itself. */
  readonly planned: ReadonlySet<string>;
  /** Ids of the trials that were planned from the results of earlier ones. */
  readonly proposed: ReadonlySet<string>;
}

/**
 * Follows a run from its start, record by record; `where` names the journal.
 *
 * A trial that a change has taken out of the plan stays in the run where it has a result: nothing that was trained is
 * lost. Without one it is no longer waited for.
 */
export class JournalFollower {
  readonly #started: Manifest;
  readonly #where: string;
  readonly #specs: Map<string, TrialSpec>;
  readonly #latest = new Map<string, TrialRecord>();
  readonly #changes: ChangeRecord[] = [];
  readonly #epochs = new EpochCollector();
  #manifest: Manifest;
  #planned: ReadonlySet<string>;
  #proposed: Set<string> = new Set();

  constructor(started: Manifest, where: string) {
    this.#started = started;
    this.#manifest = started;
    this.#where = where;
    this.#specs = new Map(started.trials.map((trial) => [trial.id, trial]));
    this.#planned = new Set(this.#specs.keys());
  }

  /** Take the next record, the `number`th. Errors: StoreError `RECORD_INVALID` with the number. */
  take(value: unknown, number: number): void {
    const where = `${this.#where}:${number}`;
    const check = <T>(schema: z.ZodType<T>): T => checkStored(schema, value, 'RECORD_INVALID', where);
    switch (Object(value).kind) {
      case 'plan':
      case 'trials':
        this.#plan(check(planRecordSchema), where);
        break;
      case 'change':
        this.#change(check(changeRecordSchema));
        break;
      case 'epochs':
        if (!this.#epochs.add(check(epochsRecordSchema))) throw misplacedEpochs(where);
        break;
      default: {
        const record = this.#epochs.complete(check(trialRecordSchema));
        if (record === undefined) throw misplacedEpochs(where);
        this.#latest.set(record.id, shareSettings(record, this.#specs.get(record.id)));
      }
    }
  }

  /** Where the run stands after the last record. */
  finish(): History {
    const latest = this.#latest;
    const [planned, proposed] = [this.#planned, this.#proposed];
    const kept = [...latest.values()].filter(
      (record) => !planned.has(record.id) && !proposed.has(record.id) && hasResult(record),
    );
    const inForce = [...planned, ...proposed, ...kept.map(({ id }) => id)].flatMap(
      (id) => this.#specs.get(id) ?? [],
    );
    const changes = this.#changes;
    const changed = kept.length > 0 ? changedSettings([this.#started, ...changes]) : [];
    const trials = inForce.map((trial, index) => numbered(trial, index, changed));
    const records = trials.flatMap(({ id }) => latest.get(id) ?? []);
    const { experiment: base } = this.#started.config;
    return { manifest: { ...this.#manifest, trials }, records, changes, base, planned, proposed };
  }

  #plan(record: z.infer<typeof planRecordSchema>, where: string): void {
    const trials = 'trials' in record ? record.trials : this.#trialsOf(record.points, where);
    this.#remember(trials);
    if (record.kind === 'trials') return;
    for (const { id } of trials) if (!this.#planned.has(id)) this.#proposed.add(id);
  }

  #change({ trials = [], ...record }: z.infer<typeof changeRecordSchema>): void {
    this.#remember(trials);
    this.#changes.push(record);
    this.#planned = new Set(record.plan);
    this.#proposed = new Set(record.proposed);
    this.#manifest = changedManifest(this.#manifest, record);
  }

  #trialsOf(points: readonly StoredPoint[], where: string): TrialSpec[] {
    const { experiment } = this.#started.config;
    return points.flatMap((point) => {
      const trials = trialsOfPoint(point, experiment, 0);
      checkStored(experimentFrame, trials[0]?.experiment, 'RECORD_INVALID', where);
      return trials;
    });
  }

  #remember(trials: readonly TrialSpec[]): void {
    for (const trial of trials) if (!this.#specs.has(trial.id)) this.#specs.set(trial.id, trial);
  }
}

function misplacedEpochs(where: string): StoreError {
  return new StoreError(
    'RECORD_INVALID',
    `${where}: the epochs of a trial must stand in the lines right before its last, got others. ` +
      'Restore the file from a copy.',
    { where },
  );
}

/** A trial and its record have the same settings, and need them once. */
function shareSettings(record: TrialRecord, spec: TrialSpec | undefined): TrialRecord {
  if (spec === undefined) return record;
  const [own, others] = [Object.entries(record.settings), Object.keys(spec.settings)];
  const isSame =
    own.length === others.length &&
    own.every(([path, value], index) => path === others[index] && value === spec.settings[path]);
  return isSame ? { ...record, settings: spec.settings } : record;
}

function numbered(trial: TrialSpec, index: number, changed: readonly string[]): TrialSpec {
  if (changed.length > 0) return { ...trial, index, settings: settingsOf(trial, changed) };
  return trial.index === index ? trial : { ...trial, index };
}

function changedManifest(before: Manifest, change: ChangeRecord): Manifest {
  const { otherData: _data, base: _base, digests: _digests, ...kept } = before;
  const { covgrad, node, cpu, threads, kernel, config, data, otherData, base, digests, penalties } = change;
  return {
    ...kept,
    covgrad,
    node,
    cpu,
    threads,
    kernel,
    config,
    data,
    ...(otherData !== undefined && { otherData }),
    ...(base !== undefined && { base }),
    ...(digests !== undefined && { digests }),
    ...(penalties !== undefined && { penalties: { ...before.penalties, ...penalties } }),
  };
}

/** Paths of the experiment that changed in the course of a run, the penalty's apart, which every point shows. */
function changedSettings(course: readonly Pick<Manifest, 'config'>[]): string[] {
  const paths = course.slice(1).flatMap(({ config }, index) => {
    const before = course[index]?.config.experiment ?? {};
    return differingValues(before, config.experiment ?? {}).map(({ path }) => path);
  });
  return [...new Set(paths)].filter((path) => path !== PENALTY_TYPE && path !== PENALTY_WEIGHT);
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
