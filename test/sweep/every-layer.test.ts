/** A network that has a layer of every kind: the same bits on one thread, on two, and after a stop. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import type { LayerSettings } from '../../src/network/layer.ts';
import { insideOf, kindOf, LAYER_KINDS } from '../../src/network/layers.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import { openRun } from '../../src/store/run.ts';
import type { SweepOptions } from '../../src/sweep.ts';
import { importBuilt } from '../execute/built.ts';
import { withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';

const text = readFileSync(fileURLToPath(new URL('../nodes/every-layer.yaml', import.meta.url)), 'utf8');
const config = parseSweepConfig(text, 'every-layer.yaml');
const TRIALS = 6;

/** Runs the sweep on threads of the built package, until `signal` stops it. */
async function sweep(changes: Partial<SweepOptions>): Promise<readonly TrialRecord[]> {
  const { runSweep } = await importBuilt();
  const directory = changes.directory ?? join(temporaryDirectory(), 'run');
  await runSweep({ config, text, directory, threads: 1, ...changes });
  return openRun(directory).records;
}

function kindsOf(layers: readonly LayerSettings[]): string[] {
  return layers.flatMap((layer) => [
    kindOf(layer)!.key,
    ...insideOf(layer).flatMap(([, inside]) => kindsOf(inside)),
  ]);
}

describe('a network with a layer of every kind', () => {
  let known: readonly TrialRecord[] | undefined;
  const undisturbed = async (): Promise<readonly TrialRecord[]> => {
    known ??= await sweep({});
    return known;
  };

  test('has one of every kind, and trains', async () => {
    const records = await undisturbed();
    const found = new Set(kindsOf(config.experiment.model));
    expect([...found].toSorted()).toEqual(LAYER_KINDS.map(({ key }) => key).toSorted());
    expect(records.map(({ outcome }) => outcome.status)).toEqual(Array(TRIALS).fill('complete'));
    for (const { initial, epochs } of records) {
      expect(epochs.at(-1)!.train.loss).toBeLessThan(initial!.validation!.loss);
    }
  });

  test('gives the same bits with two threads', async () => {
    expect(withoutTimes(await sweep({ threads: 2 }))).toEqual(withoutTimes(await undisturbed()));
  });

  test('gives the same bits after a stop within a trial', async () => {
    const directory = join(temporaryDirectory(), 'run');
    const controller = new AbortController();
    let epochs = 0;
    const stopped = await sweep({
      directory,
      threads: 2,
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type === 'epochFinished') epochs += 1;
        if (epochs === 3) controller.abort();
      },
    });
    expect(stopped.filter(({ outcome }) => outcome.status === 'complete').length).toBeLessThan(TRIALS);
    const resumed = await sweep({ directory, threads: 2, resume: true });
    expect(withoutTimes(resumed)).toEqual(withoutTimes(await undisturbed()));
  });
});
