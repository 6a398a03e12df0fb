/** Guesses what a misspelt word was meant to be. */
import { distance } from 'fastest-levenshtein';
import { meanings } from './synonyms.ts';

/** How many times as long as the longest name a word may be. */
const LONGEST_BESIDE = 3;

/**
 * The name that `word` stands for in other frameworks, or else the nearest one; undefined when none is near.
 *
 * Case, dashes and underscores do not count (`batchSize` is `batch_size`); near is at most two letters, or a third of
 * the word's, apart, and never most of them. So is the first name of which the word is the last part (`accuracy` of
 * `test.accuracy`), and the only one that begins with it (`max` of `maximize`).
 */
export function closestName(word: string, names: readonly string[]): string | undefined {
  const meant = meanings(word).find((name) => names.includes(name));
  if (meant !== undefined) return meant;
  const plain = simplify(word);
  // No name is near a text that is much longer than all of them, and to find that out takes the product of the lengths.
  if (plain.length > LONGEST_BESIDE * Math.max(...names.map(({ length }) => length))) return undefined;
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
