/** The calls of MLflow's REST API that an export makes. */
import { z } from 'zod';
import { MlflowConnection, type MlflowServer } from './mlflow-connection.ts';

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

const MOST_RUNS_A_PAGE = 1000;

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

/** A client of one server. Errors: ExportError `MLFLOW_FAILED` with the address and the status. */
export class MlflowClient {
  readonly #server: MlflowConnection;

  constructor(server: MlflowServer) {
    this.#server = new MlflowConnection(server);
  }

  /** The experiment with this name, undefined where there is none. */
  async findExperiment(name: string): Promise<MlflowExperiment | undefined> {
    const path = `experiments/get-by-name?${new URLSearchParams({ experiment_name: name })}`;
    const answer = await this.#server.find(path, experimentAnswer, {
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
    return (await this.#server.call('experiments/create', schema, { body, careful: true })).experiment_id;
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
      const { runs, next_page_token: next } = await this.#server.call('runs/search', runsAnswer, { body });
      for (const { info, data } of runs) {
        found.push({ id: info.run_id, status: info.status, tags: mapOf(data.tags) });
      }
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
    return (await this.#server.call('runs/create', runAnswer, { body, careful: true })).run.info.run_id;
  }

  /** Add to a run. */
  async logBatch(
    run: string,
    batch: {
      readonly metrics?: readonly MlflowMetric[];
      readonly params?: readonly MlflowEntry[];
    },
  ): Promise<void> {
    await this.#server.call('runs/log-batch', z.unknown(), { body: { run_id: run, ...batch } });
  }

  /** End a run. Units: `end` in milliseconds since 1970. */
  async endRun(run: string, status: MlflowStatus, end: number): Promise<void> {
    await this.#server.call('runs/update', z.unknown(), { body: { run_id: run, status, end_time: end } });
  }

  /** Delete a run; the server keeps it for those who want it back. */
  async deleteRun(run: string): Promise<void> {
    await this.#server.call('runs/delete', z.unknown(), { body: { run_id: run }, careful: true });
  }
}

function mapOf(list: readonly MlflowEntry[]): ReadonlyMap<string, string> {
  return new Map(list.map(({ key, value }) => [key, value]));
}
