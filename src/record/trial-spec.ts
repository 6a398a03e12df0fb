/** Trials as they are planned: what travels to whoever trains them. */
import type { ExperimentConfig } from '../config/schema.ts';
import type { Setting } from './settings.ts';

/** One setting of the swept parameters, for any seed. */
export interface Point {
  /**
   * Its name: the first 12 hexadecimal digits of the SHA-256 of the experiment as JSON with sorted keys. All baselines
   * that differ in their penalty alone have one name.
   */
  readonly point: string;
  /** Whether it is trained without any penalty. */
  readonly baseline: boolean;
  /** The swept settings of the point by dotted path; a baseline has none of the penalty's. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Complete, with the penalty's defaults written out; a baseline has the weight 0. */
  readonly experiment: ExperimentConfig;
}

/** One training, with everything that it needs to know: it can be sent to any worker. */
export interface TrialSpec extends Point {
  /** `<point>-s<seed>`: the same in every plan that has this point. */
  readonly id: string;
  /** Position in the plan. */
  readonly index: number;
  readonly seed: number;
}
