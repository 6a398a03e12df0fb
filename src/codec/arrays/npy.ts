/**
 * Reader of NPY files, which numpy.save writes: a magic number, a version, a header that is a Python dictionary with the
 * element type, the order and the shape, and the elements.
 *
 * Source: numpy.lib.format, versions 1.0 (latin-1, header length in two bytes), 2.0 (in four bytes) and 3.0 (UTF-8).
 */
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { withDataFile } from '../bytes/file.ts';
import { type ByteReader, rangeReader, take, trailing, truncated } from '../bytes/reader.ts';
import type { ElementType } from './element-type.ts';
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts';
import { describeTensor, elementCount, payloadBytes, type Tensor, type TensorInfo } from './tensor.ts';

/** A header, and how many bytes it takes. */
export interface NpyHeader {
  readonly info: TensorInfo;
  readonly headerBytes: number;
}

const MAGIC = '\x93NUMPY';
const PREFIX_BYTES = MAGIC.length + 2;
/** A plain type takes 128 bytes; numpy itself refuses more than 10,000 characters unless it is told to trust the file. */
const LONGEST_HEADER_BYTES = 2 ** 16;
/** numpy's own limit is 32, from 2.0 on 64. */
const MOST_DIMENSIONS = 64;

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  b1: 'bool',
  u1: 'u8',
  i1: 'i8',
  u2: 'u16',
  i2: 'i16',
  u4: 'u32',
  i4: 'i32',
  u8: 'u64',
  i8: 'i64',
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
};

/** What is no array of numbers, by the letter of its kind, with the remedy. */
const REFUSED_KINDS: Readonly<Record<string, readonly [name: string, remedy: string]>> = {
  O: [
    'pickled Python objects',
    'which may run any program: save numbers, as in np.save(file, array.astype(np.float32))',
  ],
  S: ['byte strings', 'save codes in their place: np.unique(array, return_inverse=True)[1]'],
  U: ['strings', 'save codes in their place: np.unique(array, return_inverse=True)[1]'],
  c: ['complex numbers', 'save array.real and array.imag'],
  M: ['dates', 'save numbers: array.astype(np.int64)'],
  m: ['time differences', 'save numbers: array.astype(np.int64)'],
  V: [
    'records or a type that numpy does not know (bfloat16 is saved so)',
    'save array.astype(np.float32), or one field at a time',
  ],
};

/**
 * Opens an NPY file: its header is read and held against the length of the file.
 *
 * Errors: DataError DATA_NPY_MAGIC, DATA_NPY_HEADER, DATA_TYPE (objects, strings, records, complex numbers, dates),
 * DATA_TRUNCATED, DATA_TRAILING, and those of {@link withDataFile}.
 */
export function openNpy(path: string): Promise<Tensor> {
  return withDataFile(path, async ({ stamp, ...file }) => {
    const end = stamp.sizeBytes;
    const { info, headerBytes } = await readNpyHeader(rangeReader({ stamp, ...file }, 0, end), path);
    holdAgainstLength({ info, headerBytes }, end, path);
    return {
      where: path,
      info,
      path,
      stamp,
      elements: async (again) => rangeReader(again, headerBytes, end),
    };
  });
}

/**
 * Holds what a header promises against the bytes there are, its own included.
 *
 * Errors: DataError DATA_TRUNCATED, DATA_TRAILING.
 */
export function holdAgainstLength({ info, headerBytes }: NpyHeader, length: number, where: string): void {
  const promised = headerBytes + payloadBytes(info);
  const promise = `the header promises ${describeTensor(info)}, ${promised} bytes with itself`;
  if (length < promised) throw truncated(where, promise, length);
  if (length > promised) throw trailing(where, promise, `${length} bytes`);
}

/**
 * Reads the header of an array; the reader then stands at its first element.
 *
 * Errors: DataError DATA_NPY_MAGIC, DATA_NPY_HEADER, DATA_TYPE, DATA_TRUNCATED.
 */
export async function readNpyHeader(reader: ByteReader, where: string): Promise<NpyHeader> {
  const what = 'the header of this NPY file';
  const prefix = Buffer.from(await take(reader, PREFIX_BYTES, what, where));
  if (prefix.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    const found = prefix.toString('hex', 0, MAGIC.length);
    throw new DataError(
      'DATA_NPY_MAGIC',
      `${where}: an NPY file starts with 0x934e554d5059, got 0x${found}. Check that numpy.save wrote it.`,
      { where, magic: found },
    );
  }
  const version = prefix.readUInt8(MAGIC.length);
  const minor = prefix.readUInt8(MAGIC.length + 1);
  if (version < 1 || version > 3 || minor !== 0) {
    throw headerError(where, 'the version is 1.0, 2.0 or 3.0', `${version}.${minor}`);
  }
  const lengthBytes = version === 1 ? 2 : 4;
  const length = Buffer.from(await take(reader, lengthBytes, what, where)).readUIntLE(0, lengthBytes);
  if (length > LONGEST_HEADER_BYTES) {
    throw headerError(where, `the dictionary takes at most ${LONGEST_HEADER_BYTES} bytes`, `${length}`);
  }
  const text = Buffer.from(await take(reader, length, what, where)).toString(
    version === 3 ? 'utf8' : 'latin1',
  );
  return { info: interpret(text, where), headerBytes: PREFIX_BYTES + lengthBytes + length };
}

function interpret(text: string, where: string): TensorInfo {
  const header = parse(text, where);
  const keys = [...header.keys()].sort().join(', ');
  if (keys !== 'descr, fortran_order, shape') {
    throw headerError(where, 'the keys are descr, fortran_order and shape', shown(keys));
  }
  const order = header.get('fortran_order');
  if (typeof order !== 'boolean') throw headerError(where, 'fortran_order is True or False', show(order));
  const type = elementType(header.get('descr'), where);
  const shape = header.get('shape');
  if (!isShape(shape)) {
    throw headerError(where, `shape is a tuple of at most ${MOST_DIMENSIONS} whole numbers`, show(shape));
  }
  if (Number.isNaN(elementCount(shape))) {
    throw headerError(
      where,
      `there are at most ${Number.MAX_SAFE_INTEGER} bytes`,
      `the shape [${shape.join(', ')}]`,
    );
  }
  return { ...type, shape, columnMajor: order };
}

function parse(text: string, where: string): Map<string, PythonLiteral> {
  try {
    const literal = parsePythonLiteral(text);
    if (literal instanceof Map) return literal;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw headerError(where, 'the header is a Python dictionary', `${shown(text)} (${cause.message})`, cause);
  }
  throw headerError(where, 'the header is a Python dictionary', shown(text));
}

function isShape(value: PythonLiteral | undefined): value is readonly number[] {
  const isExtent = (extent: PythonLiteral) => Number.isSafeInteger(extent) && (extent as number) >= 0;
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS && value.every(isExtent);
}

function elementType(
  descr: PythonLiteral | undefined,
  where: string,
): Pick<TensorInfo, 'type' | 'bigEndian'> {
  if (Array.isArray(descr)) {
    throw typeError(
      where,
      'records with fields',
      'save one field at a time, as in np.save(file, array["field"])',
    );
  }
  const match = typeof descr === 'string' ? /^([<>|=]?)([A-Za-z?])(\d*)(?:\[\w+\])?$/.exec(descr) : null;
  const [, order = '', kind = '', bytes = ''] = match ?? [];
  const type = Object.hasOwn(ELEMENT_TYPES, kind + bytes) ? ELEMENT_TYPES[kind + bytes] : undefined;
  if (type !== undefined) return { type, bigEndian: order === '>' };
  const refusal = Object.hasOwn(REFUSED_KINDS, kind) ? REFUSED_KINDS[kind] : undefined;
  if (refusal !== undefined) throw typeError(where, `${refusal[0]} (${show(descr)})`, refusal[1]);
  throw typeError(where, show(descr), 'save array.astype(np.float64)');
}

function typeError(where: string, found: string, remedy: string): DataError {
  return new DataError(
    'DATA_TYPE',
    `${where}: the elements must be bool, integers of 1 to 8 bytes, float16, float32 or float64, got ${found}. ` +
      `Other arrays are not read; ${remedy}.`,
    { where, found },
  );
}

function headerError(where: string, rule: string, found: string, cause?: unknown): DataError {
  return new DataError(
    'DATA_NPY_HEADER',
    `${where}: in the header of an NPY file ${rule}, got ${found}. The file is damaged: save it again.`,
    { where, rule, found },
    { cause },
  );
}

function show(value: PythonLiteral | undefined): string {
  if (value === undefined) return 'nothing';
  return shown(value instanceof Map ? 'a dictionary' : JSON.stringify(value));
}

const LONGEST_SHOWN = 80;

function shown(text: string): string {
  return printable(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text.trim());
}
