/** The public API of covgrad: sweeps and their parts, from the file to the comparison. */

export {
  type CompareOptions,
  type Comparison,
  compareRuns,
  type RunInput,
} from './compare/compare.ts';
export { comparisonToCsv, comparisonToJson } from './compare/export.ts';
export { loadSweepConfig, parseSweepConfig } from './config/load.ts';
export type {
  DataConfig,
  ExperimentConfig,
  LayerConfig,
  OptimizerConfig,
  PenaltyConfig,
  SweepConfig,
  SweepSection,
  TrainingConfig,
} from './config/schema.ts';
export type { Dataset, Split } from './data/dataset.ts';
export { loadDataset } from './data/load.ts';
export {
  ConfigError,
  type ConfigProblem,
  CovgradError,
  DataError,
  type ErrorDetails,
  KernelError,
  ShapeError,
  StoreError,
  TrialError,
} from './errors.ts';
export type { Executor, TrialWatcher } from './execute/executor.ts';
export type { KernelChoice, KernelSource } from './execute/kernel-source.ts';
export { createThreadPool, type ThreadPoolOptions } from './execute/pool.ts';
export {
  type CompiledKernel,
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  compileKernel,
  createReferenceKernel,
  instantiateKernel,
  type Kernel,
  loadKernel,
  PENALTIES,
  type PenaltyDefinition,
} from './kernel/index.ts';
export { METRICS, type MetricDefinition, type MetricName } from './metrics/metrics.ts';
export { type Plan, planSweep, type TrialSpec } from './plan/plan.ts';
export type { EpochRecord, LayerRecord, Manifest, Outcome, TrialRecord } from './store/record.ts';
export { openRun, type Run } from './store/run.ts';
export type { StopReason, SweepEvent, SweepResult } from './sweep/events.ts';
export type { Planner } from './sweep/queue.ts';
export { runSweep, type SweepOptions } from './sweep.ts';
export { createNetwork, type Network, type NetworkOptions } from './trial/network.ts';
export { runTrial, type TrialHooks, type TrialProgress } from './trial/trial.ts';
export { VERSION } from './version.ts';
