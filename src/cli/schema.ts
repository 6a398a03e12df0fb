/** `covgrad schema`: the rules of a sweep file as a JSON Schema, for editors and other tools. */
import type { CommandModule } from 'yargs';
import { example } from './options.ts';

export const schemaCommand: CommandModule = {
  builder: (yargs) => yargs.example(...example('$0 schema > sweep.schema.json', 'a schema for your editor')),
  handler: async () => {
    const { sweepFileJsonSchema } = await import('../config/json-schema.ts');
    process.stdout.write(`${JSON.stringify(sweepFileJsonSchema(), null, 2)}\n`);
  },
};
