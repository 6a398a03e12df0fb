/** Whether this process was told to outlive its terminal, as `nohup` does. */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Standard input, output and error. */
const STREAMS = [0, 1, 2];
/** Field of /proc/self/stat with the terminal of the process, counted from the name in brackets, which is the second. */
const TERMINAL_FIELD = 4;
/** A file that is open for writing alone: in place of a terminal `nohup` opens the null device so as standard input. */
const WRITE_ONLY = /^flags:\s*0*\d*1$/m;

/** What Linux tells of a process, '' where it does not. */
export interface ProcessFiles {
  /** /proc/self/stat */
  readonly stat: string;
  /** /proc/self/fdinfo/0 */
  readonly input: string;
  /** Whether any of the standard streams is a terminal. */
  readonly shown: boolean;
}

/**
 * Whether a hangup is to be ignored. Node undoes what `nohup` has set before any program runs, so it is told by its
 * traces: standard input that can only be written, or a terminal that none of the standard streams leads to.
 */
export function outlivesTerminal({ stat, input, shown }: ProcessFiles = thisProcess()): boolean {
  if (shown) return false;
  const terminal = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[TERMINAL_FIELD] ?? '0';
  return WRITE_ONLY.test(input) || terminal !== '0';
}

function thisProcess(): ProcessFiles {
  return {
    stat: read('/proc/self/stat'),
    input: read('/proc/self/fdinfo/0'),
    shown: STREAMS.some((descriptor) => isatty(descriptor)),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
