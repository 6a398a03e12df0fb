/** From chosen values to a point that can be trained: complete, named and with its baseline. */
import { createHash } from 'node:crypto';
import { type Finding, findProblems } from '../config/findings.ts';
import { type Choice, settlePoint } from '../config/point.ts';
import { type ExperimentConfig, experimentSchema, type PenaltyConfig } from '../config/schema.ts';
import { ConfigError } from '../errors.ts';
import { findCrossPenalty, findPenalty } from '../kernel/catalogue.ts';
import type { Point } from '../record/trial-spec.ts';
import { Sections } from './sections.ts';
import { flattenSettings } from './settings.ts';

/** What stands in the name of every baseline. */
const NO_PENALTY = { type: 'none', weight: 0 };

type Trained = Omit<ExperimentConfig, 'penalty'> & { readonly penalty: unknown };

/** Of each sweep's experiment what its points share. */
const SECTIONS = new WeakMap<ExperimentConfig, Sections>();

function sectionsOf(base: ExperimentConfig): Sections {
  const sections = SECTIONS.get(base) ?? new Sections();
  SECTIONS.set(base, sections);
  return sections;
}

/** The point of some chosen values. Errors: ConfigError PLAN_INVALID for values that make no valid experiment. */
export function resolvePoint(base: ExperimentConfig, choice: Choice): Point {
  const resolved = tryPoint(base, choice);
  if (!('problem' in resolved)) return resolved;
  const { path, message } = resolved.problem();
  throw new ConfigError('PLAN_INVALID', `experiment.${path.join('.')}: ${message}.`);
}

/** Chosen values that make no valid experiment. */
export interface Impossible {
  /** The first reason why; finding it out takes longer than the check itself. */
  readonly problem: () => Finding;
}

/** The point of some chosen values, or why they make no valid experiment. */
export function tryPoint(base: ExperimentConfig, choice: Choice): Point | Impossible {
  const settled = settlePoint(base, choice);
  const checked = experimentSchema.safeParse(settled.experiment);
  if (!checked.success) {
    const { issues } = checked.error;
    return { problem: () => findProblems(issues, settled.experiment)[0] as Finding };
  }
  const shared = sectionsOf(base).share(settled.experiment, checked.data);
  const experiment = { ...shared, penalty: withDefaults(shared.penalty) };
  return {
    point: hashOf(experiment, sectionsOf(base)),
    baseline: isOff(experiment.penalty),
    settings: flattenSettings(choice, settled.dropped),
    experiment,
  };
}

/** The baseline that a point is compared with: the same experiment without its penalty, as `base` has it. */
export function baselineOf({ experiment, settings }: Point, base: ExperimentConfig): Point {
  const penalty = withDefaults(withoutWeight(base.penalty));
  return {
    point: hashOf({ ...experiment, penalty: NO_PENALTY }, sectionsOf(base)),
    baseline: true,
    settings: Object.fromEntries(Object.entries(settings).filter(([path]) => !path.startsWith('penalty.'))),
    experiment: { ...experiment, penalty },
  };
}

function isOff({ weight, strength }: PenaltyConfig): boolean {
  return weight === 0 || strength === 0;
}

function withoutWeight({ strength: _, ...penalty }: PenaltyConfig): PenaltyConfig {
  return { ...penalty, weight: 0 };
}

/** A penalty with the catalogue's defaults written out: what is left out and what is spelled out make the same point. */
function withDefaults(penalty: PenaltyConfig): PenaltyConfig {
  const definition = findPenalty(penalty.type) ?? findCrossPenalty(penalty.type);
  if (definition === undefined) return penalty;
  const { centered, ddof, parameters } = definition;
  const defaults = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));
  return { centered, ddof, ...defaults, ...penalty };
}

/** What is measured beside the training makes no other point. */
function hashOf({ evaluation: _, ...training }: Trained, sections: Sections): string {
  return createHash('sha256').update(sections.jsonOf(training)).digest('hex').slice(0, 12);
}
