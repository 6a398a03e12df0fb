/** Parquet files as a source: columns of numbers, text and lists of numbers. */
import { openParquet } from '../../codec/tables/parquet.ts';
import type { Source } from '../source.ts';
import { tableSource } from '../tables/table-source.ts';

export const parquet: Source = tableSource({
  name: 'parquet',
  summary: 'tables in Parquet files, one row a sample',
  keys: {},
  open: (path) => openParquet(path),
});
