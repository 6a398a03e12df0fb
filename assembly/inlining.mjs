/**
 * Transform of the compiler: functions that it is not to inline, for their code runs seldom and was copied dozens of times.
 * Without it the modules are a fifth larger; no bit and no hot loop depends on it.
 */

import { Transform } from 'assemblyscript/transform';

/** Patterns of names: checks, sizes of memory, scales of numbers near the ends of their range, vectors that are not full. */
const COLD = [
  'assembly/status/*',
  'assembly/penalty/range/*',
  'assembly/covariance/after',
  'assembly/simd/loadRest',
  'assembly/simd/storeRest',
  '*Scratch',
  '*Bytes',
];

export default class extends Transform {
  afterCompile(module) {
    for (const pattern of COLD) {
      this.binaryen.setPassArgument('no-inline', pattern);
      module.runPasses(['no-inline']);
    }
  }
}
