/** The part of jstat that covgrad uses; the package brings no types of its own. */
declare module 'jstat' {
  const jstat: {
    normal: {
      /** The x with P(X <= x) = `probability`. */
      inv(probability: number, mean: number, standardDeviation: number): number;
      cdf(x: number, mean: number, standardDeviation: number): number;
    };
    beta: {
      /** The x with P(X <= x) = `probability`. */
      inv(probability: number, a: number, b: number): number;
      cdf(x: number, a: number, b: number): number;
    };
    studentt: {
      /** Quantile of Student's t distribution: the x with P(T <= x) = `probability`. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
  };
  export = jstat;
}
