/** The errors of covgrad: one base class with a stable `code` and plain data fields, and a child for each boundary. */

/** Plain values that explain an error to a program: paths, limits, the value that was refused. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * Base of every error that covgrad raises on purpose.
 *
 * The message reads `<where>: <rule>, got <value>. <remedy>`; `code` is stable between versions and `details`
 * holds the same facts as data. Anything else that is thrown is a defect of covgrad.
 */
export class CovgradError extends Error {
  override readonly name: string = 'CovgradError';
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** One problem of a sweep file, at a position that an editor can jump to (line and column count from 1). */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
  /** The option of the command line that the value comes from, where it is not in the file. */
  readonly flag?: string | undefined;
}

/** A sweep file or a command line that cannot be used: lists every problem, not only the first. */
export class ConfigError extends CovgradError {
  override readonly name: string = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(
    code: string,
    message: string,
    problems: readonly ConfigProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(code, message, {}, options);
    this.problems = problems;
  }
}

/** Sizes, lengths or options of an array that do not fit together. */
export class ShapeError extends CovgradError {
  override readonly name: string = 'ShapeError';
}

/** A data set that is missing, damaged or not what it claims to be. */
export class DataError extends CovgradError {
  override readonly name: string = 'DataError';
}

/** The WebAssembly kernel cannot be loaded, lacks a feature of the host, or ran out of memory. */
export class KernelError extends CovgradError {
  override readonly name: string = 'KernelError';
}

/** A trial that cannot be trained for a reason outside the sweep file: a worker that died, memory that ran out. */
export class TrialError extends CovgradError {
  override readonly name: string = 'TrialError';
}

/** A run directory that cannot be written, read or trusted. */
export class StoreError extends CovgradError {
  override readonly name: string = 'StoreError';
}

/** A result that cannot be handed on to another tool: a place that is taken, a server that refuses. */
export class ExportError extends CovgradError {
  override readonly name: string = 'ExportError';
}
