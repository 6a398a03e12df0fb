import { describe, expect, test } from 'vitest';
import { ExportError } from '../../src/errors.ts';
import { exportToMlflow, type MlflowReport } from '../../src/export/mlflow.ts';
import { MlflowClient } from '../../src/export/mlflow-client.ts';
import type { ExportedRun } from '../../src/export/trial-history.ts';
import { type MlflowStandIn, type StoredRun, startMlflow, unusedAddress } from './mlflow-server.ts';
import { STARTED, sampleRun, TRIAL_NAMES } from './sample-run.ts';

const START = Date.parse(STARTED);

function send({ url }: { readonly url: string }, run: ExportedRun = sampleRun()): Promise<MlflowReport> {
  return exportToMlflow(run, new MlflowClient({ url, retryDelayMs: 1 }), 'sample');
}

async function refusal(sending: Promise<unknown>): Promise<string> {
  try {
    await sending;
  } catch (error) {
    if (error instanceof ExportError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

function runOf({ runs }: MlflowStandIn, trial: string): StoredRun {
  return runs.find(({ tags, deleted }) => tags.get('covgrad.trial') === trial && !deleted) as StoredRun;
}

describe('an export to MLflow', () => {
  test('makes an experiment with a run for each trial that has a record', async () => {
    const server = await startMlflow();
    expect(await send(server)).toEqual({ experiment: 'sample', sent: 7, kept: 0 });
    expect(server.experiments).toMatchObject([{ name: 'sample' }]);
    expect(server.runs.map(({ name, start, end }) => [name, start, end])).toEqual(
      TRIAL_NAMES.map((name) => [name, START, START + 8000]),
    );
  });

  test.each([
    ['complete', 'p0', 'FINISHED'],
    ['pruned', 'p2', 'KILLED'],
    ['diverged', 'p3', 'FAILED'],
    ['timeout', 'p4', 'FAILED'],
    ['failed', 'p5', 'FAILED'],
    ['interrupted', 'p6', 'KILLED'],
  ])('a trial that is %s has a status that fits, and its outcome as tags', async (outcome, point, status) => {
    const server = await startMlflow();
    await send(server);
    const run = runOf(server, `${point}-s0`);
    expect(run.status).toBe(status);
    expect(run.tags.get('covgrad.outcome')).toBe(outcome);
  });

  test('parameters are the whole experiment and the seed', async () => {
    const server = await startMlflow();
    await send(server);
    expect(Object.fromEntries(runOf(server, 'p1-s0').params)).toMatchObject({
      'data.source': 'synthetic',
      'model.0.dense': '3',
      'training.optimizer.nesterov': 'false',
      'penalty.type': 'decov',
      'penalty.weight': '0.1',
      seed: '0',
    });
  });

  test('metrics have the step and the time of their epoch; what is not a number goes by its name', async () => {
    const server = await startMlflow();
    await send(server);
    const loss = ({ metrics }: StoredRun) => metrics.filter(({ key }) => key === 'train/loss');
    expect(loss(runOf(server, 'p1-s0'))).toEqual([
      { key: 'train/loss', value: 1 / 2, timestamp: START + 4000, step: 1 },
      { key: 'train/loss', value: 1 / 3, timestamp: START + 8000, step: 2 },
    ]);
    expect(loss(runOf(server, 'p3-s0')).map(({ value }) => value)).toEqual([1 / 4, 'NaN']);
  });

  test('more metrics and parameters than one call takes go in several', async () => {
    const server = await startMlflow();
    const { manifest, records } = sampleRun();
    const [spec] = manifest.trials;
    const [record] = records;
    if (spec === undefined || record === undefined) throw new Error('the sample has trials');
    const [epoch] = record.epochs;
    const model = Array.from({ length: 60 }, () => ({ dense: 3, activation: 'relu' }));
    const trial = { ...spec, experiment: { ...spec.experiment, model } as unknown as typeof spec.experiment };
    const epochs = Array.from({ length: 500 }, (_, index) => ({
      ...(epoch as NonNullable<typeof epoch>),
      epoch: index + 1,
    }));
    await send(server, {
      manifest: { ...manifest, trials: [trial] },
      records: [{ ...record, epochs }],
    });
    const [run] = server.runs;
    // 60 layers of 2, 12 of the data and training, 2 of the penalty and the seed; 7 metrics an epoch and 2 at the end.
    expect(run?.params.size).toBeGreaterThan(120);
    expect(run?.metrics).toHaveLength(500 * 7 + 2);
    expect(server.calls.filter((path) => path === 'runs/log-batch')).toHaveLength(2 + 4);
  });

  test('a second export sends only what is new, and what was trained anew again', async () => {
    const server = await startMlflow();
    const run = sampleRun();
    await send(server, { ...run, records: run.records.slice(0, 3) });
    expect(await send(server)).toEqual({ experiment: 'sample', sent: 4, kept: 3 });
    const records = run.records.map((record, index) =>
      index === 6 ? { ...record, outcome: { status: 'complete' } as const } : record,
    );
    expect(await send(server, { ...run, records })).toEqual({ experiment: 'sample', sent: 1, kept: 6 });
    expect(server.runs.filter(({ deleted }) => !deleted)).toHaveLength(7);
    expect(runOf(server, 'p6-s0').status).toBe('FINISHED');
  });

  test('an export that was cut short leaves a run that the next one replaces', async () => {
    const server = await startMlflow();
    server.fault = ({ path }) => (path === 'runs/update' && server.runs.length === 3 ? 400 : undefined);
    await refusal(send(server));
    expect(server.runs.map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED', 'RUNNING']);
    server.fault = () => undefined;
    expect(await send(server)).toEqual({ experiment: 'sample', sent: 5, kept: 2 });
    expect(server.runs[2]?.deleted).toBe(true);
    expect(server.runs.filter(({ deleted }) => !deleted).map(({ status }) => status)).not.toContain(
      'RUNNING',
    );
  });

  test('passing faults are tried again', async () => {
    const server = await startMlflow();
    const refused = [503, 429];
    const lost = [500, 0, 502, 504];
    let count = 0;
    server.fault = ({ path, index }) => {
      if (index % 2 === 1) return undefined;
      count += 1;
      const faults = path === 'runs/log-batch' || path === 'runs/update' ? lost : refused;
      return faults[count % faults.length];
    };
    expect(await send(server)).toMatchObject({ sent: 7 });
    expect(server.runs).toHaveLength(7);
    expect(count).toBeGreaterThan(7);
  });

  test.each([500, 0])(
    'a run is never created twice: a %s after which nobody knows whether it was is not tried again',
    async (fault) => {
      const server = await startMlflow();
      server.fault = ({ path }) => (path === 'runs/create' ? fault : undefined);
      expect(await refusal(send(server))).toContain('MLFLOW_FAILED');
      expect(server.calls.filter((path) => path === 'runs/create')).toHaveLength(1);
    },
  );

  test('an error names the address, the status, and what the server says', async () => {
    const server = await startMlflow();
    server.fault = ({ path }) => (path === 'runs/log-batch' ? 400 : undefined);
    expect(await refusal(send(server))).toBe(
      `MLFLOW_FAILED ${server.url}/api/2.0/mlflow/runs/log-batch: MLflow must take the call, ` +
        'got 400 Bad Request (told to fail). ' +
        'Check the address and the server; the same command then sends what is missing.',
    );
  });

  test('where there is no server, or another kind of one, the error says so', async () => {
    const server = await startMlflow();
    expect(await refusal(send({ url: await unusedAddress() }))).toContain('got ECONNREFUSED.');
    server.fault = ({ path }) => (path === 'experiments/get-by-name' ? 200 : undefined);
    expect(await refusal(send(server))).toContain('got an answer of another kind.');
    server.fault = () => 401;
    expect(await refusal(send(server))).toContain('Set MLFLOW_TRACKING_TOKEN');
  });

  test.each([
    ['of somebody else', {}, 'one that is not ours'],
    ['of another run', { 'covgrad.run': 'sample 2024-01-01T00:00:00.000Z' }, 'that of another run'],
  ])('an experiment %s is refused and nothing is sent', async (_whose, tags, found) => {
    const server = await startMlflow();
    server.experiments.push({
      id: 'e0',
      name: 'sample',
      tags: new Map(Object.entries(tags)),
      deleted: false,
    });
    expect(await refusal(send(server))).toBe(
      `EXPORT_TARGET sample: an export adds to no experiment but its own, got ${found} of this name. Give it another by --name.`,
    );
    expect(server.runs).toEqual([]);
  });

  test('an experiment that was deleted is refused', async () => {
    const server = await startMlflow();
    await send(server);
    for (const experiment of server.experiments) experiment.deleted = true;
    expect(await refusal(send(server))).toContain('got a deleted one of this name.');
  });

  test('names and values that the server forbids are brought into its form', async () => {
    const server = await startMlflow();
    const { manifest, records } = sampleRun();
    const [spec] = manifest.trials;
    const [record] = records;
    if (spec === undefined || record === undefined) throw new Error('the sample has trials');
    const odd = { '../schräg': '€'.repeat(10_000), ['long'.repeat(100)]: 1 };
    const trial = { ...spec, experiment: { ...spec.experiment, ...odd } as typeof spec.experiment };
    const failed = { status: 'failed', code: 'X', message: 'y'.repeat(10_000) } as const;
    await send(server, {
      manifest: { ...manifest, trials: [trial] },
      records: [{ ...record, outcome: failed }],
    });
    const [run] = server.runs;
    expect(run?.params.get('_/schr_g')).toBe('€'.repeat(166));
    expect(run?.tags.get('covgrad.outcome.message')).toHaveLength(5000);
  });
});
