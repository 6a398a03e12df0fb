/**
 * A run in the files that Weights & Biases keeps of its runs: a directory a trial, with the history as JSON lines, the
 * summary, the configuration and the metadata.
 */
import { type ScalarTag, stringify } from 'yaml';
import type { Outcome } from '../record/record.ts';
import type { ExportedFile } from './target.ts';
import { type ExportedRun, goalsOf, type Step, type TrialHistory, trialHistories } from './trial-history.ts';

/** A run that was ended from outside is killed, one that ended by a fault has failed. */
const STATES: Readonly<Record<Outcome['status'], 'finished' | 'failed' | 'killed'>> = {
  complete: 'finished',
  pruned: 'killed',
  diverged: 'failed',
  timeout: 'failed',
  failed: 'failed',
  interrupted: 'killed',
};

/** The readers of W&B follow YAML 1.1, and take a power of ten for a number only behind a dot. */
const POWER_OF_TEN: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number' && /^-?\d+e/.test(String(value)),
  test: /^-?\d+\.0e/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace('e', '.0e'),
};

/** The files of all trials. */
export function wandbFiles(run: ExportedRun): ExportedFile[] {
  return trialHistories(run).flatMap((history) => {
    const file = (name: string, content: () => string): ExportedFile => ({
      path: `${history.name}/${name}`,
      content,
    });
    return [
      file('wandb-history.jsonl', () => historyLines(history)),
      file('wandb-summary.json', () => json(summaryOf(history))),
      file('config.yaml', () => configText(history)),
      file('wandb-metadata.json', () => json(metadataOf(history, run))),
    ];
  });
}

function historyLines({ steps, start }: TrialHistory): string {
  return steps.map((step) => `${JSON.stringify(row(step, start))}\n`).join('');
}

/** A row counts its seconds from the start of the trial; times are seconds since 1970. */
function row({ epoch, time, values }: Step, start: number): object {
  const numbers = [...values].map(([name, value]) => [key(name), jsonNumber(value)]);
  return {
    _step: epoch,
    _timestamp: time / 1000,
    _runtime: (time - start) / 1000,
    epoch,
    ...Object.fromEntries(numbers),
  };
}

/** The last value of each key. */
function summaryOf({ steps, start, end, record }: TrialHistory): object {
  const rows = steps.map((step) => row(step, start));
  const runtime = (end - start) / 1000;
  return {
    ...Object.assign({}, ...rows),
    _runtime: runtime,
    _wandb: { runtime: Math.floor(runtime) },
    outcome: record.outcome.status,
  };
}

function configText({ spec }: TrialHistory): string {
  const { id, point, baseline, seed, experiment } = spec;
  const values = { ...experiment, seed, covgrad: { trial: id, point, baseline } };
  const entries = Object.entries(values).map(([name, value]) => [name, { desc: null, value }]);
  return stringify(
    { wandb_version: 1, ...Object.fromEntries(entries) },
    {
      // In YAML 1.1 the key `on` is a truth value, and so are more words than anyone remembers.
      version: '1.1',
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
      customTags: (tags) => [POWER_OF_TEN, ...tags],
      aliasDuplicateObjects: false,
    },
  );
}

function metadataOf({ name, pointName, record, start }: TrialHistory, { manifest }: ExportedRun): object {
  const { covgrad, node, cpu, config } = manifest;
  return {
    startedAt: new Date(start).toISOString(),
    program: `covgrad ${covgrad}`,
    node,
    cpu,
    name,
    group: pointName,
    project: manifest.name,
    state: STATES[record.outcome.status],
    outcome: record.outcome,
    sweep: {
      method: config.sweep.method,
      goals: goalsOf(manifest).map((goal) => ({ ...goal, name: key(goal.name) })),
    },
  };
}

/** Charts and filters take letters, digits and underscores; a slash groups them. */
function key(name: string): string {
  return name.replaceAll(/[^\w/]/g, '_');
}

/** JSON has no such numbers: they are written by their names. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
