/** A coordinator that is killed over and over, and what its runs must be in the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { comparisonToCsv, comparisonToJson } from '../../src/compare/export.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import { journalLine, readJournal } from '../../src/store/journal.ts';
import { openRun } from '../../src/store/run.ts';
import { smallSweep, withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { CSV_DATA, regressionText, tableText } from '../sweep/own-data.ts';
import { COORDINATOR, report } from './report.ts';

/** Longer than a coordinator takes to start and to train some trials, on a machine that is not too busy. */
const LONGEST_LIFE_MS = 700;

/** A sweep that is killed: its text, the files beside it, and its trials. */
export interface KilledSweep {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly trials: number;
}

/** 57 trials of a few milliseconds. */
const SYNTHETIC: KilledSweep = {
  text: smallSweep(
    ['train_samples: 256', 'train_samples: 64'],
    ['test_samples: 128', 'test_samples: 32'],
    ['[decov, mean-abs]', '[decov, mean-abs, squared-correlation]'],
    ['[0.1, 1]', '[0.01, 0.03, 0.1, 0.3, 1, 3]'],
    ['seeds: 2', 'seeds: 3'],
  ),
  trials: 57,
};

/** A regression over a CSV file, whose trials are ended early by the validation split. */
export const CSV_REGRESSION: KilledSweep = {
  text: regressionText(
    CSV_DATA,
    '  metric: {name: validation.r2}\n  early_terminate: {type: asha, min_iter: 1, eta: 2}\n',
  )
    .replace('epochs: 2', 'epochs: 4')
    .replace('[0.1, 1]', '[0.01, 0.03, 0.1, 0.3, 1, 3]')
    .replace('seeds: 2', 'seeds: 3'),
  files: { 'table.csv': tableText() },
  trials: 39,
};

/** What a coordinator said before its end. */
interface Life {
  readonly killed: boolean;
  /** Trials that it declared finished. */
  readonly finished: number;
}

/** Let a coordinator work until some moment: some time after its start, or after some of its words. */
async function live(file: string, directory: string, untilKilled: boolean): Promise<Life> {
  const child = spawn(process.execPath, [COORDINATOR, file, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const words: string[] = [];
  const awaited = Math.random() < 0.35 ? Number.POSITIVE_INFINITY : Math.ceil(Math.random() * 40);
  const heard = new Promise<void>((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      words.splice(0, words.length, ...text.split('\n').slice(0, -1));
      if (words.length >= awaited) resolve();
    });
  });
  if (untilKilled) {
    const patience = awaited === Number.POSITIVE_INFINITY ? Math.random() * LONGEST_LIFE_MS : 60_000;
    const controller = new AbortController();
    const moment = setTimeout(patience, undefined, { signal: controller.signal }).catch(() => {});
    await Promise.race([moment, heard.then(() => setTimeout(Math.random() * 4)), closed]);
    controller.abort();
    child.kill('SIGKILL');
  }
  await closed;
  expect(child.exitCode === 0 || child.signalCode === 'SIGKILL').toBe(true);
  return {
    killed: child.signalCode === 'SIGKILL',
    finished: words.filter((word) => word === 'trialFinished').length,
  };
}

/** Every record that a journal has of a trial, also the superseded ones. */
function storedTrials(directory: string): TrialRecord[] {
  if (!existsSync(join(directory, 'manifest.json'))) return [];
  return readJournal(join(directory, 'journal.jsonl')).records as TrialRecord[];
}

/** What the power's going adds to a kill: the beginning of a line that is not whole on the disk. */
function tearLine(directory: string): void {
  const path = join(directory, 'journal.jsonl');
  if (!existsSync(join(directory, 'manifest.json'))) return;
  const line = journalLine(readJournal(path).records.length + 1, { kind: 'trial', id: 'torn' });
  appendFileSync(path, line.subarray(0, Math.floor(Math.random() * line.length)));
}

/** The final comparison, with the only numbers that depend on the machine's load made equal. */
function comparisonOf(directory: string): { json: string; csv: string } {
  const { manifest, records } = openRun(directory);
  const timing = { startedAt: '', seconds: 1, trainSeconds: 1 };
  const comparison = compareRuns([
    {
      name: manifest.name,
      manifest: { ...manifest, startedAt: '' },
      records: records.map((record) => ({ ...record, timing })),
    },
  ]);
  return { json: comparisonToJson(comparison), csv: comparisonToCsv(comparison) };
}

/** Kill coordinators that many times: no trial is lost, none repeated, and each run ends as if undisturbed. */
export async function expectToSurvive(
  killsToTry: number,
  { text, files = {}, trials: count }: KilledSweep = SYNTHETIC,
): Promise<void> {
  const place = temporaryDirectory();
  const file = join(place, 'small.yaml');
  writeFileSync(file, text);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
  await live(file, join(place, 'undisturbed'), false);
  const undisturbed = comparisonOf(join(place, 'undisturbed'));
  const bits = withoutTimes(openRun(join(place, 'undisturbed')).records);

  let kills = 0;
  let torn = 0;
  let lost = 0;
  let repeated = 0;
  let runs = 0;
  while (kills < killsToTry) {
    const directory = join(place, `run-${runs}`);
    let stored = 0;
    for (let ended = false; !ended; ) {
      const { killed, finished } = await live(file, directory, kills < killsToTry);
      const trials = storedTrials(directory);
      lost += Math.max(0, stored + finished - trials.length);
      stored = trials.length;
      ended = !killed;
      if (killed) kills += 1;
      if (killed && Math.random() < 0.3) {
        torn += 1;
        tearLine(directory);
      }
    }
    runs += 1;
    repeated += stored - new Set(storedTrials(directory).map(({ id }) => id)).size;
    expect(openRun(directory).records).toHaveLength(count);
    expect(comparisonOf(directory)).toEqual(undisturbed);
    expect(withoutTimes(openRun(directory).records)).toEqual(bits);
    expect(readdirSync(directory).sort()).toEqual(readdirSync(join(place, 'undisturbed')).sort());
  }
  report(`${kills} kills survived over ${runs} runs, ${torn} of them with a torn line`);
  report(`${lost} trials lost, ${repeated} trained again`);
  expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
}
