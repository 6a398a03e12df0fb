/** The rules of `zip`: which parameters may advance together. */

import type { ParametersConfig } from './parameters-schema.ts';
import { dimensionsOf, findCircle, parametersOf } from './space.ts';

/** What is wrong with groups of parameters, at paths of the sweep section, and with conditions that go in circles. */
export function zipProblems(
  parameters: ParametersConfig,
  groups: readonly (readonly string[])[],
): { path: (string | number)[]; message: string }[] {
  const grouped = new Set<string>();
  const problems = groups.flatMap((paths, index) => {
    const message =
      paths.flatMap((path) => memberProblem(path, parameters, grouped))[0] ??
      lengthProblem(paths, parameters);
    return message === undefined ? [] : [{ path: ['zip', index], message }];
  });
  if (problems.length > 0) return problems;
  const circular = findCircle(dimensionsOf(parametersOf(parameters), groups))?.path;
  if (circular === undefined) return [];
  const message = `conditions must not go in circles, got ${circular} depending on itself. Remove one of them`;
  return [{ path: ['parameters'], message }];
}

function memberProblem(path: string, parameters: ParametersConfig, grouped: Set<string>): string[] {
  if (grouped.has(path)) return [`a parameter must be zipped once, got ${path} twice`];
  grouped.add(path);
  const parameter = Object.hasOwn(parameters, path) ? parameters[path] : undefined;
  if (parameter === undefined)
    return [`must name swept parameters by their dotted paths, got "${path}". Sweep it, or remove it`];
  if (!('values' in parameter)) return [`only lists can be zipped, got ${path} with a distribution`];
  return parameter.probabilities === undefined
    ? []
    : [`a zipped list must have no probabilities, got ${path} with some`];
}

function lengthProblem(paths: readonly string[], parameters: ParametersConfig): string | undefined {
  const lengths = paths.map((path) => {
    const parameter = parameters[path];
    return parameter !== undefined && 'values' in parameter ? parameter.values.length : 0;
  });
  if (new Set(lengths).size === 1) return undefined;
  return `zipped lists must be equally long, got ${paths.map((path, index) => `${lengths[index]} values of ${path}`).join(' and ')}`;
}
