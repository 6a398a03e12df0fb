/** Between a space and the axes of a sampler that learns: where a point lies, and which point lies somewhere. */
import { unitOf } from '../config/distribution.ts';
import type { Dimension } from '../config/space.ts';
import { flattenSetting, type Setting } from '../record/settings.ts';
import type { Axis, Coordinates } from './tpe.ts';

/** The axis of a dimension. A rising list of numbers has an order that can be learnt from; other lists have none. */
export function axisOf({ parameters: [{ values }], length }: Dimension): Axis {
  if (!('values' in values)) {
    const counted = values.distribution === 'int_uniform';
    return { kind: 'number', levels: counted ? values.max - values.min + 1 : undefined };
  }
  const { values: list, probabilities } = values;
  const rising = list.every(
    (value, index) => typeof value === 'number' && (index === 0 || value > (list[index - 1] as number)),
  );
  if (rising && probabilities === undefined) return { kind: 'number', levels: length };
  return { kind: 'category', prior: probabilities ?? list.map(() => 1 / list.length) };
}

/** Where a point lies, from its settings; undefined along the axes that it does not have. */
export function coordinatesOf(
  dimensions: readonly Dimension[],
  settings: Readonly<Record<string, Setting>>,
): Coordinates {
  return dimensions.map((dimension) => {
    const [{ path, values }] = dimension.parameters;
    if (!('values' in values)) {
      const value = settings[path];
      return typeof value === 'number' ? unitOf(values, value) : undefined;
    }
    const position = positionIn(dimension, settings);
    if (position === undefined) return undefined;
    const axis = axisOf(dimension);
    return axis.kind === 'category' ? position : (position + 0.5) / values.values.length;
  });
}

/** Numbers in (0, 1) for which the space has the point with these coordinates. */
export function unitsOf(axes: readonly Axis[], coordinates: Coordinates): number[] {
  return axes.map((axis, index) => {
    const at = coordinates[index] ?? 0;
    if (axis.kind === 'number') return at;
    const before = axis.prior.slice(0, at).reduce((sum, probability) => sum + probability, 0);
    return before + (axis.prior[at] ?? 0) / 2;
  });
}

/** The position in the lists of a dimension at which all of its parameters that the point has are as in the point. */
function positionIn(
  { parameters, length = 0 }: Dimension,
  settings: Readonly<Record<string, Setting>>,
): number | undefined {
  const lists = parameters.map(({ path, values }) =>
    'values' in values ? values.values.map((value) => flattenSetting(path, value)) : [],
  );
  const present = lists.filter((list) =>
    list.some((parts) => parts.some(([path]) => Object.hasOwn(settings, path))),
  );
  if (present.length === 0) return undefined;
  const fits = (position: number): boolean =>
    present.every((list) => list[position]?.every(([path, value]) => settings[path] === value));
  for (let position = 0; position < length; position += 1) if (fits(position)) return position;
  return undefined;
}
