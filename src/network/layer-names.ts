/** The names by which a user refers to the layers of a network: in sweep files, in records and in the options of a network. */

/** The labels of the samples: no layer, but what a penalty on two activations can be set against as well. */
export const LABELS = 'labels';
/** The last layer, which a sweep file does not list: one unit a class. */
export const OUTPUT = 'output';

/** The name of a layer by its position, counted from 0: `dense1` is the first. */
export function layerName(position: number): string {
  return `dense${position + 1}`;
}

/** The position of the layer with this name among `layers`, of which the last is the output; undefined where there is none. */
export function findLayer(name: string, layers: number): number | undefined {
  const hidden = layers - 1;
  if (name === OUTPUT) return hidden;
  const position = Array.from({ length: hidden }, (_, layer) => layerName(layer)).indexOf(name);
  return position === -1 ? undefined : position;
}
