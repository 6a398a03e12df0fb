/** The layer that makes features of an image: the same numbers in the same memory. */
import { z } from 'zod';
import { section } from '../../schema/rules.ts';
import { countOf, type LayerKind, type LayerSettings } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';

/** Settings of a flattening. */
export interface FlattenSettings extends LayerSettings {
  readonly flatten: true;
}

/** Gives the numbers of a sample as features. */
export const flatten: LayerKind<FlattenSettings> = {
  key: 'flatten',
  summary: 'The numbers of an image as features, row by row with the channels innermost',
  section: section(
    {
      flatten: z.literal(true, { error: 'must be true' }).describe('Makes features of an image'),
      ...commonKeys,
    },
    '{flatten: true}',
  ),
  plan: (_, input) => ({
    output: [countOf(input)],
    parameters: [],
    buffers: [],
    multiplyAdds: 0,
    memory: 'view',
    readsInput: false,
    readsOutput: false,
    // Its output is its input, so there is nothing to do.
    build: () => ({ forward() {}, backward: () => 0 }),
  }),
};
