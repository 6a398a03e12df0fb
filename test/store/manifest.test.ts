import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readManifest, writeManifest } from '../../src/store/manifest.ts';
import { overwriteByte, sampleManifest, temporaryDirectory } from './samples.ts';

function writtenManifest(): string {
  const path = join(temporaryDirectory(), 'manifest.json');
  writeManifest(path, sampleManifest({ cpu: 'größer ✓' }));
  return path;
}

test('a manifest is read back as it was written', () => {
  expect(readManifest(writtenManifest())).toEqual(sampleManifest({ cpu: 'größer ✓' }));
});

describe('a damaged manifest', () => {
  test('is refused for any flipped bit of any byte, by name', () => {
    const path = writtenManifest();
    const bytes = readFileSync(path);
    for (let index = 0; index < bytes.length - 1; index += 1) {
      const byte = bytes[index] as number;
      overwriteByte(path, index, byte ^ (1 << (index % 8)));
      expect(() => readManifest(path)).toThrow(`${path}: `);
      overwriteByte(path, index, byte);
    }
  });

  test.each([
    ['cut short', (text: string) => text.slice(0, 100), 'text that is not whole JSON'],
    ['emptied', () => '', 'text that is not whole JSON'],
    ['replaced by a list', () => '[]', 'the content must be .* got a list of 0'],
    ['replaced by nothing', () => 'null', 'the content must be .* got nothing'],
    [
      'edited',
      (text: string) => text.replace('"weight": 0.1', '"weight": 0.2'),
      'content that fails its checksum',
    ],
    [
      'without its checksum',
      (text: string) => text.replace('"crc"', '"src"'),
      'content that fails its checksum',
    ],
    [
      'of another version',
      (text: string) => text.replace('"schemaVersion": 2', '"schemaVersion": 7'),
      'schemaVersion .* got 7',
    ],
  ])('that was %s says what was found', (_, damage, found) => {
    const path = writtenManifest();
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(() => readManifest(path)).toThrow(new RegExp(found));
  });
});
