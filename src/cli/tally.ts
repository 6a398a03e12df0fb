/** The state of a sweep for people: how many trials have ended and how, the best so far, and how long the rest will take. */
import type { SweepSection } from '../config/schema.ts';
import { mostTrials } from '../plan/extent.ts';
import { type Objective, objectiveCost, objectiveValue } from '../record/objective.ts';
import { finalEpoch, type TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { formatDuration } from '../render/number.ts';
import type { SweepEvent } from '../sweep/events.ts';
import { RemainingTime } from './remaining.ts';
import { trialLabel } from './wording.ts';

/** Counts along with the events. */
export class Tally {
  /** Names of the trials that are known, by their ids. */
  readonly labels: Map<string, string> = new Map();
  /** Trials to train, those that a search may still propose among them. */
  total: number = 0;
  /** Trials that need not be trained again. */
  done: number = 0;
  #pruned = 0;
  #diverged = 0;
  /** Trials that failed in this sitting. */
  #failed = 0;
  #threads = 1;
  #sweep: SweepSection | undefined;
  readonly #known: TrialSpec[] = [];
  #objective: Objective | undefined;
  #best: { readonly label: string; readonly value: number } | undefined;
  readonly #remaining = new RemainingTime();
  /** By the trial's id. */
  readonly #running = new Map<string, { share: number; readonly startedAt: number }>();

  show(event: SweepEvent): void {
    switch (event.type) {
      case 'planned': {
        const { manifest, finished, concurrency } = event;
        this.#sweep = manifest.config.sweep;
        this.done = finished.length;
        this.#threads = concurrency;
        this.#objective = manifest.config.sweep.metric;
        this.#know(manifest.trials);
        for (const record of finished) this.#note(record);
        break;
      }
      case 'trialsProposed':
        this.#know(event.trials);
        break;
      case 'trialStarted':
        this.#running.set(event.spec.id, { share: 0, startedAt: Date.now() });
        break;
      case 'trialProgress': {
        const running = this.#running.get(event.spec.id);
        if (running !== undefined) running.share = event.progress.step / event.progress.steps;
        break;
      }
      case 'trialFinished': {
        const { spec, record } = event;
        const { status } = record.outcome;
        this.#running.delete(spec.id);
        if (status !== 'interrupted') {
          this.done += 1;
          this.#remaining.add(record.timing.seconds);
        }
        if (status === 'failed' || status === 'timeout') this.#failed += 1;
        this.#note(record);
        break;
      }
    }
  }

  /** Share of the sweep that is done, parts of trials included. */
  get share(): number {
    const running = [...this.#running.values()].reduce((sum, { share }) => sum + share, 0);
    return this.total === 0 ? 0 : (this.done + running) / this.total;
  }

  /** `12/63 trials · 3 min left · 2 pruned · 1 diverged · 1 failed`. */
  get counts(): string {
    const now = Date.now();
    const running = [...this.#running.values()].map(({ share, startedAt }) => ({
      share,
      seconds: (now - startedAt) / 1000,
    }));
    const waiting = this.total - this.done - running.length;
    const seconds = this.#remaining.estimate(waiting, running, this.#threads);
    return [
      `${this.done}/${this.total} trials`,
      ...(seconds === undefined || this.#running.size === 0 ? [] : [`${formatDuration(seconds)} left`]),
      ...(this.#pruned > 0 ? [`${this.#pruned} pruned`] : []),
      ...(this.#diverged > 0 ? [`${this.#diverged} diverged`] : []),
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
    ].join(' · ');
  }

  /** `best mean-abs-correlation 0.0231: decov 0.3 seed 1`; empty before a trial is complete. */
  get best(): string {
    if (this.#best === undefined) return '';
    const { label, value } = this.#best;
    return `best ${this.#objective?.name} ${Number(value.toPrecision(4))}: ${label}`;
  }

  #know(trials: readonly TrialSpec[]): void {
    for (const spec of trials) {
      this.#known.push(spec);
      this.labels.set(spec.id, trialLabel(spec));
    }
    this.total = this.#sweep === undefined ? this.#known.length : mostTrials(this.#sweep, this.#known);
  }

  #note(record: TrialRecord): void {
    if (record.outcome.status === 'pruned') this.#pruned += 1;
    if (record.outcome.status === 'diverged') this.#diverged += 1;
    if (record.outcome.status !== 'complete' || this.#objective === undefined) return;
    const value = objectiveValue(this.#objective, finalEpoch(record));
    const cost = objectiveCost(this.#objective, value);
    if (!(cost < objectiveCost(this.#objective, this.#best?.value ?? Number.NaN))) return;
    this.#best = { label: this.labels.get(record.id) ?? record.id, value };
  }
}
