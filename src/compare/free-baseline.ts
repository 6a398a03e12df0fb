/** The free baseline: the unpenalised network with its last penalised layer whitened, and the outputs it had. */

import { readFinal, readMetric } from '../record/measures.ts';
import { qualitiesOf } from '../record/quality.ts';
import type { Manifest, TrialRecord } from '../record/record.ts';
import { groupBy } from './group.ts';
import { type Estimate, estimate } from './statistics.ts';

/** What decorrelation costs nothing, for one baseline of one run. */
export interface FreeBaseline {
  readonly run: string;
  /** The baseline that it is made from. */
  readonly point: string;
  /** The whitened layer. */
  readonly layer: string;
  /** Training samples that the whitening was estimated from. */
  readonly samples: number;
  /** That of the baseline itself on the test split: the outputs are the same. */
  readonly quality: Estimate;
  /** By metric, on the test split; null where a trial has none. Correlations are above 0 because the samples are others. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** Those that the baselines of a run have recorded. */
export function freeBaselines(
  run: string,
  { trials, data }: Pick<Manifest, 'trials' | 'data'>,
  records: ReadonlyMap<string, TrialRecord>,
): FreeBaseline[] {
  const quality = `test.${qualitiesOf(data.target)[0].name}`;
  const baselines = groupBy(
    trials.filter(({ baseline }) => baseline),
    ({ point }) => point,
  );
  return baselines.flatMap((specs) => {
    const whitened = specs.flatMap(({ id }) => {
      const record = records.get(id);
      const [layer, final] = Object.entries(record?.final ?? {}).find(([, each]) => each.whitened) ?? [];
      return record === undefined || layer === undefined || final?.whitened === undefined
        ? []
        : [{ record, layer, samples: final.whitened.samples, metrics: readFinal(record, 'whitened') }];
    });
    const [first] = whitened;
    if (first === undefined) {
      return [];
    }
    return [
      {
        run,
        point: specs[0].point,
        layer: first.layer,
        samples: first.samples,
        quality: estimate(whitened.map(({ record }) => readMetric(quality, record))),
        metrics: Object.fromEntries(
          [...first.metrics.keys()].map((name) => [
            name,
            estimate(whitened.map(({ metrics }) => metrics.get(name) ?? null)),
          ]),
        ),
      },
    ];
  });
}
