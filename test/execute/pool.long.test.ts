import { expect, test } from 'vitest';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest } from '../store/samples.ts';
import { importBuilt } from './built.ts';
import { NO_DATA } from './no-data.ts';

test('a trial that hangs is ended safely while its thread still loads: 20 of 20 times the process lives on', async () => {
  const { createThreadPool } = await importBuilt();
  const kernel = { variant: 'reference' } as const;
  const spec = { ...(sampleManifest().trials[0] as TrialSpec), id: 'loads' };
  for (let graceMs = 0; graceMs < 200; graceMs += 10) {
    const pool = createThreadPool({
      threads: 1,
      kernel,
      dataset: NO_DATA,
      trialTimeout: 1e-6,
      graceMs,
    });
    // Where it has loaded in time, a trial without data fails by itself.
    const { outcome } = await pool.run(spec, { onProgress() {}, onEpoch: () => undefined });
    expect(['timeout', 'failed']).toContain(outcome.status);
    // The thread that takes the place of the one that was ended is loading now, and ended as well.
    await pool.close();
  }
});
