/** Commands that a user is advised to run, quoted so that they can be pasted into a shell. */
import { printable } from '../printable.ts';

/** What a user types to start this program: `npx` finds it where npm runs it, and a shell by itself does not. */
const PROGRAM: string = process.env.npm_command === undefined ? 'covgrad' : 'npx covgrad';

/** Characters that no shell gives a meaning of its own. */
const PLAIN = { posix: /^[\w@%+=:,./-]+$/, windows: /^[\w+=:./\\-]+$/ } as const;

/**
 * A word as a shell reads it back: a POSIX shell, or on Windows PowerShell and cmd.exe.
 *
 * Characters that would steer the terminal are written as octal bytes in `$'…'` (POSIX 2024; bash, zsh, ksh, BusyBox).
 */
export function shellWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') {
    if (PLAIN.windows.test(word)) return word;
    // A backslash is itself unless a quotation mark follows: then it must be doubled.
    return printable(`"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`);
  }
  if (PLAIN.posix.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const characters = Array.from(word, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    if (printable(character) === character) return character;
    return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `$'${characters.join('')}'`;
}

/** A path as a word that no program takes for an option, or for standard input. */
export function shellPath(path: string, platform: NodeJS.Platform = process.platform): string {
  return shellWord(path.startsWith('-') ? `./${path}` : path, platform);
}

/** A command of this program; its words are quoted already. */
export function suggestedCommand(...words: readonly string[]): string {
  return [PROGRAM, ...words].join(' ');
}
