/** Runs the built command line as a user does. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { MAIN } from '../execute/built.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment as it is where a user starts the program by its name, whatever has started the tests. */
export function withoutNpm(): NodeJS.ProcessEnv {
  const { npm_command: _command, ...environment } = process.env;
  return environment;
}

/** Run a command to its end. */
export function covgrad(directory: string, ...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: withoutNpm(),
  });
  return { code: status, stdout, stderr };
}

/** A command that is still running. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves once stderr holds the text. */
  waitFor(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Start a command and leave it running. */
export function startCovgrad(directory: string, ...words: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: directory, env: withoutNpm() });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return {
    child,
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (stderr.includes(text) && resolve());
        child.stderr.on('data', look);
        child.on('close', () => reject(new Error(`ended without saying ${text}: ${stderr}`)));
        look();
      }),
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))),
  };
}
