/** A verdict in sentences. */
import type { Comparison } from '../compare/compare.ts';
import type { FreeBaseline } from '../compare/free-baseline.ts';
import { SIGNIFICANCE } from '../compare/holm.ts';
import { CORRELATION } from '../compare/measures.ts';
import type { Difference } from '../compare/paired.ts';
import type { Finding, Verdict } from '../compare/verdict.ts';
import { printable } from '../printable.ts';
import { listOf, pointNamer } from './names.ts';
import { formatNumber, formatPercent } from './number.ts';

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
      winnerSentence(verdict, name),
      tieSentence(verdict, name),
      strongestSentence(verdict, name),
      shrinkingSentence(verdict, name),
      ...comparison.freeBaselines.filter(({ run }) => run === verdict.run).map(freeSentence),
    ].filter((sentence) => sentence !== '');
    return comparison.verdicts.length > 1
      ? paragraphs.map((paragraph) => `${printable(verdict.run)}: ${paragraph}`)
      : paragraphs;
  });
}

function winnerSentence(verdict: Verdict, name: Describe): string {
  const { winner } = verdict;
  const allowed = formatPercent(verdict.accuracyMargin);
  const margin = `within ${allowed} ${allowed === '1' ? 'point' : 'points'} of the baseline's mean accuracy`;
  if (winner === null) {
    return obstacleSentence(verdict, margin);
  }
  const change = winner.correlationDifference;
  const outcome =
    (change.mean ?? 0) < 0
      ? `${name(winner)} ${effect(winner)}: the least correlated point ${margin}.`
      : `The least correlated point ${margin}, ${name(winner)}, does not lower mean |ρ|: ${correlation(winner.correlation.mean)} where the baseline has ${correlation(winner.baseline.correlation)}.`;
  return [outcome, certaintySentence(winner), caveatSentence(winner)].filter((part) => part !== '').join(' ');
}

/** `lowers mean |ρ| from 0.210 to 0.060 (floor 0.008) for −0.13 ± 0.05 points of accuracy`. */
function effect({ baseline, correlation: own, floor, accuracyDifference }: Finding): string {
  const above = floor === null ? '' : ` (floor ${correlation(floor)})`;
  const preposition = (accuracyDifference.mean ?? 0) < 0 ? 'for' : 'with';
  return `lowers mean |ρ| from ${correlation(baseline.correlation)} to ${correlation(own.mean)}${above} ${preposition} ${points(accuracyDifference)} of accuracy`;
}

function certaintySentence({ correlationDifference: change }: Finding): string {
  if (change.halfWidth95 === null) {
    return 'One seed: there is no interval, so chance may have chosen.';
  }
  if (change.mean !== null && Math.abs(change.mean) <= change.halfWidth95) {
    const format = { decimals: 3, scientific: false, signed: true };
    const difference = `${formatNumber(change.mean, format)} ± ${correlation(change.halfWidth95)}`;
    return `Over ${change.n} seeds its difference in mean |ρ|, ${difference}, is not distinguishable from none.`;
  }
  return significanceSentence(change);
}

/** Significance is claimed for what survives the correction for all points, and beside it stands what the seeds can show at all. */
function significanceSentence({ n, holmP, signFlipP, smallestSignFlipP }: Difference): string {
  if (holmP === null) {
    return '';
  }
  const claim =
    holmP <= SIGNIFICANCE
      ? `Over ${n} seeds that difference is significant (paired t-test, p = ${probability(holmP)} corrected for all points`
      : `Corrected for all points, that difference is not significant over ${n} seeds (paired t-test, p = ${probability(holmP)}`;
  const reach = signFlipP === smallestSignFlipP ? `, the least that ${n} seeds can give` : '';
  return signFlipP === null
    ? `${claim}).`
    : `${claim}; sign-flip test, p = ${probability(signFlipP)}${reach}).`;
}

function probability(p: number): string {
  return formatNumber(p, { decimals: 3, scientific: true, signed: false });
}

/** `Free of charge: the baseline with dense1 whitened, …`. */
function freeSentence({ layer, accuracy, metrics }: FreeBaseline): string {
  const own = metrics[CORRELATION]?.mean ?? null;
  const percent =
    accuracy.mean === null
      ? '—'
      : formatNumber(accuracy.mean * 100, { decimals: 2, scientific: false, signed: false });
  return `Free of charge: the baseline with ${printable(layer)} whitened, the inverse absorbed by the next layer, keeps its outputs (accuracy ${percent} %) and has mean |ρ| ${correlation(own)} on held-out samples.`;
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

function tieSentence({ winner, ties }: Verdict, name: Describe): string {
  if (winner === null || ties.length === 0) {
    return '';
  }
  return `Tied with it in mean |ρ|, by a paired t-test corrected for all ties: ${list(ties, name)}.`;
}

function strongestSentence({ strongest, winner }: Verdict, name: Describe): string {
  if (strongest === null || (strongest.correlationDifference.mean ?? 0) >= 0) {
    return '';
  }
  const which = winner === null ? 'The strongest' : 'Stronger but dearer';
  return `${which}: ${name(strongest)} ${effect(strongest)}.`;
}

function shrinkingSentence({ shrinking }: Verdict, name: Describe): string {
  if (shrinking.length === 0) {
    return '';
  }
  const describe: Describe = (finding) =>
    `${name(finding)} (${cosine(finding)}activation scale ${scale(finding.baseline.activationScale)} to ${scale(finding.activationScale)}, mean |ρ| ${correlation(finding.baseline.correlation)} to ${correlation(finding.correlation.mean)})`;
  return `Shrinking instead of decorrelating: ${list(shrinking, describe)}.`;
}

/** How much of the gradient did nothing but shrink. */
function cosine({ gradientCosine }: Finding): string {
  return gradientCosine === null
    ? ''
    : `cosine of gradient and activations ${formatNumber(gradientCosine, { decimals: 2, scientific: false, signed: false })}, `;
}

function obstacleSentence({ obstacle }: Verdict, margin: string): string {
  switch (obstacle) {
    case 'no-points':
      return 'There is nothing but the baseline to compare: sweep penalty.type or penalty.weight.';
    case 'unfinished':
      return 'No penalty has all its trials complete, so none is recommended: go on with --resume, or mend what failed.';
    case 'not-comparable':
      return 'No penalty can be set against a baseline: both need every trial complete, each with a mean |ρ|.';
    default:
      return `No penalty is ${margin}.`;
  }
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

function points({ mean, halfWidth95 }: Finding['accuracyDifference']): string {
  const text = formatNumber((mean ?? 0) * 100, { decimals: 2, scientific: false, signed: true });
  const half = formatNumber((halfWidth95 ?? 0) * 100, { decimals: 2, scientific: false, signed: false });
  return `${halfWidth95 === null ? text : `${text} ± ${half}`} points`;
}
