/** The public API of covgrad: sweeps and their parts, from the file to the comparison. */

export {
  type CompareOptions,
  type Comparison,
  compareRuns,
  type RunInput,
} from './compare/compare.ts';
export { comparisonToCsv, comparisonToJson } from './compare/export.ts';
export { comparePoints } from './compare/pair.ts';
export { paretoFront } from './compare/standing.ts';
export { alignByStrength, type StrengthEntry, type StrengthTable } from './compare/strength.ts';
export { sweepFileJsonSchema } from './config/json-schema.ts';
export { type LoadedSweep, loadSweepConfig, parseSweepConfig } from './config/load.ts';
export type {
  DataConfig,
  EvaluationConfig,
  ExperimentConfig,
  LayerConfig,
  OptimizerConfig,
  ParameterConfig,
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
  ExportError,
  KernelError,
  ShapeError,
  StoreError,
  TrialError,
} from './errors.ts';
export type { Executor, TrialWatcher } from './execute/executor.ts';
export type { KernelChoice, KernelSource } from './execute/kernel-source.ts';
export { createThreadPool, type ThreadPoolOptions } from './execute/pool.ts';
export { exportToMlflow, type MlflowReport } from './export/mlflow.ts';
export { MlflowClient } from './export/mlflow-client.ts';
export type { MlflowServer } from './export/mlflow-connection.ts';
export { optunaJournal } from './export/optuna.ts';
export { type ExportedFile, writeDirectory } from './export/target.ts';
export { tensorboardFiles } from './export/tensorboard.ts';
export type { ExportedRun } from './export/trial-history.ts';
export { wandbFiles } from './export/wandb.ts';
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
export { type Conversion, type ConvertedPenalty, convertWeight } from './kernel/weight-conversion.ts';
export { METRICS, type MetricDefinition, type MetricName } from './metrics/metrics.ts';
export { absorbWhitening, type Whitening, whiteningOf } from './metrics/whitening.ts';
export {
  createNetwork,
  type Network,
  type NetworkLayer,
  type NetworkOptions,
} from './network/network.ts';
export { type Plan, planSweep } from './plan/plan.ts';
export { createPlanner, type Planner } from './plan/planner.ts';
export type { EarlyStoppingRecord } from './record/early-stopping.ts';
export type {
  EpochRecord,
  FinalRecord,
  GradientRecord,
  LayerRecord,
  Manifest,
  Outcome,
  PenaltyRecord,
  TrialRecord,
} from './record/record.ts';
export type { TrialSpec } from './record/trial-spec.ts';
export { type ReportSource, renderReport } from './render/report/report.ts';
export { type Schedule, type Scheduled, scheduleOf, targetOf } from './schedule/schedules.ts';
export { openRun, type Run } from './store/run.ts';
export type { StopReason, SweepEvent, SweepResult } from './sweep/events.ts';
export { runSweep, type SweepOptions } from './sweep.ts';
export { runTrial, type TrialHooks, type TrialProgress } from './trial/trial.ts';
export { VERSION } from './version.ts';
