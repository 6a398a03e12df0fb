/** The tasks that a network can learn, and what a sample's target is in each. */

/** By the words of a sweep file. */
export const TASKS = ['classification', 'regression', 'autoencoding'] as const;

export type Task = (typeof TASKS)[number];

/** Task of an experiment that names none. */
export const DEFAULT_TASK: Task = 'classification';

/**
 * Targets of a data set: a class, some numbers, or the sample itself.
 *
 * `names` are shown in place of the numbers of classes and columns, where the source knows them. `deviations` are those by
 * which targets were divided, where they are standardized: errors are told in the unit of the file.
 */
export type TargetKind =
  | { readonly kind: 'classes'; readonly classes: number; readonly names?: readonly string[] }
  | {
      readonly kind: 'numbers';
      readonly width: number;
      readonly names?: readonly string[];
      readonly deviations?: readonly number[];
    }
  | { readonly kind: 'inputs' };

/** Units of the output layer that a data set asks for. */
export function outputsOf({
  features,
  target,
}: {
  readonly features: number;
  readonly target: TargetKind;
}): number {
  switch (target.kind) {
    case 'classes':
      return target.classes;
    case 'numbers':
      return target.width;
    case 'inputs':
      return features;
  }
}
