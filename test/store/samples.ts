/** A small manifest and records for the tests of everything that reads or writes runs. */

import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Manifest, SCHEMA_VERSION, type TrialRecord } from '../../src/record/record.ts';
import { EARLIER_PENALTIES } from '../../src/store/earlier-penalties.ts';
import type { Lock } from '../../src/store/lock.ts';

/** An empty directory that is gone after the test. */
export function temporaryDirectory(parent: string = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'covgrad-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The like in memory, where the system has such a place: for tests that write thousands of files. */
export function memoryDirectory(): string {
  return temporaryDirectory(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
}

/** Change one byte of a file in place, which is much faster than to write the file anew. */
export function overwriteByte(path: string, offset: number, byte: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Uint8Array.of(byte), 0, 1, offset);
  closeSync(descriptor);
}

const experiment = {
  data: {
    source: 'synthetic',
    train_samples: 64,
    test_samples: 32,
    features: 4,
    classes: 2,
    correlation: 0.5,
    separation: 2,
    seed: 0,
  },
  model: [{ dense: 3, activation: 'relu', penalized: true, on: 'activation' }],
  training: {
    epochs: 1,
    batch_size: 32,
    optimizer: { type: 'sgd', learning_rate: 0.1, momentum: 0, nesterov: false, weight_decay: 0 },
  },
  penalty: { type: 'decov', weight: 0.1 },
} as unknown as Manifest['config']['experiment'];

/** A run of two seeds of one point. */
export function sampleManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    schemaVersion: SCHEMA_VERSION,
    name: 'sample',
    covgrad: '0.0.0',
    node: 'v20.19.0',
    cpu: 'test',
    threads: 1,
    penalties: EARLIER_PENALTIES,
    startedAt: '2025-01-01T00:00:00.000Z',
    kernel: { variant: 'reference', sha256: null },
    data: {
      name: 'synthetic',
      fingerprint: 'ab',
      train: 64,
      test: 32,
      features: 4,
      shape: [4],
      target: { kind: 'classes', classes: 2 },
    },
    config: {
      name: 'sample',
      experiment,
      sweep: {
        method: 'grid',
        metric: { name: 'test.accuracy', goal: 'maximize' },
        seeds: [0, 1],
        parameters: {},
      },
    } as Manifest['config'],
    trials: [0, 1].map((seed) => ({
      id: `p-s${seed}`,
      index: seed,
      point: 'p',
      baseline: false,
      seed,
      settings: {},
      experiment,
    })),
    ...changes,
  };
}

/** A finished trial of {@link sampleManifest}. */
export function sampleRecord(seed: number, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'trial',
    id: `p-s${seed}`,
    point: 'p',
    baseline: false,
    seed,
    settings: { 'penalty.type': 'decov', note: 'größer ✓' },
    outcome: { status: 'complete' },
    epochs: [
      {
        epoch: 1,
        train: { loss: 0.25 + seed, penalty: 1e-7, accuracy: 0.5 },
        test: { loss: 0.3, accuracy: 0.75 },
        layers: [
          {
            layer: 0,
            name: 'dense1',
            units: 3,
            samples: 32,
            metrics: { 'mean-abs-correlation': 0.1, 'condition-number': null },
          },
        ],
      },
    ],
    timing: { startedAt: '2025-01-01T00:00:00.000Z', seconds: 1.5, trainSeconds: 1.25 },
    ...changes,
  };
}

/** A lock that nobody contests. */
export function heldLock(): Lock {
  return { fence: 1, check() {}, beat() {}, release() {} };
}
