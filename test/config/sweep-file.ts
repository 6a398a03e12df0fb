/** A small valid sweep file for the tests of the configuration, with lines that a test replaces. */
import { parseSweepConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/errors.ts';
import { refusal as refusalOf } from '../refusal.ts';

/** Lines of the file by what they hold; each takes exactly one line, in this order. */
export const LINES = {
  name: 'name: small',
  experiment: 'experiment:',
  data: '  data: {source: synthetic}',
  model: '  model: [{dense: 8, penalized: true}]',
  training: '  training: {optimizer: {type: sgd, learning_rate: 0.1}}',
  penalty: '  penalty: {type: decov, weight: 1}',
  sweep: 'sweep:',
  seeds: '  seeds: 2',
  parameters: '  parameters: {penalty.weight: {values: [0.1, 1]}}',
};

/** The file with some lines replaced; an empty string leaves the line empty. */
export function sweepFile(replaced: Partial<Record<keyof typeof LINES, string>> = {}): string {
  return `${Object.values({ ...LINES, ...replaced }).join('\n')}\n`;
}

/** The error for a text that is refused. */
export function refusal(text: string): ConfigError {
  return refusalOf(ConfigError, () => parseSweepConfig(text, 'sweep.yaml'));
}

/** The problems as `line:column path: message`, in order. */
export function problemsOf(text: string): string[] {
  return refusal(text).problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

/** A text with one place in it marked by «: the text without the mark, and the line and column of the place. */
export function unmark(marked: string): { text: string; place: string } {
  const [before = '', after = ''] = marked.split('«');
  const lines = before.split('\n');
  return { text: before + after, place: `${lines.length}:${(lines.at(-1) ?? '').length + 1}` };
}
