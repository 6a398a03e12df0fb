/** How far a planning is, told only where it takes long. */

/** Told how many of the points are planned; `most` is how many there can be. */
export type PlanProgress = (points: number, most: number) => void;

/** What ends sooner is told by its result. */
const PATIENCE_MS = 2000;

/** Passes on a report where the last one, or the start, was some seconds ago. */
export function seldom(report: PlanProgress, now: () => number = () => performance.now()): PlanProgress {
  let last = now();
  return (points, most) => {
    if (now() - last < PATIENCE_MS) return;
    last = now();
    report(points, most);
  };
}
