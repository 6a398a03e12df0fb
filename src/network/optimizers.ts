/** The kinds of optimizers, their sections of a sweep file, and optimizers made of settings. */
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import type { Operations } from '../kernel/operations.ts';
import { describeValue } from '../printable.ts';
import { choice, realNumber, section } from '../schema/rules.ts';
import type { ArrayScope } from './array-scope.ts';
import { clipGradients } from './gradient-clipping.ts';
import type { Optimizer, TrainedArray } from './optimizer.ts';
import { ADAM, ADAMW, type AdamSettings } from './optimizers/adam.ts';
import type { OptimizerKind } from './optimizers/kind.ts';
import { LARS, type LarsSettings } from './optimizers/lars.ts';
import { LION, type LionSettings } from './optimizers/lion.ts';
import { RMSPROP, type RmspropSettings } from './optimizers/rmsprop.ts';
import { SGD, type SgdSettings } from './optimizers/sgd.ts';

/** The settings of each kind, by its name. */
export interface OptimizerSettings {
  readonly sgd: SgdSettings;
  readonly adam: AdamSettings;
  readonly adamw: AdamSettings;
  readonly rmsprop: RmspropSettings;
  readonly lion: LionSettings;
  readonly lars: LarsSettings;
}

export type OptimizerType = keyof OptimizerSettings;

/** Every kind. */
const KINDS: readonly OptimizerKind[] = [SGD, ADAM, ADAMW, RMSPROP, LION, LARS];

/** What every optimizer has beside the settings of its kind. */
interface CommonSettings<Rate> {
  readonly learning_rate: Rate;
  /** Largest norm of all gradients together; larger ones are scaled down to it. Default: none. */
  readonly clip_norm?: number;
}

/** An optimizer with nothing left out, its learning rate given as `Rate`. */
export type OptimizerWith<Rate> = {
  readonly [Type in OptimizerType]: { readonly type: Type } & CommonSettings<Rate> & OptimizerSettings[Type];
}[OptimizerType];

/** An optimizer as a network is given it; what is left out means the same as in a sweep file. */
export type OptimizerOptions = {
  readonly [Type in OptimizerType]: { readonly type: Type } & CommonSettings<number> &
    Partial<OptimizerSettings[Type]>;
}[OptimizerType];

const clipNorm = realNumber({ above: 0 }).describe(
  'Largest Euclidean norm of all gradients together; larger ones are scaled down to it',
);

/** The section of each kind, with `learningRate` for the rule of its learning rate; without the rules about several keys. */
export function optimizerSections(
  learningRate: z.ZodType,
): z.ZodObject<Record<string, z.ZodType>, z.core.$strict>[] {
  return KINDS.map(({ type, settings }) =>
    section({
      type: choice([type]),
      learning_rate: learningRate,
      ...(settings as Record<string, z.ZodType>),
      clip_norm: clipNorm.exactOptional(),
    }),
  );
}

/** The sections as one schema, with all rules. */
export function optimizerSchema<Rate>(
  sections: ReturnType<typeof optimizerSections>,
): z.ZodType<OptimizerWith<Rate>> {
  const checked = sections.map((each, position) =>
    each.superRefine((settings, context) => {
      const found = KINDS[position]?.problem?.(settings);
      if (found === undefined) return;
      context.addIssue({ code: 'custom', path: [found.key], message: found.message });
    }),
  );
  return z.discriminatedUnion('type', checked as [(typeof checked)[number], ...typeof checked], {
    error: 'must be a mapping such as {type: sgd, learning_rate: 0.1}',
  }) as unknown as z.ZodType<OptimizerWith<Rate>>;
}

/** A network may stand still, which a sweep file has no use for. */
const OPTIONS = optimizerSchema<number>(optimizerSections(realNumber({ from: 0 })));

/** The options with every default filled in. Errors: ConfigError OPTIMIZER_INVALID for a setting out of range. */
export function resolveOptimizer(options: OptimizerOptions): OptimizerWith<number> {
  const checked = OPTIONS.safeParse(options);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = issue?.path ?? [];
  const given = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], options);
  const rule = ruleOf(issue);
  const got = issue?.code === 'custom' ? '' : `, got ${describeValue(given)}`;
  throw new ConfigError('OPTIMIZER_INVALID', `${['optimizer', ...path].join('.')}: ${rule}${got}.`);
}

function ruleOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') {
    return `its keys must be ${issue.message.split('\n').join(', ')}, got ${issue.keys.join(', ')} among`;
  }
  if (issue?.code === 'invalid_union' && issue.discriminator !== undefined) {
    return `must be one of ${KINDS.map(({ type }) => type).join(', ')}`;
  }
  return issue?.message ?? 'must be an optimizer';
}

/**
 * An optimizer with its state allocated in `scope`.
 *
 * Errors: ConfigError for a setting out of range.
 */
export function createOptimizer(
  operations: Operations,
  scope: ArrayScope,
  options: OptimizerOptions,
  arrays: readonly TrainedArray[],
): Optimizer {
  const { type, learning_rate, clip_norm, ...settings } = resolveOptimizer(options);
  const kind = KINDS.find((each) => each.type === type) as OptimizerKind;
  const stepAt = kind.create({ operations, scope, settings, arrays });
  return {
    learningRate: learning_rate,
    step() {
      if (clip_norm !== undefined) clipGradients(operations, arrays, clip_norm);
      stepAt(this.learningRate);
    },
  };
}
