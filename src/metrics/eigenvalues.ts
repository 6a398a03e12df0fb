/**
 * Eigenvalues of a symmetric matrix without its eigenvectors: Householder reflections make it tridiagonal, implicit QR steps
 * diagonal. Additions, products, quotients and roots alone, so that every engine gives the same bits.
 *
 * Precision: errors of about 1e-15 of the largest eigenvalue.
 * Source: Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3 (Wilkinson's shift).
 */

/** An entry beside the diagonal counts as 0 below this share of its neighbours, or of the largest one. */
const NEGLIGIBLE = 1.1e-16;
const NEGLIGIBLE_OF_ALL = 1e-18;
/** About two are enough. */
const MOST_STEPS_EACH = 30;
/** Squares of entries outside of this range would overflow or vanish; a power of two changes no digit. */
const [SMALLEST, LARGEST, SCALE] = [1e-100, 1e100, 2 ** 400];

/**
 * The eigenvalues, largest first.
 *
 * Shapes: `matrix` is order x order and symmetric, of which the lower triangle is read.
 */
export function symmetricEigenvalues(matrix: Float64Array<ArrayBufferLike>, order: number): number[] {
  const a = matrix.slice(0, order * order);
  const largest = a.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  const scale = largest > LARGEST ? 1 / SCALE : largest < SMALLEST ? SCALE : 1;
  if (scale !== 1) for (let i = 0; i < a.length; i++) a[i]! *= scale;
  const { diagonal, beside } = tridiagonalize(a, order);
  diagonalize(diagonal, beside, order);
  return Array.from(diagonal, (value) => value / scale).sort((x, y) => y - x);
}

/** Diagonal [order] and what is beside it [order − 1] after reflections from both sides, the last row first. Overwrites `a`. */
function tridiagonalize(
  a: Float64Array,
  order: number,
): { readonly diagonal: Float64Array; readonly beside: Float64Array } {
  const [diagonal, beside, w] = [new Float64Array(order), new Float64Array(order), new Float64Array(order)];
  for (let i = order - 1; i > 0; i--) {
    const v = a.subarray(i * order, i * order + i);
    diagonal[i] = a[i * order + i]!;
    const first = v[i - 1]!;
    let rest = 0;
    for (let k = 0; k < i - 1; k++) rest += v[k]! * v[k]!;
    beside[i - 1] = first;
    if (rest === 0) continue;
    // H = I − vvᵀ with v = (x − target·e)/sqrt(length² + length·|first|) makes x = target·e.
    const length = Math.sqrt(first * first + rest);
    const target = first > 0 ? -length : length;
    beside[i - 1] = target;
    const root = 1 / Math.sqrt(length * (length + Math.abs(first)));
    for (let k = 0; k < i - 1; k++) v[k]! *= root;
    v[i - 1] = (first - target) * root;
    reflectBothSides(a, order, v, w, i);
  }
  diagonal[0] = a[0]!;
  return { diagonal, beside };
}

/** A = HAH on the first `size` rows for H = I − vvᵀ: with w = Av − ½(vᵀAv)·v, A −= vwᵀ + wvᵀ. The lower triangle alone. */
function reflectBothSides(
  a: Float64Array,
  order: number,
  v: Float64Array,
  w: Float64Array,
  size: number,
): void {
  w.fill(0, 0, size);
  for (let r = 0; r < size; r++) {
    const row = r * order;
    const scale = v[r]!;
    let sum = 0;
    for (let c = 0; c < r; c++) {
      const entry = a[row + c]!;
      sum += entry * v[c]!;
      w[c]! += entry * scale;
    }
    w[r]! += sum + a[row + r]! * scale;
  }
  let along = 0;
  for (let r = 0; r < size; r++) along += v[r]! * w[r]!;
  for (let r = 0; r < size; r++) w[r]! -= 0.5 * along * v[r]!;
  for (let r = 0; r < size; r++) {
    const row = r * order;
    const [left, right] = [v[r]!, w[r]!];
    for (let c = 0; c <= r; c++) a[row + c]! -= left * w[c]! + right * v[c]!;
  }
}

/** QR steps until nothing is left beside the diagonal. */
function diagonalize(d: Float64Array, b: Float64Array, order: number): void {
  let largest = 0;
  for (let i = 0; i < order; i++) largest = Math.max(largest, Math.abs(d[i]!), Math.abs(b[i]!));
  const floor = NEGLIGIBLE_OF_ALL * largest;
  const isNegligible = (i: number): boolean => {
    const entry = Math.abs(b[i]!);
    return entry <= floor || entry <= NEGLIGIBLE * (Math.abs(d[i]!) + Math.abs(d[i + 1]!));
  };
  let last = order - 1;
  for (let steps = MOST_STEPS_EACH * order; last > 0 && steps > 0; steps--) {
    if (isNegligible(last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(first - 1)) first--;
    stepQr(d, b, first, last);
  }
}

/** One QR step on the rows `first` to `last` of the tridiagonal matrix. */
function stepQr(d: Float64Array, b: Float64Array, first: number, last: number): void {
  const half = 0.5 * (d[last - 1]! - d[last]!);
  const corner = b[last - 1]!;
  const root = Math.sqrt(half * half + corner * corner);
  const shift = d[last]! - (corner / (half + (half < 0 ? -root : root))) * corner;
  let x = d[first]! - shift;
  let bulge = b[first]!;
  for (let k = first; k < last; k++) {
    const length = Math.sqrt(x * x + bulge * bulge);
    const c = length === 0 ? 1 : x / length;
    const s = length === 0 ? 0 : bulge / length;
    if (k > first) b[k - 1] = length;
    const [upper, between, lower] = [d[k]!, b[k]!, d[k + 1]!];
    const q = s * (lower - upper) + 2 * c * between;
    d[k] = upper + s * q;
    d[k + 1] = lower - s * q;
    x = c * q - between;
    b[k] = x;
    if (k + 1 < last) {
      bulge = s * b[k + 1]!;
      b[k + 1]! *= c;
    }
  }
}
