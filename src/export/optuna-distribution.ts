/** The distribution of a swept setting in the words of Optuna, and a value as Optuna stores it under one. */

import type { Distribution } from '../config/distribution.ts';
import type { ParameterConfig } from '../config/schema.ts';
import { largestOf, smallestOf } from '../extremes.ts';
import type { Setting } from '../record/settings.ts';

/** A distribution as Optuna writes it into its storages. */
export type OptunaDistribution =
  | {
      readonly name: 'FloatDistribution';
      readonly attributes: {
        readonly step: null;
        readonly low: number;
        readonly high: number;
        readonly log: boolean;
      };
    }
  | {
      readonly name: 'IntDistribution';
      readonly attributes: {
        readonly log: false;
        readonly step: 1;
        readonly low: number;
        readonly high: number;
      };
    }
  | {
      readonly name: 'CategoricalDistribution';
      readonly attributes: { readonly choices: readonly Setting[] };
    };

/**
 * The distribution of a setting, from how it is swept and the values that it took.
 *
 * A list of values, and what is swept as a part of a whole section, is categorical. Optuna knows neither distributions
 * without an end nor bounds that a value may pass: bounds are widened to the values that were drawn, and where there are
 * none they are the least and the largest of these.
 */
export function optunaDistribution(
  config: ParameterConfig | undefined,
  values: readonly Setting[],
): OptunaDistribution {
  const numbers = values.filter((value) => typeof value === 'number');
  if (config === undefined || 'values' in config || numbers.length < values.length) {
    const listed = config !== undefined && 'values' in config ? config.values.filter(isSetting) : [];
    return { name: 'CategoricalDistribution', attributes: { choices: [...new Set([...listed, ...values])] } };
  }
  const bounds = 'min' in config ? [config.min, config.max] : [];
  const low = smallestOf([...bounds, ...numbers]);
  const high = largestOf([...bounds, ...numbers]);
  if (config.distribution === 'int_uniform') {
    return { name: 'IntDistribution', attributes: { log: false, step: 1, low, high } };
  }
  return {
    name: 'FloatDistribution',
    attributes: { step: null, low, high, log: isLogarithmic(config) && low > 0 },
  };
}

/** A value as Optuna stores it: a number, or its position among the choices. */
export function internalValue({ name, attributes }: OptunaDistribution, value: Setting): number {
  return name === 'CategoricalDistribution' ? attributes.choices.indexOf(value) : Number(value);
}

function isLogarithmic({ distribution }: Distribution): boolean {
  return distribution.includes('log_');
}

function isSetting(value: unknown): value is Setting {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
