/**
 * A stand-in for an MLflow tracking server: checks every request against the documented fields and limits of the REST API
 * and keeps what it is told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';
import { onTestFinished } from 'vitest';

export interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: { key: string; value: number | string; timestamp: number; step: number }[];
  status: string;
  end?: number;
  deleted: boolean;
}

export interface StoredExperiment {
  readonly id: string;
  readonly name: string;
  readonly tags: Map<string, string>;
  deleted: boolean;
}

export interface MlflowStandIn {
  readonly url: string;
  readonly experiments: StoredExperiment[];
  readonly runs: StoredRun[];
  /** Path of every call, in order. */
  readonly calls: string[];
  readonly authorizations: Set<string | undefined>;
  /** What a call is answered before it is carried out; undefined carries it out. 0 breaks the connection. */
  fault: (call: { readonly path: string; readonly index: number }) => number | undefined;
}

type Entries = readonly { readonly key: string; readonly value: string }[];

const text = (maxLength: number) => ({ type: 'string', maxLength });
const key = { type: 'string', minLength: 1, maxLength: 250, pattern: '^[\\w\\-. /]+$' };
const list = (maxItems: number, value: object, more: object = {}) => ({
  type: 'array',
  maxItems,
  items: {
    type: 'object',
    required: ['key', 'value', ...Object.keys(more)],
    additionalProperties: false,
    properties: { key, value, ...more },
  },
});
const object = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
});
const number = { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
const integer = { type: 'integer', minimum: 0 };
const id = { type: 'string', minLength: 1 };

const BODIES: Readonly<Record<string, object>> = {
  'experiments/create': object(['name'], { name: text(500), tags: list(20, text(5000)) }),
  'runs/search': object(['experiment_ids'], {
    experiment_ids: { type: 'array', items: id },
    max_results: { type: 'integer', minimum: 1, maximum: 50_000 },
    page_token: { type: 'string' },
  }),
  'runs/create': object(['experiment_id'], {
    experiment_id: id,
    run_name: text(250),
    start_time: integer,
    tags: list(100, text(5000)),
  }),
  'runs/log-batch': object(['run_id'], {
    run_id: id,
    metrics: list(1000, number, { timestamp: integer, step: integer }),
    params: list(100, text(500)),
    tags: list(100, text(5000)),
  }),
  'runs/update': object(['run_id'], {
    run_id: id,
    status: { enum: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] },
    end_time: integer,
  }),
  'runs/delete': object(['run_id'], { run_id: id }),
};
const ajv = new Ajv();
const CHECKS = new Map(Object.entries(BODIES).map(([path, schema]) => [path, ajv.compile(schema)]));
const LARGEST_BODY = 1_000_000;
/** Small, so that lists have several pages. */
const RUNS_A_PAGE = 3;

/** A server that is gone after the test. */
export async function startMlflow(): Promise<MlflowStandIn> {
  const standIn: { -readonly [Key in keyof MlflowStandIn]: MlflowStandIn[Key] } = {
    url: '',
    experiments: [],
    runs: [],
    calls: [],
    authorizations: new Set(),
    fault: () => undefined,
  };
  const server = createServer((request, response) => void answer(standIn, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}

/** An address at which nobody listens. */
export async function unusedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function answer(
  standIn: MlflowStandIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', standIn.url);
  const path = url.pathname.replace('/api/2.0/mlflow/', '');
  standIn.calls.push(path);
  standIn.authorizations.add(request.headers.authorization);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const fault = standIn.fault({ path, index: standIn.calls.length - 1 });
  if (fault === 0) {
    request.socket.destroy();
    return;
  }
  const send = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (fault !== undefined) {
    send(fault, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'told to fail' });
    return;
  }
  const body = Buffer.concat(chunks);
  const get = request.method === 'GET' && path === 'experiments/get-by-name';
  const check = CHECKS.get(path);
  const value = get ? Object.fromEntries(url.searchParams) : JSON.parse(body.toString() || 'null');
  if (
    !get &&
    (request.method !== 'POST' || check === undefined || !check(value) || body.length > LARGEST_BODY)
  ) {
    send(400, {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: `${path}: ${ajv.errorsText(check?.errors)}`,
    });
    return;
  }
  const [status, result] = carryOut(standIn, path, value);
  send(status, result);
}

// biome-ignore lint/suspicious/noExplicitAny: every body has passed its schema.
function carryOut({ experiments, runs }: MlflowStandIn, path: string, body: any): [number, object] {
  const run = runs.find((one) => one.id === body.run_id);
  if (body.run_id !== undefined && (run === undefined || run.deleted)) return absent('run');
  switch (path) {
    case 'experiments/get-by-name': {
      const found = experiments.find(({ name }) => name === body.experiment_name);
      if (found === undefined) return absent('experiment');
      const stage = found.deleted ? 'deleted' : 'active';
      const tags = found.tags.size === 0 ? {} : { tags: entriesOf(found.tags) };
      return [
        200,
        { experiment: { experiment_id: found.id, name: found.name, lifecycle_stage: stage, ...tags } },
      ];
    }
    case 'experiments/create': {
      const experiment = {
        id: `e${experiments.length}`,
        name: body.name,
        tags: mapOf(body.tags),
        deleted: false,
      };
      experiments.push(experiment);
      return [200, { experiment_id: experiment.id }];
    }
    case 'runs/search': {
      const alive = runs.filter(({ deleted }) => !deleted);
      const from = Number(body.page_token ?? 0);
      const page = alive.slice(from, from + RUNS_A_PAGE);
      const more = from + RUNS_A_PAGE < alive.length ? { next_page_token: String(from + RUNS_A_PAGE) } : {};
      const shown = page.map(({ id: run_id, status, tags }) => ({
        info: { run_id, status },
        data: { tags: entriesOf(tags) },
      }));
      // An empty list is left out, as the server does it.
      return [200, { ...(shown.length > 0 && { runs: shown }), ...more }];
    }
    case 'runs/create': {
      const created: StoredRun = {
        id: `r${runs.length}`,
        name: body.run_name,
        start: body.start_time,
        tags: mapOf(body.tags),
        params: new Map(),
        metrics: [],
        status: 'RUNNING',
        deleted: false,
      };
      runs.push(created);
      return [200, { run: { info: { run_id: created.id, status: created.status }, data: {} } }];
    }
    case 'runs/log-batch':
      for (const { key: name, value } of body.params ?? []) {
        if ((run?.params.get(name) ?? value) !== value)
          return [400, { error_code: 'INVALID_PARAMETER_VALUE' }];
        run?.params.set(name, value);
      }
      run?.metrics.push(...(body.metrics ?? []));
      return [200, {}];
    case 'runs/update':
      if (run !== undefined) Object.assign(run, { status: body.status, end: body.end_time });
      return [200, { run_info: {} }];
    default:
      if (run !== undefined) run.deleted = true;
      return [200, {}];
  }
}

function absent(what: string): [number, object] {
  return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `No such ${what}` }];
}

function entriesOf(map: ReadonlyMap<string, string>): Entries {
  return [...map].map(([name, value]) => ({ key: name, value }));
}

function mapOf(entries: Entries = []): Map<string, string> {
  return new Map(entries.map(({ key: name, value }) => [name, value]));
}
