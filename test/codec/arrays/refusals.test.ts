/** Arrays that are not what they claim: one clear message each. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listArrays, openArray } from '../../../src/codec/arrays/array-file.ts';
import { openCifar } from '../../../src/codec/arrays/cifar.ts';
import { readTensor, type Targets } from '../../../src/codec/arrays/tensor.ts';
import { dataRefusal, fixture, fixtureBytes, scratch } from '../files.ts';

const { folder, write } = scratch();

async function read(reference: string, as: keyof Targets = 'f64'): Promise<unknown> {
  return readTensor(await openArray(reference), as);
}

function npy(header: string, payload: Uint8Array = new Uint8Array(0), version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(Buffer.byteLength(header, 'latin1'), 0, length.length);
  const magic = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1');
  return Buffer.concat([magic, length, Buffer.from(header, 'latin1'), payload]);
}

function safetensors(header: unknown, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, payload]);
}

describe('values', () => {
  test.each<[string, keyof Targets, string, string]>([
    [
      'nan.npy',
      'f32',
      'DATA_NOT_FINITE',
      'row 1, column 2 must be finite, got NaN (rows and columns count from 0)',
    ],
    ['large.npy', 'f32', 'DATA_RANGE', 'row 0, column 1 must fit into float32, got 1e+39'],
    ['halves.npy', 'whole', 'DATA_NOT_WHOLE', 'row 2 must be a whole number, got 2.5'],
    ['nan.npy', 'whole', 'DATA_NOT_WHOLE', 'row 1, column 2 must be a whole number, got NaN'],
    [
      'wide.npy',
      'whole',
      'DATA_RANGE',
      'row 1 must be from -(2^53 - 1) to 2^53 - 1, so that it is exact, got 9007199254740992',
    ],
    ['wide-unsigned.npy', 'whole', 'DATA_RANGE', 'got 18446744073709552000'],
    ['rank1.npy', 'bytes', 'DATA_TYPE', 'only elements of u8 or bool can stay bytes, got [5] of i32. '],
  ])('of %s read as %s are refused with their position', async (name, as, code, message) => {
    const error = await dataRefusal(read(fixture(name), as));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).toMatch(new RegExp(`^${fixture(name)}: `));
  });

  test('that are not finite are counted where they are allowed', async () => {
    const tensor = await openArray(fixture('nan.npy'));
    const { data, nonFinite } = await readTensor(tensor, 'f32', { allowNonFinite: true });
    expect(nonFinite).toBe(3);
    expect([...data]).toEqual([0, 1, 2, 3, 4, Number.NaN, Infinity, -Infinity, 8]);
  });

  test('of a bool other than 0 and 1 are refused', async () => {
    const bytes = fixtureBytes('b1-little.npy');
    bytes[bytes.length - 1] = 2;
    const error = await dataRefusal(read(write('bool.npy', bytes), 'bytes'));
    expect(error).toMatchObject({ code: 'DATA_RANGE', details: { index: ['1', '2'] } });
  });

  test('have their place in the result, also where the file is column by column', async () => {
    const bytes = fixtureBytes('fortran2.npy');
    // The fifth element of the file: row 1, column 1.
    bytes.writeFloatLE(Number.POSITIVE_INFINITY, 128 + 4 * 4);
    const error = await dataRefusal(read(write('fortran.npy', bytes)));
    expect(error.message).toContain('row 1, column 1 must be finite, got Infinity');
  });
});

describe('arrays of numpy that hold no numbers are refused by name, with the remedy', () => {
  test.each([
    ['refused-objects.npy', 'pickled Python objects ("|O")', 'array.astype(np.float32)'],
    ['refused-strings.npy', 'strings ("<U3")', 'return_inverse'],
    ['refused-bytes.npy', 'byte strings ("|S3")', 'return_inverse'],
    ['refused-complex.npy', 'complex numbers ("<c16")', 'array.real and array.imag'],
    ['refused-records.npy', 'records with fields', 'array["field"]'],
    ['refused-dates.npy', 'dates ("<M8[D]")', 'array.astype(np.int64)'],
    ['refused-long-double.npy', '"<f16"', 'array.astype(np.float64)'],
  ])('%s', async (name, found, remedy) => {
    const error = await dataRefusal(openArray(fixture(name)));
    expect(error.code).toBe('DATA_TYPE');
    expect(error.message).toContain(`got ${found}. `);
    expect(error.message).toContain(remedy);
  });
});

describe('headers of NPY', () => {
  const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
  const payload = new Uint8Array(8);

  test('that are sound are read in all versions', async () => {
    for (const version of [1, 2, 3]) await read(write('good.npy', npy(good, payload, version)));
  });

  test.each<[string, Buffer, string, string]>([
    ['another version', npy(good, payload, 4), 'DATA_NPY_HEADER', 'got 4.0'],
    [
      'more elements than there are',
      npy(good.replace('(2,)', '(3,)'), payload),
      'DATA_TRUNCATED',
      'the header promises [3] of f32',
    ],
    [
      'fewer elements than there are',
      npy(good.replace('(2,)', '(1,)'), payload),
      'DATA_TRAILING',
      'the header promises [1] of f32',
    ],
    [
      'sizes past every integer',
      npy(good.replace('(2,)', '(9007199254740991, 9)'), payload),
      'DATA_NPY_HEADER',
      'got the shape [9007199254740991, 9]',
    ],
    ['an extent below zero', npy(good.replace('(2,)', '(-2,)'), payload), 'DATA_NPY_HEADER', 'got [-2]'],
    ['a shape that is no tuple', npy(good.replace('(2,)', '2'), payload), 'DATA_NPY_HEADER', 'got 2'],
    [
      'too many dimensions',
      npy(good.replace('(2,)', `(${'1, '.repeat(65)})`), payload),
      'DATA_NPY_HEADER',
      'at most 64',
    ],
    [
      'another key',
      npy(good.replace('descr', 'dtype'), payload),
      'DATA_NPY_HEADER',
      'got dtype, fortran_order, shape',
    ],
    [
      'a key twice',
      npy(good.replace("'shape'", "'descr': '<f8', 'shape'"), payload),
      'DATA_NPY_HEADER',
      'each once expected',
    ],
    ['a call', npy('__import__("os").system("id")', payload), 'DATA_NPY_HEADER', 'a value expected'],
    ['brackets without end', npy('['.repeat(60_000), payload), 'DATA_NPY_HEADER', 'nesting of at most 32'],
    ['a dictionary of megabytes', npy(' '.repeat(70_000), payload, 2), 'DATA_NPY_HEADER', 'got 70000'],
    ['an order that is no truth', npy(good.replace('False', '0'), payload), 'DATA_NPY_HEADER', 'got 0'],
  ])('with %s are refused', async (_, bytes, code, message) => {
    const error = await dataRefusal(openArray(write('bad.npy', bytes)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('and elements cut off at any byte are refused', async () => {
    const bytes = npy(good, payload);
    for (let length = 6; length < bytes.length; length++) {
      const error = await dataRefusal(openArray(write('cut.npy', bytes.subarray(0, length))));
      expect(error.code).toBe('DATA_TRUNCATED');
    }
  });
});

describe('NPZ', () => {
  test('lists its arrays with type and shape, and what of it cannot be read', async () => {
    const members = await listArrays(fixture('mixed.npz'));
    expect(members.map(({ key }) => key)).toEqual(['x', 'objects', 'notes.txt']);
    expect(
      members.map((member) => ('tensor' in member ? member.tensor.info.type : member.refusal.code)),
    ).toEqual(['i64', 'DATA_TYPE', 'DATA_NPY_MAGIC']);
  });

  test('a key that is not there is refused with those that are', async () => {
    const error = await dataRefusal(openArray(fixture('deflated.npz#image')));
    expect(error.code).toBe('DATA_KEY');
    expect(error.message).toContain(
      'got "image". Write ' +
        `${fixture('deflated.npz')}#key; there are images ([4, 2, 3] of u8), labels ([4] of i64), zeros ([100, 100] of f32).`,
    );
  });

  test('needs no key for one array, and one for several', async () => {
    expect((await openArray(fixture('one.npz'))).info.shape).toEqual([4]);
    expect((await dataRefusal(openArray(fixture('stored.npz')))).message).toContain(
      'needs a key, got none. ',
    );
  });

  test('understands the name of the member too', async () => {
    expect((await openArray(fixture('stored.npz#images.npy'))).info.shape).toEqual([4, 2, 3]);
  });

  test('keys that spell paths are only names', async () => {
    const members = await listArrays(fixture('paths.npz'));
    expect(members.map(({ key }) => key)).toEqual(['../../up', '/root/x', 'layer/weight']);
    await read(`${fixture('paths.npz')}#../../up`);
  });

  test('a key that stands twice is refused', async () => {
    const error = await dataRefusal(openArray(fixture('twice.npz#x')));
    expect(error.message).toContain('every key stands once, got "x" twice. ');
  });

  test('other compressions are refused by their number', async () => {
    const error = await dataRefusal(openArray(fixture('bzip2.npz#x')));
    expect(error.message).toContain('is stored or deflated, got method 12. ');
  });

  test.each(['stored.npz', 'deflated.npz'])(
    'a flipped bit in the elements of %s is noticed',
    async (name) => {
      const bytes = fixtureBytes(name);
      // Behind the local header and, where it is plain, the NPY header: within the first member.
      const at = name === 'stored.npz' ? bytes.indexOf('NUMPY') + 127 : bytes.indexOf('images.npy') + 60;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      const error = await dataRefusal(read(`${write(name, bytes)}#images`));
      expect([
        'DATA_CHECKSUM',
        'DATA_COMPRESSED',
        'DATA_NPY_HEADER',
        'DATA_TRUNCATED',
        'DATA_TRAILING',
      ]).toContain(error.code);
      if (name === 'stored.npz')
        expect(error.message).toContain('#images: the bytes must have the checksum 0x');
    },
  );

  test('an archive cut off anywhere is refused', async () => {
    const bytes = fixtureBytes('stored.npz');
    for (let length = 4; length < bytes.length; length += 7) {
      const error = await dataRefusal(openArray(`${write('cut.npz', bytes.subarray(0, length))}#images`));
      expect(error.code).toBe('DATA_ZIP');
    }
  });

  test('a member that promises more than its bytes can hold is refused before it is read', async () => {
    const bytes = fixtureBytes('deflated.npz');
    const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(0x7fffffff, directory + 24);
    const error = await dataRefusal(openArray(`${write('bomb.npz', bytes)}#images`));
    expect(error.code).toBe('DATA_TRUNCATED');
    expect(error.message).toContain('the archive promises 2147483647 bytes, got ');
  });

  test('a member that unfolds to more than its header promises is stopped there', async () => {
    // The directory and the NPY header agree on a small array; the deflated bytes go on for 50 MB.
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (8,), }\n";
    const content = npy(header, new Uint8Array(50_000_000));
    const packed = deflateRawSync(content);
    const claimed = npy(header).length + 8;
    const error = await dataRefusal(read(`${write('folded.npz', zip('x.npy', packed, claimed))}#x`));
    expect(error.code).toBe('DATA_TRAILING');
    expect(error.message).toContain('[8] of u8, 8 bytes, got more. ');
  });
});

/** An archive with one deflated member, whose directory claims a length. */
function zip(name: string, packed: Uint8Array, claimed: number): Buffer {
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 'latin1');
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 'latin1');
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(claimed, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

describe('safetensors', () => {
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });

  test('lists its tensors in the order of their bytes, and refuses other types alone', async () => {
    const members = await listArrays(fixture('types.safetensors'));
    expect(members).toHaveLength(16);
    const refused = members.flatMap((member) => ('refusal' in member ? [member.refusal.message] : []));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain('types.safetensors#eight: the elements must be of BOOL, U8, ');
    expect(refused[0]).toContain('got "F8_E4M3". ');
  });

  test.each<[string, Buffer, string, string]>([
    [
      'a header longer than the file',
      Buffer.concat([Buffer.from('ffffff0000000000', 'hex'), Buffer.from('{}')]),
      'DATA_TRUNCATED',
      'takes 16777215 bytes, got 2',
    ],
    [
      'a header longer than any',
      Buffer.concat([Buffer.from('ffffff7f00000000', 'hex'), Buffer.from('{}')]),
      'DATA_SAFETENSORS',
      'at most 100000000 bytes, got 2147483647',
    ],
    ['no JSON', safetensors('{nothing'), 'DATA_SAFETENSORS', 'the header is JSON'],
    [
      'a key twice',
      safetensors(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'DATA_KEY',
      'got "a" twice',
    ],
    [
      'a type twice',
      safetensors('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      'DATA_KEY',
      'got "dtype" twice',
    ],
    [
      'overlapping tensors',
      safetensors({ a: f32(0, 8), b: f32(4, 12) }, new Uint8Array(12)),
      'DATA_SAFETENSORS',
      '#b: in a safetensors file the bytes begin at 8, where those before end, got 4, an overlap',
    ],
    [
      'a gap',
      safetensors({ a: f32(0, 4), b: f32(8, 12) }, new Uint8Array(12)),
      'DATA_SAFETENSORS',
      'got 8, a gap',
    ],
    [
      'offsets out of the file',
      safetensors({ a: f32(0, 16) }, new Uint8Array(12)),
      'DATA_TRUNCATED',
      '#a: the header promises bytes 0 to 16 of the data, got 12',
    ],
    [
      'bytes of nobody',
      safetensors({ a: f32(0, 4) }, new Uint8Array(12)),
      'DATA_TRAILING',
      'promises 4 bytes of data, got 12',
    ],
    [
      'offsets backwards',
      safetensors({ a: f32(4, 0, [1]) }, new Uint8Array(4)),
      'DATA_SAFETENSORS',
      'data_offsets is [begin, end], got [4,0]',
    ],
    [
      'a shape of other length',
      safetensors({ a: f32(0, 4, [2]) }, new Uint8Array(4)),
      'DATA_SAFETENSORS',
      '[2] of f32 takes 8 bytes, got 4',
    ],
    [
      'absurd extents',
      safetensors({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, new Uint8Array(4)),
      'DATA_SAFETENSORS',
      'shape is a list of extents',
    ],
    [
      'no type',
      safetensors({ a: { shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4)),
      'DATA_SAFETENSORS',
      'dtype is a string, got nothing',
    ],
    ['a list', safetensors('{}'.replace('{}', '{"a":[]}')), 'DATA_SAFETENSORS', 'dtype is a string'],
  ])('with %s is refused', async (_, bytes, code, message) => {
    const error = await dataRefusal(openArray(write('bad.safetensors', bytes)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe('CIFAR', () => {
  test('a file that is no whole number of records is refused', async () => {
    const error = await dataRefusal(openCifar(fixture('cifar100.bin'), 'cifar10'));
    expect(error.message).toContain(
      'records of 3073 bytes, got 9222 bytes. Check that it is complete, and not cifar100.',
    );
    expect((await dataRefusal(openCifar(write('empty.bin', ''), 'cifar10'))).code).toBe('DATA_CIFAR');
  });

  test('a label that is no class is refused with its record and byte', async () => {
    const bytes = fixtureBytes('cifar10.bin');
    bytes[2 * 3073] = 10;
    const { labels } = await openCifar(write('label.bin', bytes), 'cifar10');
    const error = await dataRefusal(readTensor(labels.labels!, 'bytes'));
    expect(error.message).toContain(
      'the label of record 2 (from 0, at byte 6146) must be below 10, got 10. ',
    );
  });
});

describe('long text in a file', () => {
  test('is read in time, and without an end of the stack: metadata of safetensors', async () => {
    for (const text of ['x'.repeat(5_000_000), '\\"x'.repeat(2_000_000)]) {
      const header = { __metadata__: { text }, a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } };
      await read(write('long.safetensors', safetensors(header, new Uint8Array(1))));
    }
  });
});

describe('references', () => {
  test('a file with a # in its name is found, with and without a key', async () => {
    const file = write('a#b.npz', fixtureBytes('stored.npz'));
    expect((await openArray(`${file}#images`)).info.shape).toEqual([4, 2, 3]);
    expect((await openArray(write('c#d.npy', fixtureBytes('rank1.npy')))).info.shape).toEqual([5]);
  });

  test('a key for a file with one array is refused', async () => {
    expect((await dataRefusal(openArray(`${fixture('rank1.npy')}#x`))).message).toContain('Leave out #x.');
  });

  test.each([
    ['other bytes', 'hello, world', 'got one that starts with 0x68656c6c6f2c20776f'],
    ['nothing', '', 'got one that starts with no bytes'],
  ])('a file of %s is refused with the formats there are', async (_, content, message) => {
    const error = await dataRefusal(openArray(write('what', content)));
    expect(error.code).toBe('DATA_FORMAT');
    expect(error.message).toContain(message);
  });

  test('a missing file is named without its key', async () => {
    const error = await dataRefusal(openArray(`${folder}/none.npz#x`));
    expect(error.message).toBe(
      `${folder}/none.npz: a data file must exist, got no such file. Check the path.`,
    );
  });
});
