/** Guesses what a misspelt word was meant to be. */
import { distance } from 'fastest-levenshtein';

/**
 * The name nearest to `word`, or undefined when none is near.
 *
 * Case, dashes and underscores do not count (`batchSize` is `batch_size`); near is at most two letters, or a third of
 * the word's, apart, and never most of them. So is the first name of which the word is the last part (`accuracy` of
 * `test.accuracy`), and the only one that begins with it (`max` of `maximize`).
 */
export function closestName(word: string, names: readonly string[]): string | undefined {
  const plain = simplify(word);
  const last = names.find((name) => plain !== '' && simplify(name).endsWith(`.${plain}`));
  if (last !== undefined) return last;
  const ranked = names
    .map((name) => ({ name, apart: distance(plain, simplify(name)) }))
    .sort((a, b) => a.apart - b.apart);
  const [nearest] = ranked;
  const limit = Math.min(Math.max(2, plain.length / 3), plain.length - 1, (nearest?.name.length ?? 0) / 2);
  if (nearest !== undefined && nearest.apart <= limit) return nearest.name;
  const longer = names.filter((name) => plain.length > 2 && simplify(name).startsWith(plain));
  return longer.length === 1 ? longer[0] : undefined;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}
