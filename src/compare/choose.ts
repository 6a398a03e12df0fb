/** Finds the point or the trial that a user means by a few characters. */

import { parseDecimal } from '../decimal.ts';
import { ConfigError } from '../errors.ts';
import { printable } from '../printable.ts';
import { PENALTY_STRENGTH, PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import type { Setting } from '../record/settings.ts';

/** What a point can be called by. */
export interface Nameable {
  /** The hash that names it. */
  readonly point: string;
  readonly baseline: boolean;
  readonly penalty: {
    readonly type: string;
    readonly weight: number | null;
    /** What the weight is set from, where it is. */
    readonly strength: number | null;
  } | null;
  /** What tells it apart from others of the same penalty and weight. */
  readonly settings: Readonly<Record<string, Setting>>;
}

/** Before a strength in a name; a number alone is a weight. */
const STRENGTH_PREFIX = 'strength=';

/** Candidates that an error lists before it counts the rest. */
const LISTED = 8;

/** `decov:0.1`, `decov:strength=0.5` where the weight is set from the strength, or `baseline`. */
function shortName({ baseline, penalty }: Nameable): string {
  return baseline || penalty === null ? 'baseline' : `${penalty.type}:${amountOf(penalty)}`;
}

/** `4bbb59881266 (training.epochs=3)`: the settings are those that the short name leaves out. */
function hashAndSettings({ point, settings }: Nameable): string {
  const others = Object.entries(settings).filter(
    ([path]) => ![PENALTY_TYPE, PENALTY_WEIGHT, PENALTY_STRENGTH].includes(path),
  );
  const listed = others.map(([path, value]) => `${path}=${value}`).join(', ');
  return listed === '' ? point : `${point} (${listed})`;
}

/**
 * The one point that `word` names: by its penalty (`decov:0.1`), by `baseline`, or by the beginning of its hash.
 *
 * Errors: ConfigError `UNKNOWN_POINT` where none or several are meant; `where` is what the user wrote it in.
 */
export function choosePoint<Point extends Nameable>(
  where: string,
  word: string,
  points: readonly Point[],
): Point {
  const named = points.filter((point) => matches(point, word));
  const [only] = named;
  if (only !== undefined && new Set(named.map(({ point }) => point)).size === 1) return only;
  const several = named.length > 1;
  const candidates = [...new Map((several ? named : points).map((point) => [point.point, point])).values()];
  const short = candidates.map(shortName);
  // A penalty and its weight do not tell points apart that differ in other settings.
  const alike = new Set(short).size < short.length && several;
  const names = (alike ? candidates.map(hashAndSettings) : [...new Set(short)]).map(printable);
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  const listed = `${names.slice(0, LISTED).join(', ')}${more}`;
  throw new ConfigError(
    'UNKNOWN_POINT',
    several
      ? `${where}: must name one point, got "${printable(word)}" for ${candidates.length}. Choose of ${listed}.`
      : `${where}: must name a point of the run, got "${printable(word)}". There are ${listed}.`,
  );
}

function amountOf({ weight, strength }: NonNullable<Nameable['penalty']>): string {
  return strength === null ? String(weight) : STRENGTH_PREFIX + strength;
}

function matches(point: Nameable, word: string): boolean {
  if (word === '') return false;
  if (point.point.startsWith(word)) return true;
  if (point.baseline || point.penalty === null) return word === 'baseline' || word === 'none';
  const { type, weight, strength } = point.penalty;
  const [named, amount, ...more] = word.split(':');
  if (named !== type || more.length > 0) return false;
  if (amount === undefined) return true;
  if (strength === null) return parseDecimal(amount) === weight;
  return (
    amount.startsWith(STRENGTH_PREFIX) && parseDecimal(amount.slice(STRENGTH_PREFIX.length)) === strength
  );
}
