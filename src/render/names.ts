/** What to call a point in a sentence. */
import type { Comparison } from '../compare/compare.ts';
import { otherSettings } from '../compare/order.ts';
import type { PointPenalty, PointSummary } from '../compare/point.ts';
import { printable } from '../printable.ts';
import { formatSetting } from './number.ts';

/** The parts of a point that name it. */
export type Named = Pick<PointSummary, 'penalty' | 'settings'>;

/** Settings that a name holds before it counts the rest. */
const NAMED_SETTINGS = 3;

/** `decov at 0.1`, `baseline`; with the other settings in parentheses where `rows` differ in them. */
export function nameOf(named: Named, rows: readonly PointSummary[]): string {
  return pointNamer(rows)(named);
}

/** {@link nameOf} for many points: what the rows differ in is found once. */
export function pointNamer(rows: readonly PointSummary[]): (named: Named) => string {
  const varying = varyingSettings(rows);
  return (named) => nameBy(named, varying);
}

function nameBy({ penalty, settings }: Named, varying: readonly string[]): string {
  const others = varying.flatMap((path) => {
    const value = settings[path];
    return value === undefined ? [] : [`${path} ${formatSetting(value)}`];
  });
  const name =
    penalty === null ? 'baseline' : [penalty.type, formatWeight(penalty) ?? []].flat().join(' at ');
  return printable(others.length === 0 ? name : `${name} (${listOf(others, NAMED_SETTINGS)})`);
}

/** A weight as it was given; one that a strength has set is rounded. */
export function formatWeight({ weight, strength }: PointPenalty): string | null {
  return weight === null ? null : formatSetting(strength === null ? weight : Number(weight.toPrecision(3)));
}

/** Names rows of a comparison, with their run where there are several. */
export function rowNamer({ rows, runs }: Pick<Comparison, 'rows' | 'runs'>): (row: PointSummary) => string {
  const name = pointNamer(rows);
  return (row) => (runs.length > 1 ? `${printable(row.run)}: ${name(row)}` : name(row));
}

/** At most `most` of the names, and how many more there are. */
export function listOf(names: readonly string[], most: number): string {
  const named = names.slice(0, most).join(', ');
  return names.length > most ? `${named} and ${names.length - most} more` : named;
}

/** The settings besides the penalty in which rows differ: one that they all share belongs above the table, not into it. */
export function varyingSettings(rows: readonly PointSummary[]): string[] {
  return otherSettings(rows).filter((path) => new Set(rows.map(({ settings }) => settings[path])).size > 1);
}
