/** One MLflow server: sends calls of its REST API, tries again what may be a passing fault, and explains what fails. */
import ky, { HTTPError, type KyInstance, TimeoutError } from 'ky';
import type { z } from 'zod';
import { ExportError } from '../errors.ts';

/** How to reach a server. */
export interface MlflowServer {
  /** Without user and password. */
  readonly url: string;
  /** Value of the header `Authorization`. */
  readonly authorization?: string | undefined;
  /** Units: milliseconds before the first retry, twice as many before each further one. */
  readonly retryDelayMs?: number | undefined;
}

/** How a call is sent. */
export interface CallOptions {
  readonly body?: object;
  /** Try again only where the server says that it did nothing: for what must not be done twice. */
  readonly careful?: boolean;
}

const TIMEOUT_MS = 60_000;
const RETRIES = 4;
const RETRY_DELAY_MS = 500;
/** Too many requests, and no service: the server did nothing. */
const UNTOUCHED: readonly number[] = [429, 503];
/** Characters of an answer that is no error of MLflow. */
const LONGEST_QUOTE = 200;

/** Errors: ExportError `MLFLOW_FAILED` with the address and the status. */
export class MlflowConnection {
  readonly #base: string;
  readonly #api: KyInstance;

  constructor({ url, authorization, retryDelayMs = RETRY_DELAY_MS }: MlflowServer) {
    this.#base = `${url.replace(/\/+$/, '')}/api/2.0/mlflow`;
    this.#api = ky.create({
      timeout: TIMEOUT_MS,
      headers: authorization === undefined ? {} : { authorization },
      retry: {
        limit: RETRIES,
        methods: ['get', 'post'],
        delay: (attempt) => retryDelayMs * 2 ** (attempt - 1),
      },
    });
  }

  /** The checked answer to a call. */
  async call<T>(path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
    const answer = await this.find(path, schema, options);
    if (answer === undefined) throw this.#failure(path, 'nothing');
    return answer;
  }

  /** The like, or undefined where the server answers with the error `absent`. */
  async find<T>(
    path: string,
    schema: z.ZodType<T>,
    { body, careful = false, absent }: CallOptions & { readonly absent?: string },
  ): Promise<T | undefined> {
    const url = `${this.#base}/${path}`;
    let text: string;
    try {
      const response = await this.#api(url, {
        method: body === undefined ? 'get' : 'post',
        ...(body !== undefined && { json: body }),
        ...(careful && { hooks: { beforeRetry: [onlyUntouched] } }),
      });
      text = await response.text();
    } catch (cause) {
      if (!(cause instanceof HTTPError)) throw this.#failure(path, reasonOf(cause), { cause });
      const answer = await cause.response.text().catch(() => '');
      const { error_code: code, message } = serverError(answer);
      if (absent !== undefined && code === absent) return undefined;
      const { status, statusText } = cause.response;
      const said = message ?? answer.slice(0, LONGEST_QUOTE).trim();
      throw this.#failure(path, [status, statusText, said && `(${said})`].filter(Boolean).join(' '), {
        cause,
        status,
      });
    }
    const parsed = schema.safeParse(parse(text));
    if (!parsed.success) throw this.#failure(path, 'an answer of another kind');
    return parsed.data;
  }

  #failure(
    path: string,
    found: string,
    { status, cause }: { readonly status?: number; readonly cause?: unknown } = {},
  ): ExportError {
    const url = `${this.#base}/${path.replace(/\?.*$/, '')}`;
    const remedy =
      status === 401 || status === 403
        ? 'Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.'
        : 'Check the address and the server; the same command then sends what is missing.';
    return new ExportError(
      'MLFLOW_FAILED',
      `${url}: MLflow must take the call, got ${found}. ${remedy}`,
      { url, ...(status !== undefined && { status }) },
      { cause },
    );
  }
}

function onlyUntouched({ error }: { error: Error }): void {
  if (!(error instanceof HTTPError && UNTOUCHED.includes(error.response.status))) throw error;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TimeoutError) return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { message, cause: inner } = cause as Error;
  const { code, message: reason } = (inner ?? {}) as NodeJS.ErrnoException;
  return code ?? (reason || message);
}

function serverError(text: string): { error_code?: unknown; message?: string } {
  const value = parse(text);
  return typeof value === 'object' && value !== null ? value : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
