/** The calls of MLflow's REST API that an export makes. */
import ky, { HTTPError, type KyInstance, TimeoutError } from 'ky';
import { z } from 'zod';
import { ExportError } from '../errors.ts';

/** A name with its value, as MLflow keeps tags and parameters. */
export interface MlflowEntry {
  readonly key: string;
  readonly value: string;
}

/** Units: milliseconds since 1970. A value that is not finite goes by its name: JSON has none. */
export interface MlflowMetric {
  readonly key: string;
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
}

export type MlflowStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A run as the server lists it. */
export interface MlflowRun {
  readonly id: string;
  readonly status: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** An experiment as the server knows it. */
export interface MlflowExperiment {
  readonly id: string;
  readonly deleted: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

/** How to reach a server. */
export interface MlflowServer {
  /** Without user and password. */
  readonly url: string;
  /** Value of the header `Authorization`. */
  readonly authorization?: string | undefined;
  /** Units: milliseconds before the first retry, twice as many before each further one. */
  readonly retryDelayMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;
const RETRIES = 4;
const RETRY_DELAY_MS = 500;
const MOST_RUNS_A_PAGE = 1000;
/** Too many requests, and no service: the server did nothing. */
const UNTOUCHED: readonly number[] = [429, 503];

const entries = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);
const experimentAnswer = z.object({
  experiment: z.object({
    experiment_id: z.string(),
    lifecycle_stage: z.string().default('active'),
    tags: entries,
  }),
});
const runAnswer = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });
const runsAnswer = z.object({
  runs: z
    .array(
      z.object({
        info: z.object({ run_id: z.string(), status: z.string().default('RUNNING') }),
        data: z.object({ tags: entries }).default({ tags: [] }),
      }),
    )
    .default([]),
  next_page_token: z.string().optional(),
});

/**
 * A client of one server. Errors: ExportError `MLFLOW_FAILED` with the address and the status, after some retries of what
 * may be a passing fault.
 */
export class MlflowClient {
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

  /** The experiment with this name, undefined where there is none. */
  async findExperiment(name: string): Promise<MlflowExperiment | undefined> {
    const path = `experiments/get-by-name?${new URLSearchParams({ experiment_name: name })}`;
    const answer = await this.#call(path, experimentAnswer, {
      // The first call of all: where nobody answers, the address is wrong, and waiting would not help.
      careful: true,
      absent: 'RESOURCE_DOES_NOT_EXIST',
    });
    if (answer === undefined) return undefined;
    const { experiment_id: id, lifecycle_stage: stage, tags } = answer.experiment;
    return { id, deleted: stage === 'deleted', tags: mapOf(tags) };
  }

  /** Create an experiment. The result is its id. */
  async createExperiment(name: string, tags: readonly MlflowEntry[]): Promise<string> {
    const schema = z.object({ experiment_id: z.string() });
    const body = { name, tags };
    return (await this.#must('experiments/create', schema, { body, careful: true })).experiment_id;
  }

  /** All runs of an experiment that are not deleted. */
  async listRuns(experiment: string): Promise<MlflowRun[]> {
    const found: MlflowRun[] = [];
    let token: string | undefined;
    do {
      const body = {
        experiment_ids: [experiment],
        max_results: MOST_RUNS_A_PAGE,
        ...(token !== undefined && { page_token: token }),
      };
      const { runs, next_page_token: next } = await this.#must('runs/search', runsAnswer, { body });
      found.push(
        ...runs.map(({ info, data }) => ({ id: info.run_id, status: info.status, tags: mapOf(data.tags) })),
      );
      token = next === '' ? undefined : next;
    } while (token !== undefined);
    return found;
  }

  /** Create a run, which is then running. The result is its id. Units: `start` in milliseconds since 1970. */
  async createRun(run: {
    readonly experiment: string;
    readonly name: string;
    readonly start: number;
    readonly tags: readonly MlflowEntry[];
  }): Promise<string> {
    const { experiment, name, start, tags } = run;
    const body = { experiment_id: experiment, run_name: name, start_time: start, tags };
    return (await this.#must('runs/create', runAnswer, { body, careful: true })).run.info.run_id;
  }

  /** Add to a run. */
  async logBatch(
    run: string,
    batch: {
      readonly metrics?: readonly MlflowMetric[];
      readonly params?: readonly MlflowEntry[];
    },
  ): Promise<void> {
    await this.#must('runs/log-batch', z.unknown(), { body: { run_id: run, ...batch } });
  }

  /** End a run. Units: `end` in milliseconds since 1970. */
  async endRun(run: string, status: MlflowStatus, end: number): Promise<void> {
    await this.#must('runs/update', z.unknown(), { body: { run_id: run, status, end_time: end } });
  }

  /** Delete a run; the server keeps it for those who want it back. */
  async deleteRun(run: string): Promise<void> {
    await this.#must('runs/delete', z.unknown(), { body: { run_id: run } });
  }

  async #must<T>(path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
    const answer = await this.#call(path, schema, options);
    if (answer === undefined) throw this.#failure(path, 'nothing');
    return answer;
  }

  /** `absent` is the error of the server for which the result is undefined. */
  async #call<T>(
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
      const said = message ?? answer.slice(0, 200).trim();
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
        : 'Check the address and the server; what was sent before is there, and the same command goes on with the rest.';
    return new ExportError(
      'MLFLOW_FAILED',
      `${url}: MLflow must take the call, got ${found}. ${remedy}`,
      { url, ...(status !== undefined && { status }) },
      { cause },
    );
  }
}

interface CallOptions {
  readonly body?: object;
  /** Try again only where the server says that it did nothing: for what must not be done twice. */
  readonly careful?: boolean;
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

function mapOf(list: readonly MlflowEntry[]): ReadonlyMap<string, string> {
  return new Map(list.map(({ key, value }) => [key, value]));
}
