/** BSON put together byte by byte (bsonspec.org), for what the `bson` package cannot write or writes otherwise. */
export type Bytes = readonly number[]

const encoder = new TextEncoder()

export function int32(value: number): Bytes {
  return [...new Uint8Array(new Int32Array([value]).buffer)]
}

export function int64(value: bigint): Bytes {
  return [...new Uint8Array(new BigInt64Array([value]).buffer)]
}

export function float64(value: number): Bytes {
  return [...new Uint8Array(new Float64Array([value]).buffer)]
}

export function cstring(text: string | Bytes): Bytes {
  return [...(typeof text === 'string' ? encoder.encode(text) : text), 0]
}

/** With its length and its NUL. */
export function string(text: string | Bytes): Bytes {
  const content = cstring(text)
  return [...int32(content.length), ...content]
}

export function binary(subtype: number, payload: Bytes): Bytes {
  return [...int32(payload.length), subtype, ...payload]
}

export function element(type: number, name: string | Bytes, value: Bytes = []): Bytes {
  return [type, ...cstring(name), ...value]
}

export function document(...elements: Bytes[]): Bytes {
  const content = elements.flat()
  return [...int32(content.length + 5), ...content, 0]
}

export function codeWithScope(code: string | Bytes, scope: Bytes): Bytes {
  const content = [...string(code), ...scope]
  return [...int32(content.length + 4), ...content]
}

/** Sixteen bytes from the hex of the value's big-endian form. */
export function decimal(bigEndianHex: string): Bytes {
  return [...Buffer.from(bigEndianHex, 'hex')].reverse()
}

export const OID: Bytes = [...Buffer.from('5f9d88c1a2b3c4d5e6f70819', 'hex')]
export const UUID: Bytes = [...Buffer.from('00112233445566778899aabbccddeeff', 'hex')]

/** One element of every type there is, named for it. */
export const EVERY_TYPE: readonly Bytes[] = [
  element(0x07, '_id', OID),
  element(0x01, 'double', float64(1.5)),
  element(0x02, 'string', string('grüße "x"')),
  element(0x03, 'object', document(element(0x10, 'a', int32(1)))),
  element(0x04, 'array', document(element(0x10, '0', int32(1)), element(0x02, '1', string('b')))),
  element(0x05, 'binData', binary(0, [1, 2, 3])),
  element(0x05, 'oldBinary', binary(2, [...int32(2), 255, 255])),
  element(0x05, 'oldUuid', binary(3, UUID)),
  element(0x05, 'uuid', binary(4, UUID)),
  element(0x05, 'userBinary', binary(0x80, [])),
  element(0x06, 'undefined'),
  element(0x08, 'bool', [1]),
  element(0x09, 'date', int64(1_704_448_800_123n)),
  element(0x0a, 'null'),
  element(0x0b, 'regex', [...cstring('^a/"b"$'), ...cstring('xmi')]),
  element(0x0c, 'dbPointer', [...string('db.c'), ...OID]),
  element(0x0d, 'javascript', string('f()')),
  element(0x0e, 'symbol', string('sym')),
  element(0x0f, 'javascriptWithScope', codeWithScope('g()', document(element(0x12, 'n', int64(2n))))),
  element(0x10, 'int', int32(-2_147_483_648)),
  element(0x11, 'timestamp', int64((4_294_967_295n << 32n) | 4_000_000_000n)),
  element(0x12, 'long', int64(9_007_199_254_740_993n)),
  element(0x13, 'decimal', decimal('303c000000000000000000000000006e')),
  element(0x7f, 'maxKey'),
  element(0xff, 'minKey'),
]

export function bytesOf(bytes: Bytes): { bytes: Uint8Array; view: DataView } {
  const array = Uint8Array.from(bytes)
  return { bytes: array, view: new DataView(array.buffer) }
}
