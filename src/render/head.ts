/** The lines above a comparison: what each run was, so that its numbers can be read on their own. */
import type { Comparison, RunSummary } from '../compare/compare.ts';
import { otherSettings } from '../compare/order.ts';
import { printable } from '../printable.ts';
import { describeTrials } from './columns.ts';
import { varyingSettings } from './names.ts';
import { formatCount, formatSetting } from './number.ts';

/** Seeds that are listed one by one; more are counted. */
const LISTED_SEEDS = 6;
/** Separates facts on a line. */
const BETWEEN = ' · ';

/** The facts of one run. */
export interface RunHead {
  readonly name: string;
  readonly facts: string;
}

/** Heads of all runs, in their order. */
export function runHeads(comparison: Comparison): RunHead[] {
  return comparison.runs.map((run) => ({
    name: printable(run.name),
    facts: [
      trials(run),
      seeds(run.seeds),
      data(run),
      `${run.kernel.variant} kernel`,
      ...layers(run),
      ...sharedSettings(comparison, run),
    ].join(BETWEEN),
  }));
}

function trials({ trials: counts }: RunSummary): string {
  const { planned, complete } = counts;
  const all = `${formatCount(complete)} of ${formatCount(planned)} trials complete`;
  return complete === planned ? all : `${all} (${describeTrials(counts)})`;
}

function seeds(values: readonly number[]): string {
  if (values.length > LISTED_SEEDS) {
    return `${values.length} seeds`;
  }
  return `${values.length === 1 ? 'seed' : 'seeds'} ${values.join(', ')}`;
}

function data({ data: { name, train, validation, test }, otherData }: RunSummary): string {
  const others =
    otherData.length > 0
      ? `, and ${otherData.length} more ${otherData.length === 1 ? 'data set' : 'data sets'}`
      : '';
  const chosenBy = validation === undefined ? '' : ` ${formatCount(validation)} validation,`;
  return `${printable(name)}: ${formatCount(train)} train,${chosenBy} ${formatCount(test)} test${others}`;
}

/** Which layers the metrics are of, and on how many held-out samples: without it a participation ratio says little. */
function layers({ layers: measured }: RunSummary): string[] {
  const names = [...new Set(measured.map(({ name }) => printable(name)))];
  const count = (values: readonly number[]): string =>
    [...new Set(values)]
      .sort((a, b) => a - b)
      .map(formatCount)
      .join(' or ');
  const heldOut = count(measured.map(({ samples }) => samples));
  const tested = count(measured.flatMap(({ testSamples }) => testSamples ?? []));
  const samples = tested === '' ? `${heldOut} held-out` : `${heldOut} validation and ${tested} test`;
  const which = names.length > 1 ? `mean over layers ${names.join(', ')}` : `layer ${names.join()}`;
  const positions = count(measured.flatMap((layer) => layer.positions ?? []));
  const at = positions === '' ? '' : ` at ${positions} positions`;
  return names.length === 0 ? [] : [`${which}: ${samples} samples${at}`];
}

function sharedSettings({ rows }: Comparison, run: RunSummary): string[] {
  const varying = varyingSettings(rows);
  return otherSettings(rows)
    .filter((path) => !varying.includes(path))
    .flatMap((path) => {
      const value = rows.find((row) => row.run === run.name)?.settings[path];
      return value === undefined ? [] : [printable(`${path} ${formatSetting(value)}`)];
    });
}
