/** ABI entries of the activation functions. */

import * as activation from '../layer/activation';
import { BAD_KIND, elementwiseOperands, OK } from '../status';

/**
 * out = f(z), `count` elements; `out` may be `z`. kind: 0 identity, 1 relu, 2 leaky-relu (0.01), 3 tanh, 4 sigmoid, 5 elu, 6 gelu (exact),
 * 7 silu, 8 softplus.
 */
export function activationForward(out: usize, z: usize, kind: i32, count: i32): i32 {
  if (kind < activation.IDENTITY || kind > activation.SOFTPLUS) return BAD_KIND;
  const status = elementwiseOperands(out, z, z, count);
  if (status) return status;
  activation.activationForward(kind, out, z, count);
  return OK;
}

/** dz = da·f′, f′ taken from `saved`, the output of kinds 0 to 5 and the input of the others; `dz` may be `da`. */
export function activationBackward(dz: usize, da: usize, saved: usize, kind: i32, count: i32): i32 {
  if (kind < activation.IDENTITY || kind > activation.SOFTPLUS) return BAD_KIND;
  const status = elementwiseOperands(dz, da, saved, count);
  if (status) return status;
  activation.activationBackward(kind, dz, da, saved, count);
  return OK;
}
