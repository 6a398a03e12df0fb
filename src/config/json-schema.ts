/** The rules of a sweep file as a JSON Schema, made from what checks it. */
import { z } from 'zod';
import { LAYER_KINDS, layerSchema } from '../network/layers.ts';
import { FOREIGN_KEYS } from './notes.ts';
import { sweepFileSchema } from './schema.ts';

/** Where the rules of a layer stand: those of layers inside a layer are the same. */
const LAYER = '#/properties/experiment/properties/model/items';

/** JSON Schema (draft-07) of a sweep file as it is written: what may be left out is optional. */
export function sweepFileJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(sweepFileSchema, {
    io: 'input',
    target: 'draft-7',
    override({ zodSchema, jsonSchema, path }) {
      if ((zodSchema as unknown) === layerSchema) {
        jsonSchema.anyOf = LAYER_KINDS.map(({ section }) => {
          const { $schema: _, ...kind } = z.toJSONSchema(section, {
            io: 'input',
            target: 'draft-7',
            override(inside) {
              if ((inside.zodSchema as unknown) === layerSchema) inside.jsonSchema.$ref = LAYER;
            },
          });
          return kind;
        });
      }
      // What the reader passes over with a note is no mistake in an editor either.
      const keys = FOREIGN_KEYS.get(path.filter((key) => key !== 'properties').join('.'));
      for (const key of jsonSchema.properties === undefined ? [] : (keys ?? [])) {
        jsonSchema.properties = {
          ...jsonSchema.properties,
          [key]: { description: 'Of a Weights & Biases sweep; means nothing here' },
        };
      }
    },
  });
  return { title: 'A sweep of covgrad', ...schema };
}
