/** The numbers of one trial's record, under the titles and in the units that they have in a comparison. */

import { printable } from '../printable.ts';
import { GRADIENT_COSINE, MEASURED, type MetricInfo } from '../record/measures.ts';
import type { EpochRecord, LayerRecord, TrialRecord } from '../record/record.ts';
import { metricTitle, styleOf } from './metric.ts';

/** A number under the title that it has in every table, in the unit of that title. */
export type Reading = readonly [title: string, value: number | null];

function readingOf(name: string, value: number | null, floor: number | null = null): Reading {
  const info = infoOf(name);
  return [metricTitle(info, floor), scaled(value, styleOf(info).scale)];
}

/** A metric by its name, or what else goes by that name. */
export function infoOf(name: string): MetricInfo {
  return MEASURED.find((each) => each.name === name) ?? { name: printable(name), unit: '', goal: 'none' };
}

/** In the unit of a style. */
export function scaled(value: number | null, scale: number): number | null {
  return value === null ? null : value * scale;
}

/** Losses and quality of an epoch. */
export function resultsOf({ train, validation, test }: EpochRecord): Reading[] {
  const named = (prefix: string, part: object | undefined): Reading[] =>
    Object.entries(part ?? {}).map(([name, value]) =>
      readingOf(`${prefix}.${name}`, typeof value === 'number' ? value : null),
    );
  return [...named('test', test), ...named('validation', validation), ...named('train', train)];
}

/** The metrics of a layer, and what the gradient of the penalty was like there. */
export function measurements(
  { metrics, gradient }: LayerRecord,
  floors: ReadonlyMap<string, number | null>,
): Reading[] {
  return [
    ...Object.entries(metrics).map(([name, value]) => readingOf(name, value, floors.get(name))),
    ...(gradient === undefined
      ? []
      : [
          readingOf('penalty', gradient.penalty),
          readingOf(GRADIENT_COSINE, gradient.cosine),
          readingOf('final-strength', gradient.strength),
        ]),
  ];
}

/** What was measured of each layer with permuted samples, and whitened. */
export function finalOf(final: NonNullable<TrialRecord['final']>): Reading[] {
  return Object.entries(final).flatMap(([layer, { permuted, whitened }]) => {
    const readings = (kind: string, count: Reading, metrics: LayerRecord['metrics']): Reading[] =>
      [count, ...Object.entries(metrics).map(([name, value]) => readingOf(name, value))].map(
        ([title, value]) => [`${printable(layer)} ${kind}: ${title}`, value],
      );
    return [
      ...(permuted ? readings('permuted', ['permutations', permuted.permutations], permuted.metrics) : []),
      ...(whitened ? readings('whitened', ['samples', whitened.samples], whitened.metrics) : []),
    ];
  });
}

/** Every number of a tree, by its dotted path. */
export function numbersOf(tree: object, path = ''): Reading[] {
  return Object.entries(tree).flatMap(([key, value]): Reading[] => {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'number' || value === null) return [[printable(name), value]];
    return typeof value === 'object' ? numbersOf(value, name) : [];
  });
}
