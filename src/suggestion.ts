/** Guesses what a misspelt word was meant to be. */
import { distance } from 'fastest-levenshtein';

/**
 * The name nearest to `word`, or undefined when none is near.
 *
 * Case, dashes and underscores do not count (`batchSize` is `batch_size`); near is at most two letters, or a third of
 * the word's, apart, and never all of them.
 */
export function closestName(word: string, names: readonly string[]): string | undefined {
  const plain = simplify(word);
  const ranked = names
    .map((name) => ({ name, apart: distance(plain, simplify(name)) }))
    .sort((a, b) => a.apart - b.apart);
  const [nearest] = ranked;
  const limit = Math.min(Math.max(2, plain.length / 3), plain.length - 1);
  return nearest !== undefined && nearest.apart <= limit ? nearest.name : undefined;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}
