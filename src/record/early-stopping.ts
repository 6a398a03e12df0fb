/** Early stopping: its section of a sweep file, and what a record says of it. */
import type { z } from 'zod';
import { METRICS } from '../metrics/metrics.ts';
import { choice, realNumber, section, truthValue, wholeNumber } from '../schema/rules.ts';
import { QUALITIES } from './quality.ts';

/** A training ends when a metric of the validation split has not become better for `patience` epochs. */
export interface EarlyStoppingConfig {
  readonly metric: string;
  readonly patience: number;
  /** By how much a value must be better to count. */
  readonly min_delta: number;
  /** Whether the weights of the best epoch are measured at the end, and not the last ones. */
  readonly restore_best: boolean;
}

/** Which way is better for every metric that a training can be stopped by: of the validation split, and of the layers on it. */
const GOALS: ReadonlyMap<string, 'minimize' | 'maximize'> = new Map([
  ['validation.loss', 'minimize'],
  ...QUALITIES.map(({ name, goal }) => [`validation.${name}`, goal] as const),
  ...METRICS.flatMap(({ name, goal }) => (goal === 'none' ? [] : [[name, goal] as const])),
]);

/** Which way a metric is better. */
export function stoppingGoal(metric: string): 'minimize' | 'maximize' {
  return GOALS.get(metric) ?? 'minimize';
}

const stopping = section({
  metric: choice([...GOALS.keys()])
    .default('validation.loss')
    .describe('What must become better, measured on the validation split after every epoch'),
  patience: wholeNumber(1, 100_000).describe(
    'Epochs in a row without a better value, after which training ends',
  ),
  min_delta: realNumber({ from: 0 }).default(0).describe('By how much a value must be better to count'),
  restore_best: truthValue()
    .default(true)
    .describe('Whether the weights of the best epoch are measured at the end, and not the last ones'),
});

/** The section `training.early_stopping`. */
export const earlyStoppingSection: z.ZodType<EarlyStoppingConfig> = stopping;
/** Its keys. */
export const EARLY_STOPPING_KEYS: readonly string[] = Object.keys(stopping.shape);

/** What early stopping did in a complete trial. */
export interface EarlyStoppingRecord {
  readonly metric: string;
  /** The epoch with the best value, counted from 1, and that value. */
  readonly best: number;
  readonly value: number;
  /** The last epoch that was trained. */
  readonly last: number;
  /** Whether training ended before its last epoch. */
  readonly stopped: boolean;
  /** Whether the weights of the best epoch were measured at the end. */
  readonly restored: boolean;
}
