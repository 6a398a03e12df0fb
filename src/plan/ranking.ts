/** Which of several points have done better, as a sampler that learns from them sees it. */

import type { SweepGoal, SweepSection } from '../config/schema.ts';
import { smallestOf } from '../extremes.ts';
import { objectiveOfTrial } from '../record/objective.ts';
import type { TrialRecord } from '../record/record.ts';

/** What a point has come to over its seeds. Smaller is better in everything. */
interface Standing {
  /** 0 for a point whose trials are all complete, 1 where one was ended early, 2 where one came to nothing. */
  readonly loss: 0 | 1 | 2;
  /** Epochs that the trial which was ended first lacks of the longest. */
  readonly epochsLost: number;
  /** One for each goal, negative where more is better. */
  readonly values: readonly number[];
}

/** What a sweep aims at, one goal or several. */
export function goalsOf({ metric, metrics }: SweepSection): readonly SweepGoal[] {
  return metrics ?? [metric];
}

/**
 * Positions of the points in the order from the best to the worst; `points` holds the records of each.
 *
 * Points with a trial that diverged, failed or ran out of time come last, and before them those of which a trial was
 * ended early, the sooner the later. With several goals a point comes after all that are better in every one.
 */
export function orderPoints(
  points: readonly (readonly TrialRecord[])[],
  goals: readonly SweepGoal[],
): number[] {
  const standings = points.map((records) => standingOf(records, goals));
  const fronts = goals.length > 1 ? frontsOf(standings) : [];
  return [...points.keys()].sort((a, b) => {
    const [one, other] = [standings[a] as Standing, standings[b] as Standing];
    return (
      one.loss - other.loss ||
      one.epochsLost - other.epochsLost ||
      (goals.length > 1
        ? (fronts[a] as number) - (fronts[b] as number) || comparePlaces(one, other, standings)
        : (one.values[0] as number) - (other.values[0] as number)) ||
      a - b
    );
  });
}

function standingOf(records: readonly TrialRecord[], goals: readonly SweepGoal[]): Standing {
  // Endings that another version may know count as those that come to nothing.
  const endings: string[] = records.map(({ outcome }) => outcome.status);
  const values = goals.map((aim) => {
    const sum = records.reduce((total, record) => total + objectiveOfTrial(aim, record), 0);
    return (aim.goal === 'maximize' ? -sum : sum) / records.length;
  });
  const nothing = { loss: 2, epochsLost: 0, values: goals.map(() => 0) } as const;
  if (!values.every(Number.isFinite)) return nothing;
  if (endings.every((ending) => ending === 'complete')) return { loss: 0, epochsLost: 0, values };
  if (!endings.every((ending) => ending === 'complete' || ending === 'pruned')) return nothing;
  return { loss: 1, epochsLost: -smallestOf(records.map(({ epochs }) => epochs.length)), values };
}

/** For each point how many layers of points, each better in everything than the next, lie before it. */
function frontsOf(standings: readonly Standing[]): number[] {
  const fronts = standings.map(() => 0);
  let waiting = [...standings.keys()];
  for (let front = 0; waiting.length > 0; front += 1) {
    const beaten = waiting.filter((own) =>
      waiting.some((other) => dominates(standings[other] as Standing, standings[own] as Standing)),
    );
    for (const index of waiting) fronts[index] = front;
    waiting = beaten;
  }
  return fronts;
}

function dominates(better: Standing, worse: Standing): boolean {
  return (
    better.loss === worse.loss &&
    better.values.every((value, goal) => value <= (worse.values[goal] as number)) &&
    better.values.some((value, goal) => value < (worse.values[goal] as number))
  );
}

/** Points of one front by the sum of their places in each goal, so that the units of the metrics do not matter. */
function comparePlaces(one: Standing, other: Standing, standings: readonly Standing[]): number {
  const rivals = standings.filter(({ loss }) => loss === one.loss);
  const places = ({ values }: Standing): number =>
    values.reduce(
      (sum, value, goal) => sum + rivals.filter((rival) => (rival.values[goal] as number) < value).length,
      0,
    );
  return places(one) - places(other);
}
