/** The first place in which a trial that was trained again differs from its record. */
import { checkStored, type TrialRecord, trialRecordSchema } from '../record/record.ts';

type Value = string | number | boolean | null;

/** One value that did not return. */
export interface Deviation {
  /** Null for what belongs to no epoch: what was measured before the first step, how the trial ended, what was measured then. */
  readonly epoch: number | null;
  /** Dotted path inside the epoch, with the name of a layer before its metric and the number of a step; or inside the record. */
  readonly path: string;
  readonly recorded: Value;
  readonly again: Value;
}

/**
 * Compares everything that training determines: what was measured before the first step, then epoch by epoch what was
 * measured inside it and at its end, then the outcome and what was measured after it. Times, memory and the number of attempts are of the machine, and are left out.
 *
 * What the record lacks (a measurement that is newer than it) is not compared. `numbers` counts what was.
 */
export function firstDeviation(
  record: TrialRecord,
  trainedAgain: TrialRecord,
): { readonly numbers: number; readonly deviation: Deviation | null } {
  // What was read from a file went through JSON, which turns NaN into null and −0 into 0.
  const stored = JSON.parse(JSON.stringify(trainedAgain));
  const again = checkStored(trialRecordSchema, stored, 'RECORD_INVALID', `trial ${record.id}`);
  let numbers = 0;
  const compare = (recorded: unknown, now: unknown, epoch: number | null, path: string): Deviation | null => {
    if (typeof recorded !== 'object' || recorded === null) {
      if (typeof recorded === 'number') numbers += 1;
      return recorded === undefined || Object.is(recorded, now)
        ? null
        : { epoch, path, recorded: asValue(recorded), again: asValue(now) };
    }
    for (const [key, value] of Object.entries(recorded)) {
      const name = Array.isArray(recorded) ? nameOf(value, key) : key;
      const other = Object(now)[key];
      const deviation = compare(value, other, epoch, path === '' ? name : `${path}.${name}`);
      if (deviation !== null) return deviation;
    }
    return null;
  };
  const compareSteps = (epoch: number): Deviation | null => {
    const stepsOf = ({ steps = [] }: TrialRecord) => steps.filter((step) => step.epoch === epoch);
    for (const step of stepsOf(record)) {
      const now = stepsOf(again).find((other) => other.step === step.step);
      const deviation = compare(step, now, epoch, `steps.${step.step}`);
      if (deviation !== null) return deviation;
    }
    return null;
  };
  const begun =
    compare(record.penalty, again.penalty, null, 'penalty') ??
    compare(record.initial, again.initial, null, 'initial');
  if (begun !== null) return { numbers, deviation: begun };
  for (const [index, epoch] of record.epochs.entries()) {
    const now = again.epochs[index];
    if (now === undefined) break;
    const deviation = compareSteps(epoch.epoch) ?? compare(epoch, now, epoch.epoch, '');
    if (deviation !== null) return { numbers, deviation };
  }
  const ended =
    // Of the epoch in which it ended.
    compareSteps(record.epochs.length + 1) ??
    compare(record.outcome, again.outcome, null, 'outcome') ??
    compare(record.epochs.length, again.epochs.length, null, 'epochs') ??
    compare(record.earlyStopping, again.earlyStopping, null, 'earlyStopping') ??
    compare(record.final, again.final, null, 'final');
  return { numbers, deviation: ended };
}

/** A layer by its name. */
function nameOf(value: unknown, index: string): string {
  const { name } = Object(value);
  return typeof name === 'string' ? name : index;
}

function asValue(value: unknown): Value {
  return ['string', 'number', 'boolean'].includes(typeof value) ? (value as Value) : null;
}
