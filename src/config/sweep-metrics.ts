/** The metrics that a sweep can aim at, and which of them an experiment has. */
import type { TargetKind, Task } from '../data/task.ts';
import { METRICS } from '../metrics/metrics.ts';
import { QUALITIES, qualitiesOf } from '../record/quality.ts';

/** Splits whose scores are metrics; the first two are held out. */
const SPLITS = ['test', 'validation', 'train'] as const;

/** Which way is better; a metric of the layers is averaged over the penalised ones, on the held-out split. */
export const SWEEP_METRICS: ReadonlyMap<string, 'minimize' | 'maximize' | 'none'> = new Map([
  ...SPLITS.flatMap((split) => [
    ...QUALITIES.map(({ name, goal }) => [`${split}.${name}`, goal] as const),
    [`${split}.loss`, 'minimize'] as const,
  ]),
  ['train.penalty', 'none'],
  ...METRICS.map(({ name, goal }) => [name, goal] as const),
  ['seconds', 'minimize'],
]);

const TARGET_OF: Readonly<Record<Task, TargetKind['kind']>> = {
  classification: 'classes',
  regression: 'numbers',
  autoencoding: 'inputs',
};

/** What decides which metrics a trial has. */
export interface MetricContext {
  readonly task: Task;
  /** Whether the data have a validation split; undefined where only the data tell. */
  readonly validation: boolean | undefined;
}

/** The broken rule of a metric that trials of a task and their data do not have, or that selects by the test, or undefined. */
export function metricProblem(name: string, { task, validation }: MetricContext): string | undefined {
  const [split = '', quantity] = name.split('.');
  if (quantity === undefined) return undefined;
  const qualities = qualitiesOf({ kind: TARGET_OF[task] }).map((quality) => quality.name);
  const scores = [...qualities, 'loss'];
  const heldOut = validation === true ? 'validation' : 'test';
  const own = split === 'test' || (split === 'validation' && validation !== true) ? heldOut : split;
  if (quantity !== 'penalty' && !scores.includes(quantity)) {
    const names = scores.map((score) => `${own}.${score}`);
    return `must fit the task, ${task}, got ${name}. Write ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  }
  if (split === 'test' && validation === true) {
    return `must not be of the test split, since the data have a validation split and a sweep selects by validation, got ${name}. Write validation.${quantity}`;
  }
  if (split === 'validation' && validation === false) {
    return `must be of a split that the data have, got ${name} without data.validation. Write test.${quantity}, or validation: 0.1 under data`;
  }
  return undefined;
}

/** The names among some of metrics that an experiment can select by: of its validation split where it has one. */
export function selectable(names: readonly string[], validation: boolean): readonly string[] {
  const other = validation ? 'test.' : 'validation.';
  return names.filter((name) => !name.startsWith(other));
}
