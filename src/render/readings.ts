/** The numbers of one trial's record, under the titles and in the units that they have in a comparison. */

import { printable } from '../printable.ts';
import { GRADIENT_COSINE, MEASURED, type MetricInfo } from '../record/measures.ts';
import type { EpochRecord, LayerRecord, TrialRecord } from '../record/record.ts';
import { metricTitle, styleOf } from './metric.ts';

/** A number under the title that it has in every table, in the unit of that title. */
export type Reading = readonly [title: string, value: number | null];

function readingOf(
  name: string,
  value: number | null,
  metrics: readonly MetricInfo[],
  floor: number | null = null,
): Reading {
  const info = infoOf(name, metrics);
  return [metricTitle(info, floor), scaled(value, styleOf(info).scale)];
}

/** A metric by its name, as a comparison has it, or what else goes by that name. */
export function infoOf(name: string, metrics: readonly MetricInfo[]): MetricInfo {
  const isName = (each: MetricInfo): boolean => each.name === name;
  return metrics.find(isName) ?? MEASURED.find(isName) ?? { name: printable(name), unit: '', goal: 'none' };
}

/** In the unit of a style. */
export function scaled(value: number | null, scale: number): number | null {
  return value === null ? null : value * scale;
}

/** Losses and quality of an epoch. */
export function resultsOf(
  { train, validation, test }: EpochRecord,
  metrics: readonly MetricInfo[],
): Reading[] {
  const named = (prefix: string, part: object | undefined): Reading[] =>
    Object.entries(part ?? {}).map(([name, value]) =>
      readingOf(`${prefix}.${name}`, typeof value === 'number' ? value : null, metrics),
    );
  return [...named('test', test), ...named('validation', validation), ...named('train', train)];
}

/** The metrics of a layer, and what the gradient of the penalty was like there; `prefix` is before the names of the metrics. */
export function measurements(
  { metrics: values, gradient }: LayerRecord,
  metrics: readonly MetricInfo[],
  floors: ReadonlyMap<string, number | null>,
  prefix = '',
): Reading[] {
  return [
    ...Object.entries(values).map(([name, value]) =>
      readingOf(prefix + name, value, metrics, floors.get(prefix + name)),
    ),
    ...(gradient === undefined
      ? []
      : [
          readingOf('penalty', gradient.penalty, metrics),
          readingOf(GRADIENT_COSINE, gradient.cosine, metrics),
          readingOf('final-strength', gradient.strength, metrics),
        ]),
  ];
}

/** What was measured of each layer with permuted samples, and whitened. */
export function finalOf(final: NonNullable<TrialRecord['final']>): Reading[] {
  return Object.entries(final).flatMap(([layer, { permuted, whitened }]) => {
    const readings = (kind: string, count: Reading, metrics: LayerRecord['metrics']): Reading[] =>
      [count, ...Object.entries(metrics).map(([name, value]) => readingOf(name, value, []))].map(
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
