/** Limits of a valid sweep that can never act, or act at once: most likely something else was meant. */

import { sizesOf } from '../data/sources.ts';
import { DEFAULT_TASK } from '../data/task.ts';
import { isFraction } from '../record/quality.ts';
import { type EarlyTerminate, rungsOf } from './early-terminate.ts';
import type { Note } from './notes.ts';
import { isInside } from './parameters.ts';
import type { SweepConfig } from './schema.ts';
import { dimensionsOf, gridSize, parametersOf } from './space.ts';

/** Points that are counted, where conditions make it depend on them how many there are. */
const MOST_COUNTED = 10_000;
/** Between which values a metric lies: a fraction, what is never negative, and a number of dimensions. */
type Range = readonly [lowest: number, highest: number];
const FRACTION: Range = [0, 1];
const NOT_NEGATIVE: Range = [0, Number.POSITIVE_INFINITY];
const AT_MOST_ONE: Range = [Number.NEGATIVE_INFINITY, 1];
const AT_LEAST_ONE: Range = [1, Number.POSITIVE_INFINITY];
const RANGES: ReadonlyMap<string, Range> = new Map([
  ['seconds', NOT_NEGATIVE],
  ['mean-abs-correlation', FRACTION],
  ['rms-correlation', FRACTION],
  ['max-abs-correlation', FRACTION],
  ['off-diagonal-energy', FRACTION],
  ['participation-ratio-per-unit', FRACTION],
  ['dead-units', FRACTION],
  ['participation-ratio', AT_LEAST_ONE],
  ['effective-rank', AT_LEAST_ONE],
  ['stable-rank', AT_LEAST_ONE],
  ['condition-number', AT_LEAST_ONE],
  ['activation-scale', NOT_NEGATIVE],
]);

/** Between which values a metric lies, where that is known. */
function rangeOf(metric: string): Range | undefined {
  if (isFraction(metric)) return FRACTION;
  if (metric.endsWith('.r2')) return AT_MOST_ONE;
  // Scores of a split are losses and errors otherwise.
  return metric.includes('.') && metric !== 'train.penalty' ? NOT_NEGATIVE : RANGES.get(metric);
}

/** What to say about the limits of a sweep. */
export function limitNotes({ experiment, sweep }: SweepConfig): Note[] {
  const notes: Note[] = [];
  const say = (path: Note['path'], message: string | undefined) => {
    if (message !== undefined) notes.push({ path, message });
  };
  const { method, run_cap: cap, sampler_seed: seed, early_terminate: terminate, parameters } = sweep;
  const varies = (path: string) => Object.keys(parameters).some((other) => isInside(path, other));
  const size = lazily(() =>
    gridSize({ experiment, dimensions: dimensionsOf(parametersOf(parameters), sweep.zip) }, MOST_COUNTED),
  );
  if (method === 'grid') {
    if (seed !== undefined) say(['sweep', 'sampler_seed'], 'means nothing here, since a grid draws nothing');
    if (cap !== undefined && size() <= MOST_COUNTED && cap > size()) {
      say(
        ['sweep', 'run_cap'],
        `leaves nothing out, since the grid has ${size()} points and run_cap is ${cap}`,
      );
    }
  }
  say(['sweep', 'metric', 'target'], targetNote(sweep.metric));
  const epochs = mostEpochs({ experiment, sweep });
  if (terminate !== undefined && epochs !== undefined) {
    say(['sweep', 'early_terminate'], epochsNote(terminate, epochs));
  }
  if (terminate?.type === 'median') {
    const points = method === 'grid' ? size() : (cap ?? 0);
    // Each setting of what is not the penalty's has a baseline of its own.
    const shared = Object.keys(parameters).every((path) => isInside(path, 'penalty'));
    const others = points - 1 + (shared ? 1 : points);
    if (points <= MOST_COUNTED && terminate.min_trials > others) {
      const message = `ends no trial, since one is compared with at most ${others} others of its seed and min_trials is ${terminate.min_trials}. Write a smaller min_trials`;
      say(['sweep', 'early_terminate'], message);
    }
  }
  const { batch_size: batch } = experiment.training;
  const samples = sizesOf(experiment.data, experiment.task ?? DEFAULT_TASK)?.train_samples;
  if (samples !== undefined && batch > samples && !varies('training.batch_size') && !varies('data')) {
    const message = `is more than the ${samples} training samples, so every epoch is one step with all of them`;
    say(['experiment', 'training', 'batch_size'], message);
  }
  return notes;
}

function lazily(count: () => number): () => number {
  let counted: number | undefined;
  return () => {
    counted ??= count();
    return counted;
  };
}

function targetNote({ name, goal, target }: SweepConfig['sweep']['metric']): string | undefined {
  const range = rangeOf(name);
  if (target === undefined || range === undefined) return undefined;
  const [lowest, highest] = range;
  const shown = `${name} is ${showRange([lowest, highest])}`;
  const remedy =
    isFraction(name) && target > 1 && target <= 100 ? `. Write ${target / 100} for ${target} %` : '';
  if (goal === 'maximize' ? target > highest : target < lowest) {
    return `is never reached, since ${shown} and the target is ${target}${remedy}`;
  }
  if (goal === 'maximize' ? target > lowest : target < highest) return undefined;
  return `is reached by the first point whatever it is, since ${shown} and the target is ${target}${remedy}`;
}

function showRange([lowest, highest]: Range): string {
  if (!Number.isFinite(highest)) return `at least ${lowest}`;
  return Number.isFinite(lowest) ? `from ${lowest} to ${highest}` : `at most ${highest}`;
}

/** The most epochs that a trial has; undefined where they are drawn. */
function mostEpochs({ experiment, sweep: { parameters } }: Omit<SweepConfig, 'name'>): number | undefined {
  const swept = Object.entries(parameters).filter(([path]) => isInside('training.epochs', path));
  if (swept.length === 0) return experiment.training.epochs;
  const [[path, entry] = []] = swept;
  if (path !== 'training.epochs' || entry === undefined || !('values' in entry)) return undefined;
  return entry.values.reduce<number>((most, value) => Math.max(most, Number(value)), 0);
}

/** What to say where trials have too few epochs for a pruner, or for a part of it. */
function epochsNote(terminate: EarlyTerminate, epochs: number): string | undefined {
  const have = `these have ${epochs} epoch${epochs === 1 ? '' : 's'}`;
  const rungs = rungsOf(terminate, epochs);
  const { min_iter: first } = terminate;
  const last = 'max_iter' in terminate ? terminate.max_iter : undefined;
  const isDown = terminate.type === 'hyperband' && terminate.s !== undefined && last !== undefined;
  if (rungs.length === 0) {
    if (first !== undefined && first >= epochs) {
      return `ends no trial, since ${have} and min_iter is ${first}. Write a smaller min_iter`;
    }
    if (!isDown) return `ends no trial, since ${have}. Train for more epochs`;
    const all = rungsOf(terminate, Number.POSITIVE_INFINITY).join(' and ');
    const remedy =
      Math.floor(epochs / terminate.eta) >= 1
        ? `Write max_iter: ${epochs}`
        : 'Write min_iter: 1 in place of max_iter and s';
    return `ends no trial, since ${have} and max_iter ${last} judges after ${all}. ${remedy}`;
  }
  if (last === undefined || last <= epochs) return undefined;
  const judged = `trials are judged after ${rungs.join(', ')} alone, since ${have} and max_iter is ${last}`;
  return `${judged}. Write max_iter: ${epochs}`;
}
