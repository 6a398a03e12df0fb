/** Arrays by name in one file: a list of them, and the choice of one by its key. */
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { describeTensor, type Tensor } from './tensor.ts';

/** What a file holds under one key: an array, or the reason why that cannot be read. */
export type Member = { readonly key: string } & (
  | { readonly tensor: Tensor }
  | { readonly refusal: DataError }
);

const MOST_LISTED = 20;

/**
 * The array of a key; without a key the only one.
 *
 * Errors: DataError DATA_KEY with the keys there are, and the member's own where it cannot be read.
 */
export function choose(members: readonly Member[], key: string | undefined, path: string): Tensor {
  const found = key === undefined ? members : members.filter((member) => member.key === key);
  const [member] = found;
  if (member === undefined || found.length > 1) {
    const rule = key === undefined ? 'a file with several arrays needs a key' : 'the key must be in the file';
    const got = key === undefined ? `none` : `"${printable(key)}"`;
    throw new DataError(
      'DATA_KEY',
      `${path}: ${rule}, got ${got}. Write ${path}#key; there ${members.length === 0 ? 'is none' : `are ${list(members)}`}.`,
      { file: path, key: key ?? null, keys: members.map((one) => one.key) },
    );
  }
  if ('refusal' in member) throw member.refusal;
  return member.tensor;
}

function list(members: readonly Member[]): string {
  const shown = members.slice(0, MOST_LISTED).map((member) => {
    const what = 'tensor' in member ? describeTensor(member.tensor.info) : 'not readable';
    return `${printable(member.key)} (${what})`;
  });
  const more = members.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `file#key`, for messages. */
export function memberName(path: string, key: string): string {
  return `${path}#${printable(key)}`;
}

/**
 * Refuses a file in which a key stands twice: programs differ in which of the two they take.
 *
 * Errors: DataError DATA_KEY.
 */
export function refuseDuplicates(keys: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) {
      throw new DataError(
        'DATA_KEY',
        `${path}: every key stands once, got "${printable(key)}" twice. Save the file again with other names.`,
        { file: path, key },
      );
    }
    seen.add(key);
  }
}
