/** The plan of a run as a file: a self-checking line for each point, which is read and written without ever being whole. */
import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';
import { storedPointSchema, storedPoints, trialsOfPoint } from '../record/points.ts';
import { checkStored, experimentFrame, type PlanSummary } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { writeAtomically } from './atomic.ts';
import { inChunks } from './chunks.ts';
import { crcOf, readLines, recordLine } from './lines.ts';

type Experiment = TrialSpec['experiment'];

/** Write the trials of a plan, relative to an experiment. Errors: StoreError when the disk refuses. */
export function writePlan(path: string, trials: readonly TrialSpec[], base: Experiment): PlanSummary {
  let points = 0;
  let crc = 0;
  function* lines(): Generator<Buffer> {
    for (const point of storedPoints(trials, base)) {
      points += 1;
      const line = recordLine(points, point);
      crc = crc32(crcOf(line), crc);
      yield line;
    }
  }
  writeAtomically(path, inChunks(lines()));
  return { trials: trials.length, points, crc };
}

/** Read the trials of a plan. Errors: StoreError `MANIFEST_DAMAGED` where it is not what was written. */
export function readPlan(path: string, summary: PlanSummary, base: Experiment): TrialSpec[] {
  const trials: TrialSpec[] = [];
  let points = 0;
  let crc = 0;
  const damagedAt = (line: number, found: string): StoreError => damaged(`${path}:${line}`, found);
  const torn = readLines(
    path,
    (line) => {
      points += 1;
      if (line?.seq !== points) throw damagedAt(points, 'a line that fails its checksum, or not the next');
      crc = crc32(line.crc, crc);
      const stored = checkStored(storedPointSchema, line.read(), 'MANIFEST_DAMAGED', `${path}:${points}`);
      for (const trial of trialsOfPoint(stored, base, trials.length)) trials.push(trial);
      checkStored(experimentFrame, trials.at(-1)?.experiment, 'MANIFEST_DAMAGED', `${path}:${points}`);
    },
    damagedAt,
  );
  const whole = torn === 0 && points === summary.points && crc === summary.crc;
  if (!whole || trials.length !== summary.trials) {
    throw damaged(path, `${points} of ${summary.points} points, or those of another run`);
  }
  return trials;
}

function damaged(where: string, found: string): StoreError {
  return new StoreError(
    'MANIFEST_DAMAGED',
    `${where}: a plan must be as it was written, got ${found}. ` +
      'The file was changed or the disk damaged it: restore it from a copy, or start the sweep anew under another name.',
    { where },
  );
}
