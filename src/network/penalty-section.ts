/** The section `penalty` of a sweep file: the keys of each penalty. Their defaults are in the kernel's catalogue. */
import { z } from 'zod';
import {
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  PENALTIES,
  type PenaltyDefinition,
  type PenaltyParameter,
} from '../kernel/catalogue.ts';
import type { PenaltyParameterValues } from '../kernel/resolve.ts';
import { type Scheduled, scheduled } from '../schedule/schedules.ts';
import { isMapping } from '../schema/mapping.ts';
import { choice, realNumber, section, truthValue, wholeNumber } from '../schema/rules.ts';
import { LABELS } from './layer-names.ts';

/** What is left out of `centered`, `ddof` and the penalty's own parameters is as the catalogue has it. */
export interface PenaltyConfig extends PenaltyParameterValues {
  readonly type: string;
  /** Factor of the penalty in the cost; left out where a strength is given. */
  readonly weight?: Scheduled;
  /** ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖ on the first batches, from which each trial sets its weight. */
  readonly strength?: Scheduled;
  /** Of a penalty on two activations: `labels`, `output`, or the name of a layer that is not penalized, such as `dense2`. */
  readonly against?: string;
  readonly centered?: boolean;
  readonly ddof?: 0 | 1;
}

const MISSING_WEIGHT = 'is missing, must be a number of at least 0. Give it, or a strength';

/** The keys that the penalties on one activation and on two have in common. */
function penaltyKeys({
  id,
  formula,
  centered,
  ddof,
  parameters,
}: PenaltyDefinition | CrossPenaltyDefinition) {
  return {
    type: choice([id]).describe(formula),
    weight: scheduled({ from: 0 })
      .exactOptional()
      .describe('Factor of the penalty in the cost, or its schedule; 0 trains without it'),
    strength: scheduled({ from: 0 })
      .exactOptional()
      .describe(
        'In place of a weight: how large the gradient of the penalty is beside that of the loss on the first batches',
      ),
    centered: truthValue()
      .exactOptional()
      .describe(`Whether the means are taken off first; ${centered} unless given`),
    ddof: choice([0, 1])
      .exactOptional()
      .describe(`The covariance is divided by samples less ddof; ${ddof} unless given`),
    ...Object.fromEntries(
      parameters.map((parameter) => [
        parameter.name,
        rangeOf(parameter)
          .exactOptional()
          .describe(`${parameter.description}; ${parameter.default} unless given`),
      ]),
    ),
  };
}

/** What the penalized layers are set against. Units that are paired must be chosen: few networks have as many as classes. */
function againstOf({ paired }: CrossPenaltyDefinition): z.ZodType<string, string | undefined> {
  const name = z
    .string({ error: 'must be labels, output or the name of a layer, such as dense2' })
    .describe(
      'What the penalized layers are set against: the one-hot labels, the output, or a layer that is not penalized itself',
    );
  return paired ? name : name.default(LABELS);
}

/** The section of each penalty. */
export const penaltySections: readonly z.ZodObject<Record<string, z.ZodType>, z.core.$strict>[] = [
  ...PENALTIES.map((definition) => penaltySection(penaltyKeys(definition))),
  ...CROSS_PENALTIES.map((definition) =>
    penaltySection({ ...penaltyKeys(definition), against: againstOf(definition) }),
  ),
];

/** A section with either a weight or a strength. */
function penaltySection<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const given = (value: unknown, key: string): boolean => isMapping(value) && value[key] !== undefined;
  return section(shape).superRefine((value, context) => {
    const [weight, strength] = [given(value, 'weight'), given(value, 'strength')];
    if (weight && strength) {
      const message = 'must not stand beside a weight, which it would set. Remove one of the two';
      context.addIssue({ code: 'custom', path: ['strength'], message, params: { at: 'key' } });
    } else if (!weight && !strength) {
      context.addIssue({ code: 'custom', path: ['weight'], message: MISSING_WEIGHT });
    }
  });
}

function rangeOf({ range, whole }: PenaltyParameter): z.ZodNumber {
  return whole && 'from' in range ? wholeNumber(range.from) : realNumber(range);
}

type PenaltySection = (typeof penaltySections)[number];

/** What is added to the cost. */
export const penaltySchema: z.ZodType<PenaltyConfig> = z
  .discriminatedUnion('type', penaltySections as [PenaltySection, ...PenaltySection[]], {
    error: 'must be a mapping such as {type: decov, weight: 0.1}',
  })
  .describe('What is added to the cost for every penalized layer') as unknown as z.ZodType<PenaltyConfig>;
