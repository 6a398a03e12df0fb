/** A trial in several lines of a journal, where it has more epochs than one line should hold, and back. */
import {
  type EpochRecord,
  type EpochsRecord,
  SCHEMA_VERSION,
  type StoredTrial,
  type TrialRecord,
} from '../record/record.ts';

/** Measured layers of epochs in a line: a megabyte or two. */
const MOST_LAYERS = 2000;

/** The records under which a trial is stored, in order: all but the last hold nothing but epochs. */
export function* trialLines(record: TrialRecord): Generator<EpochsRecord | StoredTrial> {
  const { epochs, id } = record;
  const each = Math.max(1, Math.floor(MOST_LAYERS / Math.max(1, epochs[0]?.layers.length ?? 1)));
  let before = 0;
  for (; epochs.length - before > each; before += each) {
    const part = epochs.slice(before, before + each);
    yield { schemaVersion: SCHEMA_VERSION, kind: 'epochs', id, before, epochs: part };
  }
  yield before === 0 ? record : { ...record, epochs: epochs.slice(before), epochsBefore: before };
}

/** Puts the lines of long trials together again. A trial counts once its last line is there. */
export class EpochCollector {
  #id: string | undefined;
  #epochs: EpochRecord[] = [];

  /** The next part; false where it does not go on with the one before. */
  add({ id, before, epochs }: EpochsRecord): boolean {
    // A writer that was stopped between two lines leaves a beginning without an end.
    if (before === 0) this.#epochs = [];
    else if (id !== this.#id || before !== this.#epochs.length) return false;
    this.#id = id;
    for (const epoch of epochs) this.#epochs.push(epoch);
    return true;
  }

  /** The whole trial; undefined where its first epochs are not those that came before. */
  complete({ epochsBefore = 0, ...record }: StoredTrial): TrialRecord | undefined {
    const [id, epochs] = [this.#id, this.#epochs];
    this.#id = undefined;
    this.#epochs = [];
    if (epochsBefore === 0) return record;
    if (id !== record.id || epochs.length !== epochsBefore) return undefined;
    for (const epoch of record.epochs) epochs.push(epoch);
    return { ...record, epochs };
  }
}
