/**
 * What a run directory stores: the manifest and the records of its journal, with the schemas that check them when they
 * are read. Long because every shape stands here twice, as a type and as its schema, which must change together.
 */
import { z } from 'zod';
import type { SweepConfig } from '../config/schema.ts';
import type { TargetKind } from '../data/task.ts';
import { StoreError } from '../errors.ts';
import type { CorrelationBlocks } from '../metrics/correlation-blocks.ts';
import { describeValue } from '../printable.ts';
import { isMapping } from '../schema/mapping.ts';
import type { EarlyStoppingRecord } from './early-stopping.ts';
import { type StoredPoint, storedPointSchema } from './points.ts';
import type { Setting } from './settings.ts';
import type { TrialSpec } from './trial-spec.ts';

/** Version of everything below. A reader refuses a later version instead of guessing. */
export const SCHEMA_VERSION = 2;
/**
 * The versions that are read. In version 1 a manifest held its trials, with a whole experiment each, as did the plans and
 * changes in a journal; a trial was one record however many epochs it had.
 */
export type SchemaVersion = 1 | typeof SCHEMA_VERSION;

/** What the gradient of a penalty was like at one layer, on some training batches that stay the same. */
export interface GradientRecord {
  /** Mean value of the penalty on these batches, without its weight. */
  readonly penalty: number;
  /**
   * Cosine between the gradient and the centred activations: 1 where a step along it only shrinks them, 0 where it
   * leaves their scale. Null where there is no gradient.
   */
  readonly cosine: number | null;
  /** ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖, X the activations that the penalty sees. Null where the loss has no gradient. */
  readonly strength: number | null;
}

/** The penalty that a trial was trained with. */
export interface PenaltyRecord {
  /** As given, or set from the strength. */
  readonly weight: number;
  /** Before the first step, by the layer's name: what {@link LayerRecord.gradient} says of later epochs. */
  readonly start: Readonly<Record<string, GradientRecord>>;
}

/** What was measured on one layer after the last epoch because the experiment asked for it. */
export interface FinalRecord {
  /** Metrics with the samples permuted within each unit, so that units are independent: means over the permutations. */
  readonly permuted?: {
    readonly permutations: number;
    readonly metrics: Readonly<Record<string, number | null>>;
  };
  /** The layer whitened by its covariance on training samples, its inverse absorbed by the layer above: metrics on held-out samples. */
  readonly whitened?: {
    /** Training samples that the covariance was estimated from. */
    readonly samples: number;
    readonly metrics: Readonly<Record<string, number | null>>;
  };
}

/** Decorrelation of one penalised layer at the end of an epoch, measured on held-out samples. */
export interface LayerRecord {
  /** Position among the layers, those inside a block before the block. */
  readonly layer: number;
  readonly name: string;
  readonly units: number;
  /** Held-out samples that were measured. */
  readonly samples: number;
  /** Positions of each sample that were measured, where these are images. */
  readonly positions?: number;
  /** By the metric's name; null where it is not defined (no live units, fewer samples than units). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Absent where no penalty acts, and in runs of versions that did not measure it. */
  readonly gradient?: GradientRecord;
  /** Of the first and the last epoch, and of one seed of a point. */
  readonly correlation?: CorrelationBlocks | undefined;
}

/** Means over a split: its loss, and the quality of the network by the names of `quality.ts`. */
export interface Scores {
  readonly loss: number;
  readonly [quality: string]: number;
}

/**
 * What was measured at one moment. Where the data have a validation split, `validation` and `layers` are measured on it, and
 * `test` and `testLayers` are there only at the end of a complete trial; else `test` and `layers` are of the test split.
 */
export interface MomentRecord {
  readonly validation?: Scores;
  readonly test?: Scores;
  readonly layers: readonly LayerRecord[];
  readonly testLayers?: readonly LayerRecord[];
}

/** What one epoch brought. A number that was not finite is stored as null and read as NaN. */
export interface EpochRecord extends MomentRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Means over the epoch's minibatches as they were trained; the penalty is unweighted and summed over the layers. */
  readonly train: Scores & { readonly penalty: number };
}

/** What was measured between the ends of two epochs, where the experiment asks for it. */
export interface StepRecord extends MomentRecord {
  /** Of the epoch that it lies in, counted from 1. */
  readonly epoch: number;
  /** Optimizer steps since the beginning. */
  readonly step: number;
  /** Means over the epoch's minibatches so far. */
  readonly train: EpochRecord['train'];
}

/** Scores on the split that a sweep selects by. */
export function heldOutScores({ validation, test }: MomentRecord): Scores {
  return (validation ?? test) as Scores;
}

/** How a trial ended. Errors are data here: an error class does not survive the trip between threads. */
export type Outcome =
  | { readonly status: 'complete' }
  | { readonly status: 'diverged'; readonly epoch: number; readonly step: number; readonly reason: string }
  | ({ readonly status: 'pruned' } & Defeat)
  /** It took longer than a trial may; `epoch` counts the epochs that it finished. */
  | { readonly status: 'timeout'; readonly epoch: number; readonly seconds: number }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'interrupted'; readonly epoch: number };

/** Against whom a pruned trial lost. Values are of the metric that the sweep aims at. */
export interface Defeat {
  /** The epoch after which it was ended. */
  readonly epoch: number;
  /** Position of that epoch among those at which the pruner judges, from 0. */
  readonly rung?: number | undefined;
  /** What the trial had reached, and what it needed. A value that was not finite is stored as null and read as NaN. */
  readonly value: number;
  readonly threshold: number;
  /** Id of the trial that holds the threshold. */
  readonly lostTo: string;
  readonly pruner: string;
}

export interface Timing {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time of the whole trial, less the time it waited for other trials and what was measured once at its end. */
  readonly seconds: number;
  /** The share of it that went into training steps, without evaluation. */
  readonly trainSeconds: number;
}

/** Everything that is kept of one trial. */
export interface TrialRecord {
  readonly schemaVersion: SchemaVersion;
  readonly kind: 'trial';
  readonly id: string;
  readonly point: string;
  readonly baseline: boolean;
  readonly seed: number;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly outcome: Outcome;
  /** Before the first step; absent in runs of versions that did not measure it. */
  readonly initial?: MomentRecord;
  readonly epochs: readonly EpochRecord[];
  /** Between the ends of the epochs; absent unless the experiment asks for them. */
  readonly steps?: readonly StepRecord[];
  readonly timing: Timing;
  /** Of a complete trial whose experiment has `early_stopping`. */
  readonly earlyStopping?: EarlyStoppingRecord;
  /** Absent where no penalty acts, and in runs of versions that did not measure it. */
  readonly penalty?: PenaltyRecord;
  /** By the layer's name; absent unless the experiment asks for it and the trial is complete. */
  readonly final?: Readonly<Record<string, FinalRecord>>;
  /** The most memory of the kernel that it used at any time. */
  readonly peakKernelBytes?: number | undefined;
  /** Counted from 1; given where an earlier attempt of the same sitting lost its worker. */
  readonly attempt?: number | undefined;
}

/** What a record says of its trial before anything is known of how it went. */
export function recordIdentity({
  id,
  point,
  baseline,
  seed,
  settings,
}: TrialSpec): Pick<
  TrialRecord,
  'schemaVersion' | 'kind' | 'id' | 'point' | 'baseline' | 'seed' | 'settings'
> {
  return { schemaVersion: SCHEMA_VERSION, kind: 'trial', id, point, baseline, seed, settings };
}

/** The epoch whose measurements are those of a trial: the best one where early stopping restored its weights, else the last. */
export function finalEpoch({
  epochs,
  earlyStopping,
}: Pick<TrialRecord, 'epochs' | 'earlyStopping'>): EpochRecord | undefined {
  const best = earlyStopping?.restored === true ? earlyStopping.best : undefined;
  return epochs.find(({ epoch }) => epoch === best) ?? epochs.at(-1);
}

/** Whether a trial brought a result: an interruption is none, and the cause of a failure may pass. */
export function hasResult({ outcome }: TrialRecord): boolean {
  return outcome.status === 'complete' || outcome.status === 'pruned' || outcome.status === 'diverged';
}

/**
 * Trials that were planned after the start, relative to the experiment that the run began with: from the results of
 * earlier ones (`plan`), or for the change that follows (`trials`).
 */
export interface PlanRecord {
  readonly schemaVersion: SchemaVersion;
  readonly kind: 'plan' | 'trials';
  readonly points: readonly StoredPoint[];
}

/** The first epochs of a trial that has too many for one line; its own record follows, and holds the last. */
export interface EpochsRecord {
  readonly schemaVersion: SchemaVersion;
  readonly kind: 'epochs';
  readonly id: string;
  /** How many epochs of the trial stand in the lines before. */
  readonly before: number;
  readonly epochs: readonly EpochRecord[];
}

/** A trial as its line holds it. */
export interface StoredTrial extends TrialRecord {
  /** How many of its epochs stand in the lines before; absent where all are here. */
  readonly epochsBefore?: number | undefined;
}

/** A run that went on in another way than it was begun; from here on this replaces what the manifest says. */
export interface ChangeRecord
  extends Pick<
    Manifest,
    | 'covgrad'
    | 'node'
    | 'cpu'
    | 'threads'
    | 'kernel'
    | 'data'
    | 'otherData'
    | 'base'
    | 'digests'
    | 'penalties'
    | 'config'
  > {
  readonly schemaVersion: SchemaVersion;
  readonly kind: 'change';
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The sweep file as it was given. */
  readonly text: string;
  /** What changed, one line each: `key: before -> now`. */
  readonly differences: readonly string[];
  /** Ids of all trials that the configuration plans now, in order. */
  readonly plan: readonly string[];
  /** Ids of those that were planned from results and still hold. */
  readonly proposed: readonly string[];
}

/** A record without what only pictures need. One seed of a point is enough for those, and they take most of the room. */
export function withoutPictures(record: TrialRecord): TrialRecord {
  const bare = ({ correlation: _correlation, ...layer }: LayerRecord): LayerRecord => layer;
  return {
    ...record,
    epochs: record.epochs.map((epoch) => ({
      ...epoch,
      layers: epoch.layers.map(bare),
      ...(epoch.testLayers && { testLayers: epoch.testLayers.map(bare) }),
    })),
  };
}

/** A data set as it was used. `train`, `validation` and `test` are numbers of samples. */
export interface DataSummary {
  readonly name: string;
  readonly fingerprint: string;
  readonly train: number;
  readonly validation?: number | undefined;
  readonly test: number;
  readonly features: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly target: TargetKind;
}

/** Which kernel trained the run; the reference implementation has no binary and so no hash. */
export interface KernelSummary {
  readonly variant: 'simd' | 'fma' | 'reference';
  readonly sha256: string | null;
  /** Register tile of the products. No number depends on it, so it is no part of what a run is. */
  readonly tile?: '4x8' | '4x16' | undefined;
}

/** What a comparison needs to know of a penalty. */
export interface PenaltyFacts {
  /** False where the gradient is, on purpose, not the derivative of the value. */
  readonly exact: boolean;
  /** Degree of homogeneity in the activations, null where there is none. */
  readonly degree: number | null;
}

/** What a manifest says of its plan: a plan that is cut short, or of another run, is refused. */
export interface PlanSummary {
  readonly trials: number;
  readonly points: number;
  /** CRC-32 over the checksums of its lines, as a number. */
  readonly crc: number;
}

/** The facts of a run that never change after its start. */
export interface Manifest {
  readonly schemaVersion: SchemaVersion;
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
  /** Absolute path of the directory that relative paths of data begin at; absent in runs of before there were any. */
  readonly base?: string | undefined;
  /** Every penalty that its trials may have, by type. */
  readonly penalties?: Readonly<Record<string, PenaltyFacts>> | undefined;
  /** SHA-256 in hex of the files that the data come from, and of what a module imports, by their paths as they are given. */
  readonly digests?: Readonly<Record<string, string>> | undefined;
  readonly config: SweepConfig;
  /** The plan, in order. */
  readonly trials: readonly TrialSpec[];
}

const version = z.literal([1, SCHEMA_VERSION]);
const count = z.int().min(0);
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** JSON has no NaN: what was not finite was written as null. */
const measured = z.union([z.number(), z.null().transform(() => Number.NaN)]);

const metrics = z.record(z.string(), z.number().nullable());
const gradientSchema = z.object({
  penalty: measured,
  cosine: z.number().nullable(),
  strength: z.number().nullable(),
});
const finalSchema = z.object({
  permuted: z.object({ permutations: count, metrics }).exactOptional(),
  whitened: z.object({ samples: count, metrics }).exactOptional(),
});

const layersSchema = z.array(
  z.object({
    layer: count,
    name: z.string(),
    units: count,
    samples: count,
    positions: count.exactOptional(),
    metrics,
    gradient: gradientSchema.exactOptional(),
    correlation: z.object({ blocks: count, values: z.string() }).optional(),
  }),
);
const scoresSchema = z.object({ loss: measured }).catchall(measured);
const moment = {
  validation: scoresSchema.exactOptional(),
  test: scoresSchema.exactOptional(),
  layers: layersSchema,
  testLayers: layersSchema.exactOptional(),
};
const trainSchema = z.object({ loss: measured, penalty: measured }).catchall(measured);
const epochSchema = z.object({ epoch: z.int().min(1), train: trainSchema, ...moment });
const stepSchema = z.object({ step: count, ...epochSchema.shape });

const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('complete') }),
  z.object({ status: z.literal('diverged'), epoch: count, step: count, reason: z.string() }),
  z.object({
    status: z.literal('pruned'),
    epoch: count,
    rung: count.optional(),
    value: measured,
    threshold: z.number(),
    lostTo: z.string(),
    pruner: z.string(),
  }),
  z.object({ status: z.literal('timeout'), epoch: count, seconds: z.number() }),
  z.object({ status: z.literal('failed'), code: z.string(), message: z.string() }),
  z.object({ status: z.literal('interrupted'), epoch: count }),
]);

/** Checks a record that was read from a journal. */
export const trialRecordSchema: z.ZodType<StoredTrial> = z.object({
  schemaVersion: version,
  kind: z.literal('trial'),
  id: z.string(),
  point: z.string(),
  baseline: z.boolean(),
  seed: z.int(),
  settings,
  outcome: outcomeSchema,
  initial: z.object(moment).exactOptional(),
  epochs: z.array(epochSchema),
  steps: z.array(stepSchema).exactOptional(),
  earlyStopping: z
    .object({
      metric: z.string(),
      best: count,
      value: measured,
      last: count,
      stopped: z.boolean(),
      restored: z.boolean(),
    })
    .exactOptional(),
  timing: z.object({ startedAt: z.string(), seconds: z.number(), trainSeconds: z.number() }),
  penalty: z.object({ weight: z.number(), start: z.record(z.string(), gradientSchema) }).exactOptional(),
  final: z.record(z.string(), finalSchema).exactOptional(),
  peakKernelBytes: count.optional(),
  attempt: z.int().min(1).optional(),
  epochsBefore: count.exactOptional(),
});

/** Checks the first epochs of a long trial. */
export const epochsRecordSchema: z.ZodType<EpochsRecord> = z.object({
  schemaVersion: version,
  kind: z.literal('epochs'),
  id: z.string(),
  before: count,
  epochs: z.array(epochSchema),
});

const targetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('classes'), classes: count, names: z.array(z.string()).exactOptional() }),
  z.object({ kind: z.literal('numbers'), width: count, names: z.array(z.string()).exactOptional() }),
  z.object({ kind: z.literal('inputs') }),
]);

/** The first version knew classes only, and no shapes. */
const dataSchema = z.preprocess(
  (value) => {
    if (!isMapping(value) || typeof value.classes !== 'number') return value;
    const { classes, ...rest } = value;
    return { shape: [rest.features], target: { kind: 'classes', classes }, ...rest };
  },
  z.object({
    name: z.string(),
    fingerprint: z.string(),
    train: count,
    validation: count.optional(),
    test: count,
    features: count,
    shape: z.array(count),
    target: targetSchema,
  }),
);

/** The sweep file was checked when it was read, so of its copies only the frame is checked again: what readers rely on. */
const scheduledFrame = z.union([z.number(), z.object({ schedule: z.string() })]);
export const experimentFrame: z.ZodType<object> = z.object({
  penalty: z.union([
    z.object({ type: z.string(), strength: scheduledFrame }),
    z.object({ type: z.string(), weight: scheduledFrame }),
  ]),
});
const configFrame = z.object({
  sweep: z.object({ metric: z.object({ name: z.string(), goal: z.string() }) }),
});

const trialSpecSchema = z.object({
  id: z.string(),
  index: count,
  point: z.string(),
  baseline: z.boolean(),
  seed: z.int(),
  settings,
  experiment: framed<TrialSpec['experiment']>(experimentFrame),
});

/** What a manifest and a change of it have in common. */
const circumstances = {
  schemaVersion: version,
  covgrad: z.string(),
  node: z.string(),
  cpu: z.string(),
  threads: count,
  kernel: z.object({
    variant: z.enum(['simd', 'fma', 'reference']),
    sha256: z.string().nullable(),
    tile: z.enum(['4x8', '4x16']).optional(),
  }),
  data: dataSchema,
  otherData: z.array(dataSchema).optional(),
  base: z.string().optional(),
  penalties: z.record(z.string(), z.object({ exact: z.boolean(), degree: z.number().nullable() })).optional(),
  digests: z.record(z.string(), z.string()).optional(),
  config: framed<SweepConfig>(configFrame),
};

/** Trials with a whole experiment each, as the first version stored them everywhere. */
const trialsSchema = z.array(trialSpecSchema);

/** Checks a manifest that has its trials, as that of the first version has. */
export const manifestSchema: z.ZodType<Manifest> = z.object({
  name: z.string(),
  startedAt: z.string(),
  ...circumstances,
  trials: trialsSchema,
});

/** Checks a manifest whose trials stand in a plan beside it. */
export const storedManifestSchema: z.ZodType<Omit<Manifest, 'trials'> & { readonly plan: PlanSummary }> =
  z.object({
    name: z.string(),
    startedAt: z.string(),
    ...circumstances,
    plan: z.object({ trials: count, points: count, crc: count }),
  });

/** Checks a planning of further trials that was read from a journal. */
export const planRecordSchema: z.ZodType<
  PlanRecord | { readonly kind: 'plan'; readonly trials: TrialSpec[] }
> = z.union([
  z.object({
    schemaVersion: version,
    kind: z.enum(['plan', 'trials']),
    points: z.array(storedPointSchema),
  }),
  z.object({ schemaVersion: z.literal(1), kind: z.literal('plan'), trials: trialsSchema }),
]);

/** Checks a change that was read from a journal. */
export const changeRecordSchema: z.ZodType<ChangeRecord & { readonly trials?: readonly TrialSpec[] }> =
  z.object({
    kind: z.literal('change'),
    at: z.string(),
    text: z.string(),
    differences: z.array(z.string()),
    plan: z.array(z.string()),
    proposed: z.array(z.string()),
    ...circumstances,
    trials: trialsSchema.exactOptional(),
  });

/** A value that has all of a frame; what else it has is kept as it is. */
function framed<T>(frame: z.ZodType): z.ZodType<T> {
  return z.custom<T>().superRefine((value, context) => {
    for (const issue of frame.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    }
  });
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
