/** The residual block: what its layers answer, added to its input or to what a shortcut makes of it. */
import { z } from 'zod';
import type { KernelArray } from '../../kernel/operations.ts';
import { section } from '../../schema/rules.ts';
import {
  type BuildContext,
  countOf,
  describeShape,
  type Layer,
  type LayerKind,
  type LayerSettings,
  numbersOf,
  type Pass,
} from '../layer.ts';
import { commonKeys } from '../layer-section.ts';

/** Settings of a residual block. */
export interface ResidualSettings extends LayerSettings {
  readonly residual: readonly LayerSettings[];
  readonly shortcut?: readonly LayerSettings[];
}

/** Adds its input to what its layers make of it. `layer` are the rules of a layer of any kind, which include this one. */
export function residual(layer: () => z.ZodType<LayerSettings>): LayerKind<ResidualSettings> {
  const layers = (description: string) =>
    z
      .array(z.lazy(layer), { error: 'must be a list of layers such as [{dense: 64, activation: relu}]' })
      .min(1, { error: 'must have at least one layer' })
      .describe(description);
  return {
    key: 'residual',
    summary:
      '`y = f(x) + x`: what the layers inside make of the input, added to it or to what `shortcut` makes of it',
    inside: ['residual', 'shortcut'],
    section: section(
      {
        residual: layers('Layers of a residual block, whose output is added to its input'),
        shortcut: layers('Layers that the input goes through before it is added').exactOptional(),
        ...commonKeys,
      },
      '{residual: [{dense: 64, activation: relu}, {dense: 64}]}',
    ),
    plan(settings, input, context) {
      const body = context.planInside('residual', settings.residual, input);
      const shortcut =
        settings.shortcut === undefined
          ? undefined
          : context.planInside('shortcut', settings.shortcut, input);
      const beside = shortcut?.output ?? input;
      if (describeShape(body.output) !== describeShape(beside)) {
        context.refuse(
          `its layers must answer the shape of ${shortcut === undefined ? 'its input' : 'its shortcut'}, ${describeShape(beside)}`,
          describeShape(body.output),
          shortcut === undefined ? 'Add a shortcut that has their shape' : 'Change one of the two',
          body.output,
        );
      }
      const inside = shortcut === undefined ? [body] : [body, shortcut];
      return {
        output: body.output,
        parameters: [],
        buffers: [],
        multiplyAdds: 0,
        memory: 'own',
        readsInput: true,
        readsOutput: false,
        inside,
        build: (built) => block(built, countOf(body.output), countOf(input)),
      };
    },
  };
}

function block({ operations, inside }: BuildContext, outputs: number, inputs: number): Layer {
  const [body, shortcut] = inside;
  return {
    forward(y, x, pass) {
      body!.forward(x, pass);
      shortcut?.forward(x, pass);
      const beside = shortcut === undefined ? numbersOf(x) : shortcut.output;
      operations.add(y, body!.output, beside, pass.samples * outputs);
    },
    backward(dx, dy, _x, _y, pass: Pass) {
      const count = pass.samples * outputs;
      copy(body!.outputGradient, dy, count);
      let penalty = body!.backward(dx !== null, pass);
      if (shortcut === undefined) {
        if (dx !== null) operations.add(dx, body!.inputGradient, dy, count);
        return penalty;
      }
      // The two share their gradients' memory.
      if (dx !== null) copy(dx, body!.inputGradient, pass.samples * inputs);
      copy(shortcut.outputGradient, dy, count);
      penalty += shortcut.backward(dx !== null, pass);
      if (dx !== null) operations.add(dx, dx, shortcut.inputGradient, pass.samples * inputs);
      return penalty;
    },
  };
}

function copy(out: KernelArray, from: KernelArray, count: number): void {
  out.values.set(from.values.subarray(0, count));
}
