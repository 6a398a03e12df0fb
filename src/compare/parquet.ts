/** A comparison as a Parquet file: the columns of the CSV, with their types. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Comparison } from './compare.ts';
import { type ExportCell, exportColumns } from './export.ts';

/** The rows of a comparison in Parquet: numbers as DOUBLE, truth values as BOOLEAN, all else as text. */
export function comparisonToParquet(comparison: Comparison): Uint8Array {
  const columnData = exportColumns(comparison).map(({ name, read }) => {
    const data = comparison.rows.map(read);
    const type = typeOf(data);
    return { name, type, nullable: true, data: type === 'STRING' ? data.map(asText) : data };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A column of which every value has one type keeps it; one that mixes them (a setting may) becomes text. */
function typeOf(data: readonly ExportCell[]): 'DOUBLE' | 'BOOLEAN' | 'STRING' {
  const types = new Set(data.filter((cell) => cell !== null).map((cell) => typeof cell));
  const [only] = types;
  if (types.size === 0) return 'DOUBLE';
  if (types.size > 1 || only === 'string') return 'STRING';
  return only === 'boolean' ? 'BOOLEAN' : 'DOUBLE';
}

function asText(cell: ExportCell): string | null {
  return cell === null ? null : String(cell);
}
