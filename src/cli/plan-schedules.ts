/** The schedules of a plan: what changes from step to step, in the course of the epochs. */
import type { Dataset } from '../data/dataset.ts';
import { stepsPerEpoch, trainingSteps } from '../network/steps.ts';
import { PENALTY_STRENGTH, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { DrawnSchedule, DrawnSetting } from '../render/schedule.ts';
import { type Scheduled, scheduleOf } from '../schedule/schedules.ts';

/** Values that are drawn of a schedule at most. */
const MOST_VALUES = 400;
const LEARNING_RATE = 'training.optimizer.learning_rate';

/** The settings that some point has a schedule for; numbers stand beside the schedules of others. */
export function schedulesOf(
  trials: readonly TrialSpec[],
  datasetOf: (spec: TrialSpec) => Dataset,
): DrawnSetting[] {
  const points = [...new Map(trials.map((spec) => [spec.point, spec])).values()];
  return [LEARNING_RATE, PENALTY_WEIGHT, PENALTY_STRENGTH].flatMap((path) => {
    const valued = points.flatMap((spec) => {
      const value = settingOf(spec, path);
      return value === undefined ? [] : [{ spec, value }];
    });
    if (valued.every(({ value }) => typeof value === 'number')) return [];
    const schedules = new Map<string, DrawnSchedule>();
    for (const { spec, value } of valued) {
      const drawn = draw(value, spec, datasetOf(spec));
      const key = JSON.stringify([drawn.name, drawn.values]);
      schedules.set(key, { ...drawn, points: (schedules.get(key)?.points ?? 0) + 1 });
    }
    return [{ path, schedules: [...schedules.values()] }];
  });
}

/** A baseline has no penalty, and so no schedule of one. */
function settingOf(
  { baseline, experiment: { training, penalty } }: TrialSpec,
  path: string,
): Scheduled | undefined {
  if (path === LEARNING_RATE) return training.optimizer.learning_rate;
  if (baseline) return undefined;
  return path === PENALTY_WEIGHT ? penalty.weight : penalty.strength;
}

function draw(value: Scheduled, { experiment }: TrialSpec, { train }: Dataset): DrawnSchedule {
  const perEpoch = stepsPerEpoch(train.samples, experiment.training.batch_size);
  const steps = trainingSteps(experiment, train.samples);
  const valueAt = scheduleOf(value, { steps, stepsPerEpoch: perEpoch });
  const count = Math.min(steps, MOST_VALUES);
  const values = Array.from({ length: count }, (_, at) => {
    const step = count === 1 ? 0 : Math.round((at * (steps - 1)) / (count - 1));
    return { epoch: step / perEpoch, value: valueAt(step) };
  });
  return { name: nameOf(value), points: 1, values };
}

/** `cosine, initial 0.1, warmup_epochs 1`. */
function nameOf(value: Scheduled): string {
  if (typeof value === 'number') return String(value);
  const { schedule, ...settings } = value;
  return [schedule, ...Object.entries(settings).map(([key, each]) => `${key} ${each}`)].join(', ');
}
