import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ExportArguments, exportRun } from '../../src/cli/export.ts';
import { CovgradError } from '../../src/errors.ts';
import { createRun } from '../../src/store/run.ts';
import { startMlflow, unusedAddress } from '../export/mlflow-server.ts';
import { sampleRun } from '../export/sample-run.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

/** A directory with a run in it. */
function place(): { here: string; run: string } {
  const here = temporaryDirectory();
  const run = join(here, 'runs', 'sample');
  const { manifest, records } = sampleRun();
  const writer = createRun(run, manifest, 'name: sample\n');
  for (const record of records) writer.append(record);
  writer.close();
  return { here, run };
}

async function refusal(given: Partial<ExportArguments>, environment = {}): Promise<string> {
  try {
    await exportRun({ run: 'nowhere', ...given }, environment);
  } catch (error) {
    if (error instanceof CovgradError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('covgrad export', () => {
  test.each([
    ['tensorboard', 'sample-tensorboard', 'tensorboard --logdir sample-tensorboard'],
    ['wandb', 'sample-wandb', 'docs/exports.md'],
    ['optuna', 'sample-optuna.log', 'optuna-dashboard sample-optuna.log'],
  ])('--to %s writes beside the run, names the place and says how to look at it', (to, name, advice) => {
    const { here } = place();
    const { code, stdout, stderr } = covgrad(here, 'export', 'runs/sample', '--to', to);
    expect(stdout).toBe(`${name}\n`);
    expect(stderr).toContain('7 of 8 trials; the other 1 has no record yet');
    expect(stderr).toContain(advice);
    expect(code).toBe(0);
    expect(readdirSync(here).sort()).toEqual(['runs', name]);
  });

  test('exported twice it is the same to the last byte', () => {
    const { here } = place();
    const read = () => {
      expect(covgrad(here, 'export', 'runs/sample', '--to', 'tensorboard', '-o', 'out').code).toBe(0);
      const names = readdirSync(join(here, 'out'), { recursive: true, withFileTypes: true });
      return names
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'hex')]);
    };
    expect(read()).toEqual(read());
  });

  test('what is there and not an export is refused with exit code 2 and kept', () => {
    const { here } = place();
    writeFileSync(join(here, 'notes'), 'mine');
    const { code, stdout, stderr } = covgrad(here, 'export', 'runs/sample', '--to', 'optuna', '-o', 'notes');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('notes: an export replaces nothing but an earlier one');
    expect(readFileSync(join(here, 'notes'), 'utf8')).toBe('mine');
  });

  test('a run is no place for an export: its own directory is refused', () => {
    const { here } = place();
    const { code, stderr } = covgrad(here, 'export', 'runs/sample', '--to', 'wandb', '-o', 'runs/sample');
    expect(code).toBe(2);
    expect(stderr).toContain('got a directory with');
  });

  test('--mlflow sends to that server, and again only what is new', async () => {
    const { run } = place();
    const { url, runs, authorizations } = await startMlflow();
    const address = url.replace('//', '//ann:secret@');
    const report = await exportRun({ run, mlflow: `${address}/` }, {});
    expect(report).toMatchObject({ place: url, advice: 'Experiment sample: 7 sent, 0 there already' });
    expect(runs).toHaveLength(7);
    expect([...authorizations]).toEqual([`Basic ${Buffer.from('ann:secret').toString('base64')}`]);
    const again = await exportRun({ run, to: 'mlflow' }, { MLFLOW_TRACKING_URI: url });
    expect(again.advice).toBe('Experiment sample: 0 sent, 7 there already');
  });

  test('a token from the environment goes into the header', async () => {
    const { run } = place();
    const { url, authorizations } = await startMlflow();
    await exportRun({ run, mlflow: url, name: 'mine' }, { MLFLOW_TRACKING_TOKEN: 'abc' });
    expect([...authorizations]).toEqual(['Bearer abc']);
  });

  test('no message shows a password', async () => {
    const { run } = place();
    const url = await unusedAddress();
    const message = await refusal({ run, mlflow: url.replace('//', '//ann:secret@') });
    expect(message).toContain(`${url}/api/2.0/mlflow/experiments/get-by-name`);
    expect(message).not.toContain('secret');
    expect(await refusal({ mlflow: 'htp://ann:secret@127.0.0.1' })).not.toContain('secret');
  });

  test.each([
    ['no tool', {}, '--to: must be one of tensorboard, wandb, optuna, mlflow, got nothing.'],
    [
      'a server beside another tool',
      { to: 'wandb', mlflow: 'http://a' },
      '--mlflow: is the server of --to mlflow,',
    ],
    ['a place beside a server', { mlflow: 'http://a', output: 'b' }, '-o: is for exports to files,'],
    ['an empty place', { to: 'optuna', output: '' }, '-o: must be a path,'],
    ['a name that nothing would have', { to: 'wandb', name: 'x' }, '--name: is for mlflow and optuna,'],
    ['an empty name', { to: 'optuna', name: ' ' }, '--name: must not be empty,'],
    ['no server', { to: 'mlflow' }, '--mlflow: must be the address of a server, got nothing.'],
    [
      'an address that is none',
      { mlflow: 'localhost:5000' },
      '--mlflow: must be the address of a server, got',
    ],
  ] as const)('%s is refused by name', async (_what, given, message) => {
    expect(await refusal(given)).toContain(`USAGE ${message}`);
  });

  test('a database in MLFLOW_TRACKING_URI is refused by the name of the variable', async () => {
    expect(await refusal({ to: 'mlflow' }, { MLFLOW_TRACKING_URI: 'sqlite:///mlflow.db' })).toContain(
      'USAGE MLFLOW_TRACKING_URI: must be the address of a server, got "sqlite:///mlflow.db".',
    );
  });

  test('a run that is missing is refused by its path', async () => {
    expect(await refusal({ to: 'wandb' })).toContain('RUN_MISSING nowhere:');
  });
});
