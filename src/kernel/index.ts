/** `covgrad/kernel`: the kernel on its own. Nothing here needs Node: it runs in browsers and every JavaScript host. */

export { CovgradError, KernelError, ShapeError } from '../errors.ts';
export {
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  findCrossPenalty,
  findPenalty,
  PENALTIES,
  type PenaltyDefinition,
  type PenaltyFamily,
  type PenaltyParameter,
} from './catalogue.ts';
export {
  type CompiledKernel,
  compileKernel,
  type DeclaredModule,
  instantiateKernel,
  type KernelSelection,
  loadKernel,
  relaxedSimdSupported,
} from './instantiate.ts';
export type {
  CovarianceOptions,
  CrossPenaltyOptions,
  Kernel,
  Layout,
  PenaltyOptions,
  PreparedPenalty,
} from './kernel.ts';
export type {
  Activation,
  AdamSettings,
  CovarianceShape,
  CrossPenaltyCall,
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
