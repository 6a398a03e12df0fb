import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readManifest, writeManifest } from '../../src/store/manifest.ts';
import { overwriteByte, sampleManifest, temporaryDirectory } from './samples.ts';

function writtenPlan(manifest = sampleManifest()): { manifest: string; plan: string } {
  const directory = temporaryDirectory();
  const path = join(directory, 'manifest.json');
  writeManifest(path, manifest);
  return { manifest: path, plan: join(directory, 'plan.jsonl') };
}

describe('a damaged plan', () => {
  test('is refused for any flipped bit of any byte, by name', () => {
    const { manifest, plan } = writtenPlan();
    for (const [index, byte] of readFileSync(plan).entries()) {
      overwriteByte(plan, index, byte ^ (1 << (index % 8)));
      expect(() => readManifest(manifest)).toThrow(plan);
      overwriteByte(plan, index, byte);
    }
    expect(readManifest(manifest)).toEqual(sampleManifest());
  });

  test('is refused where it is cut short at any byte', () => {
    const { manifest, plan } = writtenPlan();
    const bytes = readFileSync(plan);
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(plan, bytes.subarray(0, length));
      expect(() => readManifest(manifest)).toThrow('a plan must be as it was written');
    }
  });

  test('is refused where it is of another run, or goes on', () => {
    const { manifest, plan } = writtenPlan();
    const own = readFileSync(plan);
    const [first, second] = sampleManifest().trials;
    const other = writtenPlan(sampleManifest({ trials: [first, { ...second, seed: 7 }] as never }));
    writeFileSync(plan, readFileSync(other.plan));
    expect(() => readManifest(manifest)).toThrow('or those of another run');
    writeFileSync(plan, Buffer.concat([own, own]));
    expect(() => readManifest(manifest)).toThrow(`${plan}:3`);
  });

  test('that is missing is named', () => {
    const { manifest, plan } = writtenPlan();
    writeFileSync(plan, '');
    expect(() => readManifest(manifest)).toThrow('0 of 2 points');
  });
});

test('a plan without a trial is read back', () => {
  const { manifest } = writtenPlan(sampleManifest({ trials: [] }));
  expect(readManifest(manifest).trials).toEqual([]);
});
