/** `covgrad/kernel`: the kernel on its own. Nothing here needs Node: it runs in browsers and every JavaScript host. */

export { CovgradError, KernelError, ShapeError } from '../errors.ts';
export { findPenalty, PENALTIES, type PenaltyDefinition, type PenaltyParameter } from './catalogue.ts';
export {
  type CompiledKernel,
  compileKernel,
  instantiateKernel,
  type KernelSelection,
  loadKernel,
  relaxedSimdSupported,
} from './instantiate.ts';
export type { CovarianceOptions, Kernel, Layout, PenaltyOptions, PreparedPenalty } from './kernel.ts';
export type {
  Activation,
  AdamSettings,
  CovarianceShape,
  DenseShape,
  FloatArray,
  GemmForm,
  GemmShape,
  KernelArray,
  KernelBytes,
  KernelCompressed,
  KernelIndices,
  Operations,
  PenaltyCall,
  SgdSettings,
  Variant,
} from './operations.ts';
export { createReferenceKernel } from './reference.ts';
