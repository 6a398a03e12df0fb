/**
 * `-` as an argument, which yargs passes over or takes for an empty text: a stand-in goes through the parser in its
 * place.
 */
import { STANDARD } from './standard-streams.ts';

/** Of the private use area: nobody names a file so. */
const STAND_IN = '\uE02D';

/** The words for the parser. */
export function hideDashes(words: readonly string[]): string[] {
  return words.map((word) => (word === STANDARD ? STAND_IN : word));
}

/** The text with its dashes. */
export function showDashes(text: string): string {
  return text.replaceAll(STAND_IN, STANDARD);
}

/** Put the dashes back into what the parser has read. */
export function restoreDashes(parsed: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(parsed)) {
    if (value === STAND_IN) parsed[name] = STANDARD;
    else if (Array.isArray(value)) parsed[name] = value.map((each) => (each === STAND_IN ? STANDARD : each));
  }
}
