/** The manifest of a run as a file: JSON with a checksum, so that one which was changed is refused and not misread. */
import { dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';
import {
  checkStored,
  type Manifest,
  manifestSchema,
  type PlanSummary,
  SCHEMA_VERSION,
  storedManifestSchema,
} from '../record/record.ts';
import { writeAtomically } from './atomic.ts';
import { EARLIER_PENALTIES } from './earlier-penalties.ts';
import { checksum } from './lines.ts';
import { readPlan, writePlan } from './plan-file.ts';
import { checkTextLength, readText } from './read.ts';

/** The plan of a run, beside its manifest. */
const PLAN_FILE = 'plan.jsonl';

/** A manifest as its file holds it. */
type StoredManifest = Omit<Manifest, 'trials'> & { readonly plan: PlanSummary };

/**
 * Write a manifest, with the CRC-32 of its compact JSON before it as `crc`, and before that its plan in a file of its own.
 *
 * Errors: StoreError when the disk refuses, `FILE_TOO_LARGE` for a manifest that could not be read back.
 */
export function writeManifest(path: string, { trials, ...manifest }: Manifest): void {
  const plan = writePlan(planPath(path), trials, manifest.config.experiment);
  const stored: StoredManifest = { ...manifest, schemaVersion: SCHEMA_VERSION, plan };
  const text = Buffer.from(`${JSON.stringify({ crc: checksumOf(stored), ...stored }, null, 2)}\n`);
  checkTextLength(path, text.length);
  writeAtomically(path, text);
}

/**
 * Read a manifest with its plan and check both.
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
  const { crc, ...manifest } = Object(value) as (Manifest | StoredManifest) & { crc?: unknown };
  const isKnown = manifest.schemaVersion === 1 || manifest.schemaVersion === SCHEMA_VERSION;
  if (isKnown && crc !== checksumOf(manifest)) throw damaged(path, 'content that fails its checksum');
  const penalties = EARLIER_PENALTIES;
  if (manifest.schemaVersion === 1) {
    return { penalties, ...checkStored(manifestSchema, value, 'MANIFEST_DAMAGED', path) };
  }
  const { plan, ...rest } = checkStored(storedManifestSchema, value, 'MANIFEST_DAMAGED', path);
  return { penalties, ...rest, trials: readPlan(planPath(path), plan, rest.config.experiment) };
}

function planPath(manifestPath: string): string {
  return join(dirname(manifestPath), PLAN_FILE);
}

/** Reading keeps the order of the keys, so the JSON of what was read is that of what was written. */
function checksumOf(manifest: object): string {
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
