/** The schema of `parameters`: what is swept, over which values or distribution, and when. */
import { z } from 'zod';
import { choice, realNumber, section } from '../schema/rules.ts';
import type { Distribution } from './distribution.ts';
import { type Condition, DISTRIBUTION_NAMES, type ParameterTree, readEntry } from './parameter-entry.ts';
import { findParameters, parameterPathProblems } from './parameters.ts';

/** A value of a swept parameter: a single value, or a whole section or list of the experiment. */
export type SweptValue =
  | string
  | number
  | boolean
  | readonly SweptValue[]
  | { readonly [key: string]: SweptValue };

/** What a swept parameter varies over, and when it is there at all. */
export type ParameterConfig = (
  | { readonly values: readonly SweptValue[]; readonly probabilities?: readonly number[] }
  | Distribution
) & { readonly when?: Condition };

/** Swept parameters by dotted path inside the experiment, in the order of the file. */
export type ParametersConfig = Readonly<Record<string, ParameterConfig>>;

const number = realNumber({});
const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a single value or a list of them',
});

const entry: z.ZodType<ParameterTree> = z.lazy(() =>
  section(
    {
      value: z.unknown().exactOptional().describe('The only value'),
      values: z
        .array(z.unknown(), { error: 'must be a list of values' })
        .min(1, { error: 'must have at least one value' })
        .exactOptional()
        .describe('The values to try'),
      probabilities: z
        .array(realNumber({ from: 0 }), { error: 'must be a list of numbers' })
        .exactOptional()
        .describe('How likely each of the values is drawn; equally unless given'),
      distribution: choice(DISTRIBUTION_NAMES)
        .exactOptional()
        .describe(
          'How numbers are drawn; with min and max alone int_uniform where both are whole numbers, else uniform',
        ),
      min: number.exactOptional().describe('Least number; of the old log_uniform the exponent of e'),
      max: number.exactOptional().describe('Largest number; of the old log_uniform the exponent of e'),
      mu: number
        .exactOptional()
        .describe('Mean of a normal distribution, or of the logarithm; 0 unless given'),
      sigma: number.exactOptional().describe('Standard deviation of a normal distribution; 1 unless given'),
      a: number.exactOptional().describe('First parameter of a beta distribution; 1 unless given'),
      b: number.exactOptional().describe('Second parameter of a beta distribution; 1 unless given'),
      q: number
        .exactOptional()
        .describe('What the numbers of a q_ distribution are rounded to multiples of; 1 unless given'),
      when: z
        .record(
          z.string(),
          z.union([scalar, z.array(scalar).min(1, { error: 'must have at least one value' })], {
            error: 'must be a value or a list',
          }),
          {
            error: 'must be a mapping such as {penalty.type: decov}',
          },
        )
        .exactOptional()
        .describe('The parameter is there only where the experiment has these values, by dotted path'),
      parameters: entries.exactOptional().describe('Parameters inside this section'),
    },
    '{values: [0.1, 1]}',
  ).superRefine(
    (tree, context) => {
      const given = Object.keys(tree);
      if (given.includes('parameters')) {
        if (given.length === 1) return;
        const message = `parameters must stand alone, got ${given.filter((key) => key !== 'parameters').join(', ')} beside it`;
        context.addIssue({ code: 'custom', path: [], message });
        return;
      }
      const reading = readEntry(tree);
      for (const { key, message } of 'problems' in reading ? reading.problems : []) {
        context.addIssue({ code: 'custom', path: key === undefined ? [] : [key], message });
      }
    },
    // A misspelt key is reported as such, not a second time for what it leaves out.
    { when: ({ issues }) => issues.length === 0 },
  ),
);
const entries: z.ZodType<Readonly<Record<string, ParameterTree>>> = z.record(z.string(), entry, {
  error: 'must be a mapping such as {penalty.weight: {values: [0.1, 1]}}',
});

/** Checks `parameters`, and makes nested and dotted names the same. */
export const parametersSchema: z.ZodType<ParametersConfig> = entries
  .superRefine((trees, context) => {
    for (const { location, message } of parameterPathProblems(findParameters(trees))) {
      context.addIssue({ code: 'custom', path: [...location], message, params: { at: 'key' } });
    }
  })
  .transform((trees) =>
    Object.fromEntries(
      findParameters(trees).map(({ path, values, when }) => [
        path,
        { ...values, ...(when && { when }) } as ParameterConfig,
      ]),
    ),
  )
  .describe('What to vary, by dotted path inside the experiment');
