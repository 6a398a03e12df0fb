/** Lengths of time as people and batch schedulers write them. */
import { parseDecimal } from '../decimal.ts';

const NUMBER = String.raw`(\d+(?:\.\d+)?|\.\d+)`;
/** Units in the order in which they follow each other, as they may be spelt, with their seconds. */
const UNITS: readonly (readonly [spellings: string, seconds: number])[] = [
  ['w|weeks?', 604_800],
  ['d|days?', 86_400],
  ['h|hrs?|hours?', 3600],
  ['m|mins?|minutes?', 60],
  ['s|secs?|seconds?', 1],
  ['ms|milliseconds?', 0.001],
];
const WITH_UNITS = new RegExp(
  `^${UNITS.map(([spellings]) => String.raw`(?:${NUMBER}\s*(?:${spellings})(?![a-z])\s*)?`).join('')}$`,
);
/** `1:30:00`, and as Slurm has it with days in front: `1-12`, `1-12:30`, `1-12:30:00`. */
const CLOCK = /^(?:(\d+)-(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?|(\d+):(\d{2}):(\d{2}))$/;

/**
 * The seconds of `90s`, `1h30m`, `1:30:00` (hours, minutes, seconds), `1-12:00:00` (days in front, as Slurm has it) or of a
 * plain number; undefined for text that is not wholly a length of time above 0. `1:30` is none: it may be hours or minutes.
 */
export function parseDuration(text: string): number | undefined {
  const written = text.trim();
  const seconds = parseDecimal(written) ?? parseClock(written) ?? parseUnits(written);
  return seconds !== undefined && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

function parseUnits(text: string): number | undefined {
  const counts = WITH_UNITS.exec(text)?.slice(1);
  return counts?.reduce((sum, count, unit) => sum + Number(count ?? 0) * (UNITS[unit]?.[1] ?? 0), 0);
}

function parseClock(text: string): number | undefined {
  const found = CLOCK.exec(text);
  if (found === null) return undefined;
  const [days = 0, dayHours = 0, dayMinutes = 0, daySeconds = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (dayHours > 23 || Math.max(dayMinutes, daySeconds, minutes, seconds) > 59) return undefined;
  return days * 86_400 + (dayHours + hours) * 3600 + (dayMinutes + minutes) * 60 + daySeconds + seconds;
}
