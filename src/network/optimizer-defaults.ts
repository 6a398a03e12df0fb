/** What the settings of an optimizer are where they are left out: in a sweep file, and in networks made without one. */

export const SGD_DEFAULTS = { momentum: 0, nesterov: false, weight_decay: 0 } as const;
/** The same for Adam and AdamW. */
export const ADAM_DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0 } as const;
