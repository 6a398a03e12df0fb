/** Lengths of time as people write them. */
import parse from 'parse-duration';

/** The seconds of `90s`, `30m`, `1h30m`, or of a plain number; undefined for what is no length of time above 0. */
export function parseDuration(text: string): number | undefined {
  const seconds = parse(text, 's');
  return seconds !== null && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}
