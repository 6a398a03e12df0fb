/** Lengths of time as people write and read them. */
import parse from 'parse-duration';

/** The seconds of `90s`, `30m`, `1h30m`, or of a plain number; undefined for what is no length of time above 0. */
export function parseDuration(text: string): number | undefined {
  const seconds = parse(text, 's');
  return seconds !== null && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** Seconds in one unit, as coarse as an estimate is. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
