/** The manifest of a run as a file: JSON with a checksum, so that one which was changed is refused and not misread. */
import { StoreError } from '../errors.ts';
import { writeAtomically } from './atomic.ts';
import { checksum } from './journal.ts';
import { readText } from './read.ts';
import { checkStored, type Manifest, manifestSchema, SCHEMA_VERSION } from './record.ts';

/**
 * Write a manifest, with the CRC-32 of its compact JSON before it as `crc`.
 *
 * Errors: StoreError when the disk refuses.
 */
export function writeManifest(path: string, manifest: Manifest): void {
  writeAtomically(path, `${JSON.stringify({ crc: checksumOf(manifest), ...manifest }, null, 2)}\n`);
}

/**
 * Read a manifest and check it.
 *
 * Errors: StoreError `MANIFEST_DAMAGED` when it is not what was written, or is of another version.
 */
export function readManifest(path: string): Manifest {
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, 'text that is not whole JSON');
  }
  const { crc, ...manifest } = Object(value) as Manifest & { crc?: unknown };
  if (manifest.schemaVersion === SCHEMA_VERSION && crc !== checksumOf(manifest)) {
    throw damaged(path, 'content that fails its checksum');
  }
  return checkStored(manifestSchema, value, 'MANIFEST_DAMAGED', path);
}

/** Reading keeps the order of the keys, so the JSON of what was read is that of what was written. */
function checksumOf(manifest: Manifest): string {
  return checksum(Buffer.from(JSON.stringify(manifest)));
}

function damaged(path: string, found: string): StoreError {
  return new StoreError(
    'MANIFEST_DAMAGED',
    `${path}: a manifest must be as it was written, got ${found}. ` +
      'The file was changed or the disk damaged it: restore it from a copy, or start the sweep anew under another name.',
    { path },
  );
}
