/** The free baseline: the unpenalised network with its last penalised layer whitened, and the outputs it had. */

import { ACCURACY, readFinal, readMetrics } from '../record/measures.ts';
import type { TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
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
  /** That of the baseline itself: the outputs are the same. */
  readonly accuracy: Estimate;
  /** By metric, on held-out samples; null where a trial has none. Correlations are above 0 because the samples are others. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** Those that the baselines of a run have recorded. */
export function freeBaselines(
  run: string,
  plan: readonly TrialSpec[],
  records: ReadonlyMap<string, TrialRecord>,
): FreeBaseline[] {
  const baselines = groupBy(
    plan.filter(({ baseline }) => baseline),
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
        accuracy: estimate(whitened.map(({ record }) => readMetrics(record).get(ACCURACY) ?? null)),
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
