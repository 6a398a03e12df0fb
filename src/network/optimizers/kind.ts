/** What a kind of optimizer says of itself: one file each under this folder, and one line in ../optimizers.ts. */
import type { z } from 'zod';
import type { Operations } from '../../kernel/operations.ts';
import type { ArrayScope } from '../array-scope.ts';
import type { TrainedArray } from '../optimizer.ts';

/** Moves every array one step along its gradient, at a learning rate. */
export type StepAt = (learningRate: number) => void;

/** What an optimizer is made for. */
export interface OptimizerContext<Settings extends object> {
  readonly operations: Operations;
  /** Where its state (velocities, moments) is allocated. */
  readonly scope: ArrayScope;
  readonly settings: Settings;
  readonly arrays: readonly TrainedArray[];
}

/** A broken rule about more than one setting, at one of them. */
export interface SettingsProblem {
  readonly key: string;
  readonly message: string;
}

/** A kind of optimizer. */
export interface OptimizerKind<Settings extends object = object> {
  readonly type: string;
  /** Its settings beside the learning rate and what all optimizers have, with their defaults. */
  readonly settings: z.ZodRawShape;
  problem?(settings: Settings): SettingsProblem | undefined;
  create(context: OptimizerContext<Settings>): StepAt;
}
