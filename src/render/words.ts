/** A verdict in sentences. */
import type { Comparison, RunSummary } from '../compare/compare.ts';
import type { FreeBaseline } from '../compare/free-baseline.ts';
import { SIGNIFICANCE } from '../compare/holm.ts';
import type { Difference } from '../compare/paired.ts';
import type { Estimate } from '../compare/statistics.ts';
import type { Finding, Verdict } from '../compare/verdict.ts';
import { printable } from '../printable.ts';
import { CORRELATION } from '../record/measures.ts';
import { NO_VALUE, qualityLabel } from './metric.ts';
import { listOf, nameOf, pointNamer } from './names.ts';
import { formatEstimate, formatNumber, formatPercent } from './number.ts';

/** Findings that a list names before it counts the rest. */
const NAMED = 3;
/** Share of units, beyond the baseline's, from which dead units deserve a word. */
const NOTABLE_DEAD = 0.05;

type Describe = (finding: Finding) => string;

/** The verdicts of a comparison, one paragraph each; with several runs each begins with the name of its run. */
export function verdictInWords(comparison: Comparison): string[] {
  const name: Describe = pointNamer(comparison.rows);
  return comparison.verdicts.flatMap((verdict) => {
    const paragraphs = [
      winnerSentence(verdict, name, comparison),
      tieSentence(verdict, name),
      strongestSentence(verdict, name),
      shrinkingSentence(verdict, name),
      ...comparison.freeBaselines
        .filter(({ run }) => run === verdict.run)
        .map((free) => freeSentence(free, verdict, comparison)),
    ].filter((sentence) => sentence !== '');
    return comparison.verdicts.length > 1
      ? paragraphs.map((paragraph) => `${printable(verdict.run)}: ${paragraph}`)
      : paragraphs;
  });
}

function winnerSentence(verdict: Verdict, name: Describe, { runs }: Comparison): string {
  const { winner } = verdict;
  const margin = marginInWords(verdict);
  if (winner === null) {
    return obstacleSentence(verdict, margin, runs.find((run) => run.name === verdict.run)?.trials);
  }
  const change = winner.correlationDifference;
  if (isUnclear(change)) {
    const unclear = `The least correlated point ${margin}, ${name(winner)}, ${effect(winner, verdict)}.`;
    return [unclear, caveatSentence(winner)].filter((part) => part !== '').join(' ');
  }
  const outcome =
    (change.mean ?? 0) < 0
      ? `${name(winner)} ${effect(winner, verdict)}: the least correlated point ${margin}.`
      : `The least correlated point ${margin}, ${name(winner)}, does not lower mean |ρ|: ${correlation(winner.correlation.mean)} where the baseline has ${correlation(winner.baseline.correlation)}.`;
  return [outcome, certaintySentence(winner), caveatSentence(winner)].filter((part) => part !== '').join(' ');
}

/** `within 0.5 points of the baseline's mean accuracy`, `within 0.5 % of the baseline's mean R²`; and on which split. */
function marginInWords({ margin, marginOf, quality, selection }: Verdict): string {
  const allowed = formatPercent(margin);
  const unit = marginOf === 'baseline' ? '%' : allowed === '1' ? 'point' : 'points';
  const split = selection === 'validation' ? ' on the validation split' : '';
  return `within ${allowed} ${unit} of the baseline's mean ${qualityLabel(quality.name)}${split}`;
}

/**
 * `lowers mean |ρ| from 0.210 to 0.060 (floor 0.008) for −0.13 ± 0.05 points of accuracy`; where the interval of the
 * difference holds zero, `is not shown to lower mean |ρ|: …`.
 */
function effect(finding: Finding, verdict: Verdict): string {
  const { baseline, correlation: own, correlationDifference: change, floor, qualityDifference } = finding;
  const above = floor === null ? '' : ` (floor ${correlation(floor)})`;
  const gain = (qualityDifference.mean ?? 0) * (verdict.quality.goal === 'maximize' ? 1 : -1);
  const cost = `${gain < 0 ? 'for' : 'with'} ${changeOf(qualityDifference, verdict)} of ${qualityLabel(verdict.quality.name)}`;
  const fall = `from ${correlation(baseline.correlation)} to ${correlation(own.mean)}${above}`;
  if (!isUnclear(change)) return `lowers mean |ρ| ${fall} ${cost}`;
  const format = { decimals: 3, scientific: false, signed: true };
  const difference = `${formatNumber(change.mean ?? 0, format)} ± ${correlation(change.halfWidth95)}`;
  return `is not shown to lower mean |ρ|: ${fall} ${cost}, a difference in mean |ρ| of ${difference} over ${change.n} seeds, not distinguishable from none`;
}

/** Whether the interval of a difference holds zero: what is not shown is not so, and not otherwise either. */
function isUnclear({ mean, halfWidth95 }: Difference): boolean {
  return mean !== null && halfWidth95 !== null && Math.abs(mean) <= halfWidth95 && halfWidth95 > 0;
}

function certaintySentence({ correlationDifference: change }: Finding): string {
  if (change.halfWidth95 === null) {
    return 'One seed: there is no interval, so chance may have chosen.';
  }
  return significanceSentence(change);
}

/** Significance is claimed for what survives the correction for all points, and beside it stands what the seeds can show at all. */
function significanceSentence({ n, p, holmP, signFlipP, smallestSignFlipP }: Difference): string {
  const reach = signFlipP === smallestSignFlipP ? `, the least that ${n} seeds can give` : '';
  const signFlip = signFlipP === null ? '' : `sign-flip test, p = ${probability(signFlipP)}${reach}`;
  if (p === null) {
    const told = `Over ${n} seeds the difference in mean |ρ| is always the same, so that no t-test says how sure it is`;
    return signFlip === '' ? `${told}.` : `${told} (${signFlip}).`;
  }
  if (holmP === null) {
    return '';
  }
  const claim =
    holmP <= SIGNIFICANCE
      ? `Over ${n} seeds the difference in mean |ρ| is significant (paired t-test, p = ${probability(holmP)} corrected for all points`
      : `Corrected for all points, the difference in mean |ρ| is not significant over ${n} seeds (paired t-test, p = ${probability(holmP)}`;
  return signFlip === '' ? `${claim}).` : `${claim}; ${signFlip}).`;
}

function probability(p: number): string {
  return formatNumber(p, { decimals: 3, scientific: true, signed: false });
}

/** `Free of charge: the baseline with dense1 whitened, …`. */
function freeSentence(
  { run, point, layer, quality, metrics }: FreeBaseline,
  verdict: Verdict,
  { rows }: Comparison,
): string {
  const row = rows.find((each) => each.run === run && each.point === point);
  const name = row === undefined ? 'baseline' : nameOf(row, rows);
  const own = metrics[CORRELATION] ?? { mean: null, halfWidth95: null, n: 0 };
  const kept = `${qualityLabel(verdict.quality.name)} ${qualityOf(quality, verdict)}`;
  const planned = row?.trials.planned ?? own.n;
  const seeds = own.n < planned ? `, over ${own.n} of ${planned} seeds` : '';
  return `Free of charge: the ${name} with ${printable(layer)} whitened, the inverse absorbed by the next layer, keeps its outputs (${kept}) and has mean |ρ| ${withInterval(own, correlation)} on held-out samples${seeds}.`;
}

/** `97.50 ± 0.31 %`, `0.812 ± 0.013`. */
function qualityOf(value: Estimate, { marginOf }: Verdict): string {
  if (marginOf === 'fraction') {
    const percent = withInterval(value, (share) =>
      formatNumber(share * 100, { decimals: 2, scientific: false, signed: false }),
    );
    return `${percent} %`;
  }
  if (value.mean === null) return NO_VALUE;
  const [mean, half] = formatEstimate(value.mean, value.halfWidth95, false);
  return value.halfWidth95 === null ? mean : `${mean} ± ${half}`;
}

function withInterval({ mean, halfWidth95 }: Estimate, format: (value: number) => string): string {
  if (mean === null) return NO_VALUE;
  return halfWidth95 === null ? format(mean) : `${format(mean)} ± ${format(halfWidth95)}`;
}

function caveatSentence({ penalty, deadUnits, baseline }: Finding): string {
  const caveats: string[] = [];
  if (deadUnits !== null && deadUnits > (baseline.deadUnits ?? 0) + NOTABLE_DEAD) {
    const before = baseline.deadUnits === null ? '' : ` (baseline ${formatPercent(baseline.deadUnits)} %)`;
    caveats.push(
      `${formatPercent(deadUnits)} % of its units are dead${before} and take no part in mean |ρ|.`,
    );
  }
  if (!penalty.exact) {
    caveats.push('Its gradient is, on purpose, not that of its value.');
  }
  return caveats.join(' ');
}

function tieSentence({ winner, ties, selection }: Verdict, name: Describe): string {
  if (winner === null || ties.length === 0) {
    return '';
  }
  const where = selection === 'validation' ? ' on the validation split' : '';
  return `Tied with it in mean |ρ|${where}, by a paired t-test corrected for all ties: ${list(ties, name)}.`;
}

function strongestSentence(verdict: Verdict, name: Describe): string {
  const { strongest, winner } = verdict;
  if (strongest === null || (strongest.correlationDifference.mean ?? 0) >= 0) {
    return '';
  }
  const which = winner === null ? 'The strongest' : 'Stronger but dearer';
  return `${which}: ${name(strongest)} ${effect(strongest, verdict)}.`;
}

function shrinkingSentence({ shrinking }: Verdict, name: Describe): string {
  if (shrinking.length === 0) {
    return '';
  }
  const describe: Describe = (finding) =>
    `${name(finding)} (${cosine(finding)}activation scale ${scale(finding.baseline.activationScale)} to ${scale(finding.activationScale)}, mean |ρ| ${correlation(finding.baseline.correlation)} to ${correlation(finding.correlation.mean)})`;
  // A fall that chance may have made is no proof of the contrary.
  const lower = shrinking.filter(({ correlationDifference }) => (correlationDifference.mean ?? 0) < 0);
  const notLower = shrinking.filter((finding) => !lower.includes(finding));
  return [
    notLower.length > 0 ? `Shrinking instead of decorrelating: ${list(notLower, describe)}.` : '',
    lower.length > 0 ? `Shrank, and not shown to decorrelate: ${list(lower, describe)}.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** How much of the gradient did nothing but shrink. */
function cosine({ gradientCosine }: Finding): string {
  return gradientCosine === null
    ? ''
    : `cosine of gradient and activations ${formatNumber(gradientCosine, { decimals: 2, scientific: false, signed: false })}, `;
}

function obstacleSentence(
  { obstacle }: Verdict,
  margin: string,
  trials: RunSummary['trials'] | undefined,
): string {
  switch (obstacle) {
    case 'no-points':
      return 'There is nothing but the baseline to compare: sweep penalty.type or penalty.weight.';
    case 'unfinished':
      return `No penalty has all its trials complete, so none is recommended${remedy(trials)}.`;
    case 'not-comparable':
      return 'No penalty can be set against a baseline: both need every trial complete, each with a mean |ρ|.';
    default:
      return `No penalty is ${margin}.`;
  }
}

/** What may complete the trials of a run, by how they ended. */
function remedy(trials: RunSummary['trials'] | undefined): string {
  if (trials === undefined) return '';
  const { missing, interrupted, diverged, failed, timeout } = trials;
  const remedies = [
    missing + interrupted > 0 ? 'go on with --resume' : '',
    failed + timeout > 0 ? 'mend what failed' : '',
    diverged > 0 ? 'train with smaller weights or a smaller learning rate where it diverged' : '',
  ].filter((each) => each !== '');
  return remedies.length === 0 ? '' : `: ${remedies.join(', or ')}`;
}

function list(findings: readonly Finding[], describe: Describe): string {
  return listOf(findings.map(describe), NAMED);
}

function correlation(value: number | null): string {
  return value === null ? '—' : formatNumber(value, { decimals: 3, scientific: true, signed: false });
}

function scale(value: number | null): string {
  return value === null ? '—' : formatNumber(value, { decimals: 2, scientific: true, signed: false });
}

/** `−0.13 ± 0.05 points`, and of a quality that is no fraction `+0.031 ± 0.012`. */
function changeOf({ mean, halfWidth95 }: Difference, { marginOf }: Verdict): string {
  if (marginOf === 'baseline') {
    const [text, half] = formatEstimate(mean ?? 0, halfWidth95, true);
    return halfWidth95 === null ? text : `${text} ± ${half}`;
  }
  const text = formatNumber((mean ?? 0) * 100, { decimals: 2, scientific: false, signed: true });
  const half = formatNumber((halfWidth95 ?? 0) * 100, { decimals: 2, scientific: false, signed: false });
  return `${halfWidth95 === null ? text : `${text} ± ${half}`} points`;
}
