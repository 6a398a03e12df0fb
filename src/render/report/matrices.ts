/** The correlation matrices of a layer, one square a block of units, all on one scale. */
import type { Comparison, RunInput } from '../../compare/compare.ts';
import { groupBy } from '../../compare/group.ts';
import type { RankedPoint } from '../../compare/standing.ts';
import { unpackBlocks } from '../../metrics/correlation-blocks.ts';
import { CORRELATION } from '../../record/measures.ts';
import type { LayerRecord, TrialRecord } from '../../record/record.ts';
import { metricFormatter, metricTitle } from '../metric.ts';
import { rowNamer } from '../names.ts';
import { contrastLimit, type Matrix } from '../palette.ts';
import { type Content, html, trusted } from './html.ts';

/** Steps of colour on each side of zero, which the style sheet has as classes. */
const STEPS = 7;
/** Pictures of a layer; each takes some 50 kB. */
const MOST = 8;

/** A block without a pair of live units. */
const DEAD = html`<svg viewBox="0 0 1 1" class="matrix" width="12" height="12" aria-hidden="true"><path class="dead" d="M0 0h1v1h-1z"/></svg><span>dead units</span>`;

/** The matrix of one layer of a point after its last epoch. */
export interface Picture {
  readonly name: string;
  readonly layer: string;
  readonly units: number;
  readonly epoch: number;
  /** Mean |ρ| of the trial that kept the matrix. */
  readonly correlation: number | null;
  readonly matrix: Matrix;
}

/** The matrices that are worth a look: of the baselines, of what the verdicts name, and of the rest of the front. */
export function pictures(comparison: Comparison, runs: readonly RunInput[]): Picture[] {
  const keyOf = (run: string, point: string): string => JSON.stringify([run, point]);
  const named = comparison.verdicts.flatMap(({ run, winner, strongest, ties }) =>
    [winner, strongest, ...ties].flatMap((finding) => (finding === null ? [] : [keyOf(run, finding.point)])),
  );
  const positions = new Map([...named.entries()].reverse().map(([position, key]) => [key, position]));
  const nameOf = rowNamer(comparison);
  const priority = (row: RankedPoint): number => {
    if (row.baseline) return 0;
    const position = positions.get(keyOf(row.run, row.point));
    return position !== undefined ? 1 + position : row.tradeOff ? named.length + 1 : named.length + 2;
  };
  const recordsOf = new Map(
    runs.flatMap(({ name, records }) =>
      groupBy(records, ({ point }) => point).map((own) => [keyOf(name, own[0].point), own] as const),
    ),
  );
  return comparison.rows
    .map((row) => ({ row, order: priority(row) }))
    .sort((a, b) => a.order - b.order)
    .flatMap(({ row }) => picturesOf(nameOf(row), recordsOf.get(keyOf(row.run, row.point)) ?? []));
}

/** The figures, one a layer; nothing where no run has stored a matrix. */
export function drawMatrices(comparison: Comparison, runs: readonly RunInput[], layer?: string): Content {
  const all = pictures(comparison, runs).filter((picture) => layer === undefined || picture.layer === layer);
  if (all.length === 0) return null;
  const layers = [...new Set(all.map((picture) => picture.layer))];
  return html`<section><h2 id="matrices">Correlation matrices</h2>${layers.map((name) =>
    drawLayer(
      name,
      all.filter((picture) => picture.layer === name),
    ),
  )}</section>`;
}

function drawLayer(layer: string, all: readonly Picture[]): Content {
  const shown = all.slice(0, MOST);
  const limit = contrastLimit(shown.map(({ matrix }) => matrix));
  const { units = 0, matrix = [] } = shown[0] ?? {};
  const blocks =
    units > matrix.length
      ? ` in ${matrix.length} × ${matrix.length} blocks, each the mean |ρ| of its pairs with the sign of their mean ρ`
      : '';
  const more = all.length - shown.length;
  const left =
    more === 0 ? '' : ` Not shown: ${more} more ${more === 1 ? 'point' : 'points'} with a stored matrix.`;
  return html`<p>Layer ${layer}: ${units} units${blocks}, on held-out samples at the end of training, of the first seed.${left}</p>
<p class="scale"><span>−${limit.toFixed(2)}</span>${scaleBar()}<span>${limit.toFixed(2)} and beyond</span>${DEAD}</p>
<div class="cards small">${shown.map((picture) => drawPicture(picture, limit))}</div>`;
}

function drawPicture({ name, epoch, correlation, matrix }: Picture, limit: number): Content {
  const mean = { name: CORRELATION, unit: '', goal: 'minimize' } as const;
  const caption = `epoch ${epoch}, ${metricTitle(mean)} ${metricFormatter(mean)(correlation)}`;
  return html`<figure class="card"><svg viewBox="0 0 ${matrix.length} ${matrix.length}" class="matrix" role="img" aria-label="Correlation matrix of ${name}, ${caption}">${trusted(pathsOf(matrix, limit))}</svg><figcaption><b>${name}</b><br>${caption}</figcaption></figure>`;
}

/** One path a colour: a square an entry would take twice the room. */
function pathsOf(matrix: Matrix, limit: number): string {
  const paths = new Map<string, string>();
  for (const [row, line] of matrix.entries()) {
    for (const [column, value] of line.entries()) {
      // The diagonal of a matrix of units is no pair of units.
      const step = value === null ? (row === column ? 0 : null) : stepOf(value / limit);
      const name = step === null ? 'dead' : step === 0 ? '' : `${step < 0 ? 'n' : 'p'}${Math.abs(step)}`;
      if (name !== '') paths.set(name, `${paths.get(name) ?? ''}M${column} ${row}h1v1h-1z`);
    }
  }
  return [...paths].map(([name, path]) => `<path class="${name}" d="${path}"/>`).join('');
}

function stepOf(share: number): number {
  return Math.round(Math.max(-1, Math.min(1, share)) * STEPS);
}

function scaleBar(): Content {
  const steps = Array.from({ length: 2 * STEPS + 1 }, (_, index) => index - STEPS);
  const squares = steps.map((step, index) =>
    step === 0 ? '' : `<path class="${step < 0 ? 'n' : 'p'}${Math.abs(step)}" d="M${index} 0h1v1h-1z"/>`,
  );
  return trusted(
    `<svg viewBox="0 0 ${steps.length} 1" class="matrix" width="${12 * steps.length}" height="12" aria-hidden="true">${squares.join('')}</svg>`,
  );
}

/** The last matrix of each layer, of the first seed that kept one. */
function picturesOf(name: string, records: readonly TrialRecord[]): Picture[] {
  const found = new Map<string, Picture>();
  for (const { epochs } of [...records].sort((a, b) => a.seed - b.seed)) {
    for (const { epoch, layers } of [...epochs].reverse()) {
      for (const layer of layers) {
        if (!found.has(layer.name) && layer.correlation) found.set(layer.name, pictureOf(name, epoch, layer));
      }
    }
  }
  return [...found.values()];
}

function pictureOf(
  point: string,
  epoch: number,
  { name, units, metrics, correlation }: LayerRecord,
): Picture {
  return {
    name: point,
    layer: name,
    units,
    epoch,
    correlation: metrics[CORRELATION] ?? null,
    // Few of many are drawn.
    get matrix() {
      return correlation === undefined ? [] : unpackBlocks(correlation);
    },
  };
}
