/** What a kind of schedule says of itself: one file each under kinds/, and one line in schedules.ts. */
import type { z } from 'zod';

/** A moment of a training after its warm-up. */
export interface Moment {
  /** Optimizer steps done since the warm-up, from 0. */
  readonly step: number;
  /** All of them. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

/** A broken rule about more than one setting, at one of them. */
export interface ScheduleProblem {
  readonly key: string;
  readonly message: string;
}

/** A kind of schedule: pure functions of its settings and the moment. */
export interface ScheduleKind<Settings extends object = object> {
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly summary: string;
  /** Its settings beside the warm-up. */
  readonly settings: z.ZodRawShape;
  problem?(settings: Settings): ScheduleProblem | undefined;
  /** The key of the largest value that it reaches. */
  highest(settings: Settings): string;
  /** Value of the step at a moment. Precision: float64, the same bits on every host. */
  at(settings: Settings, moment: Moment): number;
}
