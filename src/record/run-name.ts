/** Names of sweeps and runs, which are names of directories too. */

/** What a name must be like, for messages. */
export const NAME_RULE =
  'must be up to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit, without ".."';

/** The rule as a pattern. */
export const NAME: RegExp = /^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,99}$/i;
