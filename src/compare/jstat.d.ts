/** The part of jstat that covgrad uses; the package brings no types of its own. */
declare module 'jstat' {
  const jstat: {
    studentt: {
      /** Quantile of Student's t distribution: the x with P(T <= x) = `probability`. */
      inv(probability: number, degreesOfFreedom: number): number;
      /** P(T <= t). */
      cdf(t: number, degreesOfFreedom: number): number;
    };
  };
  export = jstat;
}
