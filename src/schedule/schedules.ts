/** The kinds of schedules, their sections of a sweep file, and values that change from step to step. */
import { z } from 'zod';
import { choice, type Range, realNumber, section } from '../schema/rules.ts';
import type { ScheduleKind } from './kind.ts';
import { CONSTANT, type ConstantSettings } from './kinds/constant.ts';
import { COSINE } from './kinds/cosine.ts';
import { EXPONENTIAL } from './kinds/exponential.ts';
import { LINEAR } from './kinds/linear.ts';
import { ONE_CYCLE, type OneCycleSettings } from './kinds/one-cycle.ts';
import type { Ends } from './kinds/settings.ts';
import { STEP, type StepSettings } from './kinds/step.ts';

/** The settings of each kind, by its name. */
export interface ScheduleSettings {
  readonly constant: ConstantSettings;
  readonly step: StepSettings;
  readonly exponential: Ends;
  readonly linear: Ends;
  readonly cosine: Ends;
  readonly 'one-cycle': OneCycleSettings;
}

/** Every kind. */
export const SCHEDULES: readonly ScheduleKind[] = [CONSTANT, STEP, EXPONENTIAL, LINEAR, COSINE, ONE_CYCLE];

/** A schedule with nothing left out. */
export type Schedule = {
  readonly [Kind in keyof ScheduleSettings]: {
    readonly schedule: Kind;
    /** Epochs over which the value first rises in a straight line. Default: 0. */
    readonly warmup_epochs?: number;
  } & ScheduleSettings[Kind];
}[keyof ScheduleSettings];

/** A setting that stays, or changes from step to step. */
export type Scheduled = number | Schedule;

/** The sections of all kinds, without the rules about several keys. */
export const SCHEDULE_SECTIONS: readonly z.ZodObject<Record<string, z.ZodType>, z.core.$strict>[] =
  SCHEDULES.map(({ name, summary, settings }) =>
    section({
      schedule: choice([name]).describe(summary),
      ...(settings as Record<string, z.ZodType>),
      warmup_epochs: realNumber({ from: 0 })
        .exactOptional()
        .describe(
          'Epochs over which the value first rises from 0 to where the schedule begins; 0 unless given',
        ),
    }),
  );

const checked = SCHEDULE_SECTIONS.map((each, position) =>
  each.superRefine((settings, context) => {
    const found = SCHEDULES[position]?.problem?.(settings);
    if (found === undefined) return;
    context.addIssue({ code: 'custom', path: [found.key], message: found.message });
  }),
);

/** A number in a range, or a schedule. */
export function scheduled(range: Range): z.ZodType<Scheduled> {
  const number = realNumber(range);
  const schedule = z.discriminatedUnion(
    'schedule',
    checked as [(typeof checked)[number], ...typeof checked],
    {
      error: 'must be a mapping such as {schedule: cosine, initial: 0.1}',
    },
  );
  const limit = range.above === undefined ? 'of at least 0' : 'above 0';
  return z.union([number, schedule], {
    error: `must be a number ${limit}, or a schedule such as {schedule: cosine, initial: 0.1}`,
  }) as unknown as z.ZodType<Scheduled>;
}

/** How long a training is. */
export interface Span {
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

/**
 * Value of each optimizer step, counted from 0.
 *
 * The first w = warmup_epochs·stepsPerEpoch steps, rounded to a whole number, rise in a straight line: step t has (t + 1)/w of the
 * value that the schedule begins with. The schedule itself runs over the steps after them.
 */
export function scheduleOf(value: Scheduled, { steps, stepsPerEpoch }: Span): (step: number) => number {
  if (typeof value === 'number') return () => value;
  const { schedule, warmup_epochs: epochs = 0, ...settings } = value;
  const kind = kindOf(schedule);
  const warmup = Math.min(Math.round(epochs * stepsPerEpoch), steps);
  const at = (step: number): number =>
    kind.at(settings, { step, steps: Math.max(1, steps - warmup), stepsPerEpoch });
  const begin = at(0);
  return (step) => (step < warmup ? (begin * (step + 1)) / warmup : at(step - warmup));
}

/** The largest value that a setting is given: what it stands for where one number is told. */
export function targetOf(value: Scheduled): number;
export function targetOf(value: Scheduled | undefined): number | undefined;
export function targetOf(value: Scheduled | undefined): number | undefined {
  if (typeof value !== 'object') return value;
  return (value as unknown as Readonly<Record<string, number>>)[targetKey(value)];
}

/** The key of a schedule that holds {@link targetOf}. */
export function targetKey({ schedule, ...settings }: Schedule): string {
  return kindOf(schedule).highest(settings as never);
}

/** The broken rule of a schedule in a training of so many epochs, or undefined. */
export function warmupProblem(value: Scheduled | undefined, epochs: number): string | undefined {
  if (typeof value !== 'object') return undefined;
  const { warmup_epochs: warmup = 0 } = value;
  if (warmup < epochs) return undefined;
  return `must leave epochs for the schedule itself, got ${warmup} of ${epochs}. Write fewer, or train for more epochs`;
}

function kindOf(name: string): ScheduleKind {
  const kind = SCHEDULES.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`schedule ${name} is not in the registry`);
  return kind;
}
