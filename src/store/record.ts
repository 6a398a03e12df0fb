/** What a run directory stores: the manifest and one record a trial, with the schemas that check them when they are read. */
import { z } from 'zod';
import type { SweepConfig } from '../config/schema.ts';
import { StoreError } from '../errors.ts';
import type { CorrelationBlocks } from '../metrics/correlation-blocks.ts';
import type { TrialSpec } from '../plan/plan.ts';
import type { Setting } from '../plan/settings.ts';
import { describeValue } from '../printable.ts';

/** Version of everything below. A reader refuses another version instead of guessing. */
export const SCHEMA_VERSION = 1;

/** Decorrelation of one penalised layer at the end of an epoch, measured on held-out samples. */
export interface LayerRecord {
  /** Position in the sweep file's `model` list. */
  readonly layer: number;
  readonly name: string;
  readonly units: number;
  /** Held-out samples that were measured. */
  readonly samples: number;
  /** By the metric's name; null where it is not defined (no live units, fewer samples than units). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Of the first and the last epoch, and of one seed of a point. */
  readonly correlation?: CorrelationBlocks | undefined;
}

/** What one epoch brought. A loss or penalty that was not finite is stored as null and read as NaN. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Means over the epoch's minibatches as they were trained; the penalty is unweighted and summed over the layers. */
  readonly train: { readonly loss: number; readonly penalty: number; readonly accuracy: number };
  readonly test: { readonly loss: number; readonly accuracy: number };
  readonly layers: readonly LayerRecord[];
}

/** How a trial ended. Errors are data here: an error class does not survive the trip between threads. */
export type Outcome =
  | { readonly status: 'complete' }
  | { readonly status: 'diverged'; readonly epoch: number; readonly step: number; readonly reason: string }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'interrupted'; readonly epoch: number };

export interface Timing {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time of the whole trial. */
  readonly seconds: number;
  /** The share of it that went into training steps, without evaluation. */
  readonly trainSeconds: number;
}

/** Everything that is kept of one trial. */
export interface TrialRecord {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly kind: 'trial';
  readonly id: string;
  readonly point: string;
  readonly baseline: boolean;
  readonly seed: number;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly outcome: Outcome;
  readonly epochs: readonly EpochRecord[];
  readonly timing: Timing;
}

/** A record without what only pictures need. One seed of a point is enough for those, and they take most of the room. */
export function withoutPictures(record: TrialRecord): TrialRecord {
  const bare = ({ correlation: _correlation, ...layer }: LayerRecord): LayerRecord => layer;
  return {
    ...record,
    epochs: record.epochs.map((epoch) => ({ ...epoch, layers: epoch.layers.map(bare) })),
  };
}

/** A data set as it was used. `train` and `test` are numbers of samples. */
export interface DataSummary {
  readonly name: string;
  readonly fingerprint: string;
  readonly train: number;
  readonly test: number;
  readonly features: number;
  readonly classes: number;
}

/** Which kernel trained the run; the reference implementation has no binary and so no hash. */
export interface KernelSummary {
  readonly variant: 'simd' | 'fma' | 'reference';
  readonly sha256: string | null;
}

/** The facts of a run that never change after its start. */
export interface Manifest {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly name: string;
  /** Version of covgrad. */
  readonly covgrad: string;
  readonly node: string;
  readonly cpu: string;
  readonly threads: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly kernel: KernelSummary;
  /** The data of the first trial. */
  readonly data: DataSummary;
  /** Further data sets, where the sweep varies the data. */
  readonly otherData?: readonly DataSummary[] | undefined;
  readonly config: SweepConfig;
  /** The plan, in order. */
  readonly trials: readonly TrialSpec[];
}

const version = z.literal(SCHEMA_VERSION);
const count = z.int().min(0);
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** JSON has no NaN: what was not finite was written as null. */
const measured = z.union([z.number(), z.null().transform(() => Number.NaN)]);

const epochSchema = z.object({
  epoch: z.int().min(1),
  train: z.object({ loss: measured, penalty: measured, accuracy: z.number() }),
  test: z.object({ loss: measured, accuracy: z.number() }),
  layers: z.array(
    z.object({
      layer: count,
      name: z.string(),
      units: count,
      samples: count,
      metrics: z.record(z.string(), z.number().nullable()),
      correlation: z.object({ blocks: count, values: z.string() }).optional(),
    }),
  ),
});

const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('complete') }),
  z.object({ status: z.literal('diverged'), epoch: count, step: count, reason: z.string() }),
  z.object({ status: z.literal('failed'), code: z.string(), message: z.string() }),
  z.object({ status: z.literal('interrupted'), epoch: count }),
]);

/** Checks a record that was read from a journal. */
export const trialRecordSchema: z.ZodType<TrialRecord> = z.object({
  schemaVersion: version,
  kind: z.literal('trial'),
  id: z.string(),
  point: z.string(),
  baseline: z.boolean(),
  seed: z.int(),
  settings,
  outcome: outcomeSchema,
  epochs: z.array(epochSchema),
  timing: z.object({ startedAt: z.string(), seconds: z.number(), trainSeconds: z.number() }),
});

const dataSchema = z.object({
  name: z.string(),
  fingerprint: z.string(),
  train: count,
  test: count,
  features: count,
  classes: count,
});

/** The experiment was checked when the sweep file was read; the plan is its copy, so only the frame is checked again. */
const trialSpecSchema = z.object({
  id: z.string(),
  index: count,
  point: z.string(),
  baseline: z.boolean(),
  seed: z.int(),
  settings,
  experiment: z.custom<TrialSpec['experiment']>(isObject, 'an experiment is an object'),
});

/** Checks a manifest that was read from a run directory. */
export const manifestSchema: z.ZodType<Manifest> = z.object({
  schemaVersion: version,
  name: z.string(),
  covgrad: z.string(),
  node: z.string(),
  cpu: z.string(),
  threads: count,
  startedAt: z.string(),
  kernel: z.object({ variant: z.enum(['simd', 'fma', 'reference']), sha256: z.string().nullable() }),
  data: dataSchema,
  otherData: z.array(dataSchema).optional(),
  config: z.custom<SweepConfig>(isObject, 'a configuration is an object'),
  trials: z.array(trialSpecSchema),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A stored value that fits its schema. Errors: StoreError with `code` that names the first part which does not. */
export function checkStored<T>(schema: z.ZodType<T>, value: unknown, code: string, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  const found = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], value);
  const key = path.join('.');
  throw new StoreError(
    code,
    `${where}: ${key === '' ? 'the content' : key} must be what this version of covgrad writes, got ${describeValue(found)}. ` +
      'Read it with the version that wrote it, or restore the file from a copy.',
    { where, key },
  );
}
