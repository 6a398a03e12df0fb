/**
 * Holds running trials against each other for the pruner.
 *
 * A trial is compared with the trials of its seed that come before it in the plan, and waits for those that are still on
 * their way to the same epoch. So what is pruned depends neither on the number of threads nor on their speed, and a sweep
 * that was stopped and resumed prunes what an undisturbed one prunes. The first of the running trials waits for nobody.
 * A trial that fails counts as far as it came. How far may be chance: where it comes further after a resume, those that
 * are judged then are held against that, too.
 */

import type { Course, Pruner } from '../plan/pruner.ts';
import { type Objective, objectiveValue } from '../record/objective.ts';
import type { EpochRecord, Outcome, TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

interface Contender extends Course {
  readonly index: number;
  readonly seed: number;
  readonly values: number[];
  diverged: boolean;
  running: boolean;
}

export class Referee {
  readonly #pruner: Pruner;
  readonly #objective: Objective;
  /** By the trial's id. */
  readonly #contenders = new Map<string, Contender>();
  readonly #waiting = new Set<() => void>();
  /** By the number of epochs of a trial: there may be many rungs, and one is looked for after every epoch. */
  readonly #rungs = new Map<number, ReadonlySet<number>>();

  constructor(pruner: Pruner, objective: Objective) {
    this.#pruner = pruner;
    this.#objective = objective;
  }

  /** A trial begins, or begins anew. */
  begin({ id, index, seed, baseline }: TrialSpec): void {
    if (baseline) return;
    this.#contenders.set(id, { index, seed, values: [], diverged: false, running: true });
  }

  /** Judge what a trial has reached: nothing when it goes on, or how it ends; later when it must be waited for. */
  judge(spec: TrialSpec, epoch: EpochRecord): Outcome | undefined | Promise<Outcome | undefined> {
    const own = this.#contenders.get(spec.id);
    if (own === undefined) return undefined;
    own.values.push(objectiveValue(this.#objective, epoch));
    this.#wake();
    if (!this.#rungsOf(spec).has(epoch.epoch)) return undefined;
    return this.#isKnown(own) ? this.#decide(spec.id, own) : this.#decideLater(spec.id, own);
  }

  /**
   * A trial has ended. What it measured it would measure again, so it counts even if the trial failed. One that was
   * interrupted is still awaited: all are stopped then, and nobody is judged without it.
   */
  end({ id, index, seed }: TrialSpec, { outcome, epochs, baseline }: TrialRecord): void {
    if (baseline || outcome.status === 'interrupted') return;
    const values = epochs.map((epoch) => objectiveValue(this.#objective, epoch));
    const diverged = outcome.status === 'diverged';
    this.#contenders.set(id, { index, seed, values, diverged, running: false });
    this.#wake();
  }

  async #decideLater(id: string, own: Contender): Promise<Outcome | undefined> {
    while (!this.#isKnown(own)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return this.#decide(id, own);
  }

  #decide(id: string, own: Contender): Outcome | undefined {
    const epoch = own.values.length;
    const history = new Map(
      [...this.#contenders].filter(([, other]) => precedes(other, own) || other === own),
    );
    const decision = this.#pruner.decide(history, id, epoch, own.values[epoch - 1] as number);
    if (!decision.prune) return undefined;
    const { rung, value, threshold, lostTo } = decision;
    return { status: 'pruned', epoch, rung, value, threshold, lostTo, pruner: this.#pruner.name };
  }

  #rungsOf({ experiment }: TrialSpec): ReadonlySet<number> {
    const { epochs } = experiment.training;
    const rungs = this.#rungs.get(epochs) ?? new Set(this.#pruner.rungs(epochs));
    this.#rungs.set(epochs, rungs);
    return rungs;
  }

  /** Whether all trials before this one have come as far, or have ended. */
  #isKnown(own: Contender): boolean {
    for (const other of this.#contenders.values()) {
      if (precedes(other, own) && other.running && other.values.length < own.values.length) return false;
    }
    return true;
  }

  #wake(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}

function precedes(other: Contender, own: Contender): boolean {
  return other.seed === own.seed && other.index < own.index;
}
