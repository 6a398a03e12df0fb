/** What points are read against in every picture: the baselines, what decorrelation costs nothing, the floors. */
import type { Markish } from '@observablehq/plot';
import type { Comparison } from '../../compare/compare.ts';
import type { FreeBaseline } from '../../compare/free-baseline.ts';
import { meanOverAll } from '../../compare/standing.ts';
import { printable } from '../../printable.ts';
import type { MetricInfo } from '../../record/measures.ts';
import { styleOf } from '../metric.ts';
import { rowNamer } from '../names.ts';
import { formatCount } from '../number.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { BASELINE_COLOR } from './series.ts';
import { evenShare, MOST_REFERENCES } from './share.ts';

/** A line across a picture. */
export interface Reference {
  readonly kind: keyof typeof LOOKS;
  readonly name: string;
  /** In the unit of the axis. */
  readonly value: number;
  /** Lines of its kind, where only an even share of them is drawn. */
  readonly of?: number;
}

const LOOKS = {
  baseline: { label: 'baseline', dashes: '6 4' },
  free: { label: 'free baseline: whitened, with the same outputs', dashes: '9 3 2 3' },
  floor: { label: 'floor of independent units', dashes: '1 4' },
} as const;

/**
 * Every baseline, free baseline and floor of a metric.
 *
 * A free baseline belongs to one layer, so it has no place beside means over several; see {@link freeLayerElsewhere}.
 */
export function referencesOf(comparison: Comparison, metric: MetricInfo): Reference[] {
  const { rows } = comparison;
  const { scale } = styleOf(metric);
  const nameOf = rowNamer(comparison);
  const baselines = rows.flatMap((row): Reference[] => {
    const value = row.baseline ? meanOverAll(row, metric.name) : null;
    return value === null ? [] : [{ kind: 'baseline', name: nameOf(row), value: value * scale }];
  });
  const keyOf = ({ run, point }: { readonly run: string; readonly point: string }): string =>
    JSON.stringify([run, point]);
  const byPoint = new Map(rows.filter(({ baseline }) => baseline).map((row) => [keyOf(row), row]));
  const free = comparison.freeBaselines.flatMap((each): Reference[] => {
    const row = byPoint.get(keyOf(each));
    // It was measured on the test split: with a validation split it has a place beside what is told.
    const own = metric.split === undefined ? each.metrics[metric.name.replace(/^test\./, '')] : undefined;
    if (row === undefined || own?.mean == null || own.n < row.trials.planned) return [];
    if (!isComparable(comparison, each)) return [];
    return [
      {
        kind: 'free',
        name: `${nameOf(row)} with ${printable(each.layer)} whitened`,
        value: own.mean * scale,
      },
    ];
  });
  const floors = new Set(rows.flatMap(({ metrics }) => metrics[metric.name]?.floor ?? []));
  return [
    ...shareOf(baselines),
    ...shareOf(free),
    ...shareOf(
      [...floors].map((value): Reference => ({ kind: 'floor', name: 'floor', value: value * scale })),
    ),
  ];
}

/** All of some lines, or of many an even share by value, each knowing of how many. */
function shareOf(references: readonly Reference[]): readonly Reference[] {
  if (references.length <= MOST_REFERENCES) return references;
  const sorted = [...references].sort((a, b) => a.value - b.value);
  return evenShare(sorted, MOST_REFERENCES).map((each) => ({ ...each, of: references.length }));
}

/** The layer of a free baseline that cannot stand beside means over several layers, if there is one. */
export function freeLayerElsewhere(comparison: Comparison): string | undefined {
  return comparison.freeBaselines.find(
    (each) => comparison.runs.some(({ name }) => name === each.run) && !isComparable(comparison, each),
  )?.layer;
}

function isComparable({ runs }: Comparison, { run, layer }: FreeBaseline): boolean {
  const layers = runs.find(({ name }) => name === run)?.layers ?? [];
  return layers.length > 0 && layers.every(({ name }) => name === layer);
}

/** The lines; `across` runs from left to right, at a height. */
export function drawReferences(
  { Plot }: Plotter,
  references: readonly Reference[],
  direction: 'across' | 'upright',
): Markish[] {
  return references.map((reference) => {
    const look = {
      stroke: BASELINE_COLOR,
      strokeWidth: 1.5,
      strokeDasharray: LOOKS[reference.kind].dashes,
      clip: true,
      title: ({ name }: Reference) => name,
    } as const;
    return direction === 'across'
      ? Plot.ruleY([reference], { y: 'value', ...look })
      : Plot.ruleX([reference], { x: 'value', ...look });
  });
}

/** What each kind of line among these means, as entries of a legend. */
export function referenceEntries(references: readonly Reference[]): Content {
  const kinds = new Set(references.map(({ kind }) => kind));
  const shared = (kind: Reference['kind']): string => {
    const of = references.find((each) => each.kind === kind && each.of !== undefined)?.of;
    return of === undefined ? '' : ` (${MOST_REFERENCES} of ${formatCount(of)}, evenly by value)`;
  };
  return (Object.keys(LOOKS) as (keyof typeof LOOKS)[]).map((kind) =>
    kinds.has(kind)
      ? html`<li>${lineSwatch(BASELINE_COLOR, LOOKS[kind].dashes)} ${LOOKS[kind].label}${shared(kind)}</li>`
      : null,
  );
}

/** A piece of a line as it is drawn. */
export function lineSwatch(color: string, dashes = 'none'): Content {
  return html`<svg class="swatch" width="26" height="6" aria-hidden="true"><path d="M0 3h26" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/></svg>`;
}
