/**
 * The Cholesky factor of a positive definite panel matrix, S = RᵀR with R upper triangular, and S⁻¹ times another matrix.
 *
 * Both are one forward substitution, RᵀY = B, a panel of B after the other: the columns of R above the diagonal are that of
 * the columns of S. Everything but the triangles on the diagonal goes through {@link addTile}.
 * Source: Golub & Van Loan, Matrix Computations, section 4.2.
 */

import { multiplyAddWide, negativeMultiplyAddWide } from './simd';
import { addTile, mirrorUpper, panelAt, ROW_BYTES, TILE_BYTES } from './panels';
