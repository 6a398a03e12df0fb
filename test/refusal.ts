/** For tests of what is refused. */
import type { CovgradError } from '../src/errors.ts';

/** The error of a kind that an action throws. Another error is thrown on, and it is one where nothing is refused. */
export function refusal<Refused extends CovgradError>(
  Kind: new (...given: never[]) => Refused,
  action: () => unknown,
): Refused {
  try {
    action();
  } catch (error) {
    if (error instanceof Kind) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
