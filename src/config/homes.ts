/** The sections of a sweep file and their keys: where a key may have been meant that stands elsewhere. */
import { AUGMENTATIONS } from '../data/augmentation/augmentations.ts';
import { EARLY_STOPPING_KEYS } from '../record/early-stopping.ts';
import { meanings } from '../synonyms.ts';
import { EXPERIMENT_KEYS, LAYER_KEYS, TRAINING_KEYS, VARIANTS } from './experiment.ts';
import type { Path } from './parameters.ts';
import { GOAL_KEYS, SWEEP_KEYS } from './sweep-section.ts';

const SECTIONS: readonly { readonly path: Path; readonly keys: readonly string[] }[] = [
  { path: ['experiment'], keys: EXPERIMENT_KEYS },
  { path: ['experiment', 'training'], keys: TRAINING_KEYS },
  { path: ['experiment', 'training', 'early_stopping'], keys: EARLY_STOPPING_KEYS },
  { path: ['experiment', 'training', 'augmentation'], keys: AUGMENTATIONS.map(({ type }) => type) },
  { path: ['sweep'], keys: SWEEP_KEYS },
  { path: ['sweep', 'metric'], keys: GOAL_KEYS.filter((key) => key !== 'name') },
  ...VARIANTS.map(({ path, discriminator, keys }) => ({
    path: ['experiment', ...path],
    keys: [...new Set([...keys.values()].flatMap((names) => [...names]))].filter(
      (key) => (key !== discriminator || discriminator === 'schedule') && key !== 'seed',
    ),
  })),
  { path: ['experiment', 'model', 0], keys: LAYER_KEYS },
];

/** A section and the name that a key has there. */
export interface Home {
  /** Dotted. */
  readonly section: string;
  readonly key: string;
}

/** Where a key belongs, by its own name, or else by what it means in other frameworks. */
export function homesOf(word: string): Home[] {
  const own = keysNamed([word]);
  return own.length > 0 ? own : keysNamed(meanings(word));
}

function keysNamed(names: readonly string[]): Home[] {
  return SECTIONS.flatMap(({ path, keys }) =>
    names.flatMap((key) => (keys.includes(key) ? [{ section: path.join('.'), key }] : [])),
  );
}
