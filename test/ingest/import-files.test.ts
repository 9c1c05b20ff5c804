import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EJSON, Long, serialize } from 'bson'
import { MongoClient, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMongoSink } from '../../src/adapters/mongo/mongo-sink.js'
import {
  type ImportOutcome,
  type ImportProgress,
  importFiles,
  MAX_REJECTIONS,
  rejectedError,
} from '../../src/ingest/import-files.js'
import type { DocumentSink } from '../../src/ports/document-sink.js'
import { freshDatabase, mongo } from '../support/services.js'

let directory: string
let client: MongoClient
let sink: DocumentSink
const database = freshDatabase()
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lakeferry-import-'))
  const { uri } = await mongo()
  client = await MongoClient.connect(uri)
  sink = await openMongoSink({ uri, database })
})
afterAll(async () => {
  await sink?.close()
  await client?.db(database).dropDatabase()
  await client?.close()
  await rm(directory, { recursive: true, force: true })
})

let files = 0
const written = async (content: string | Uint8Array, name = 'papers.json'): Promise<string> => {
  const path = join(directory, `${files++}-${name}`)
  await writeFile(path, content)
  return path
}
let collections = 0
/** Imports into a new collection, and tells what is in it then, in canonical Extended JSON in the order of `n`. */
const imported = async (...paths: string[]): Promise<ImportOutcome & { stored: string[] }> => {
  const collection = `import${collections++}`
  const outcome = await importFiles({ sink }, { files: paths, collection })
  const found = await client
    .db(database)
    .collection(collection)
    .find({}, { promoteValues: false })
    .sort({ n: 1 })
    .toArray()
  expect(found).toHaveLength(outcome.documents)
  return { ...outcome, stored: found.map(({ _id, ...rest }) => EJSON.stringify(rest, { relaxed: false })) }
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content

const THREE = ['{"n":{"$numberInt":"1"}}', '{"n":{"$numberInt":"2"}}', '{"n":{"$numberInt":"3"}}']

describe('every form of the same documents', () => {
  const forms: [string, string | Uint8Array][] = [
    ['JSON Lines', '{"n":1}\n{"n":2}\n{"n":3}\n'],
    ['JSON Lines with CRLF, blank lines and no end of line', '\r\n{"n":1}\r\n\r\n{"n":2}\r\n{"n":3}'],
    ['JSON Lines after a byte order mark', '\ufeff{"n":1}\n{"n":2}\n{"n":3}\n'],
    ['an array', '[{"n":1},{"n":2},{"n":3}]'],
    ['an array over many lines', '[\n  {\n    "n": 1\n  },\n  {\n    "n": 2\n  },\n  {\n    "n": 3\n  }\n]\n'],
    ['documents one after another', '{"n":1}{"n":2} {"n":3}'],
    ['documents over several lines, one after another', '{\n  "n": 1\n}\n{\n  "n": 2\n}\n{ "n":\n 3 }'],
    ['canonical Extended JSON', THREE.join('\n')],
    ['BSON', Buffer.concat([1, 2, 3].map(n => serialize({ n })))],
  ]
  it.each(forms)('%s, plain or gzipped, is imported', async (_, content) => {
    const packed = gzipSync(content)
    const twice = Buffer.concat([gzipSync(bytesOf(content).subarray(0, 5)), gzipSync(bytesOf(content).subarray(5))])
    // Names say nothing: none of these ends in .gz, .jsonl or .bson.
    for (const bytes of [content, packed, twice]) {
      const { documents, rejected, stored } = await imported(await written(bytes, 'data'))
      expect([documents, rejected, stored]).toEqual([3, 0, THREE])
    }
  })

  it('of several files is imported, and empty ones are none', async () => {
    const paths = [
      await written('{"n":2}\n{"n":3}'),
      await written(''),
      await written(' \n'),
      await written('[{"n":1}]'),
    ]
    expect(await imported(...paths)).toMatchObject({ documents: 3, rejected: 0, stored: THREE })
  })
})

it('keeps what JavaScript would change', async () => {
  const line = '{"n":9007199254740993,"d":1.0,"z":{"10":1,"2":{"__proto__":1}},"id":"p1"}'
  const { stored } = await imported(await written(line))
  expect(stored[0]).toContain('"n":{"$numberLong":"9007199254740993"},"d":{"$numberDouble":"1.0"}')
  const raw = (await client
    .db(database)
    .collection(`import${collections - 1}`)
    .findOne({ id: 'p1' }, { raw: true })) as unknown
  const inner = serialize(
    new Map<string, unknown>([
      ['10', 1],
      ['2', new Map([['__proto__', 1]])],
    ]),
  )
  expect(Buffer.from(raw as Uint8Array).includes(Buffer.from(inner))).toBe(true)
})

it('keeps an _id as it is, gives an ObjectId where there is none, and leaves id alone', async () => {
  await importFiles(
    { sink },
    { files: [await written('{"_id":"a","id":1}\n{"id":2}\n{"_id":{"$numberLong":"5"},"id":3}')], collection: 'ids' },
  )
  const found = await client.db(database).collection('ids').find({}, { promoteLongs: false }).sort({ id: 1 }).toArray()
  expect(found.map(({ _id }) => _id)).toEqual(['a', expect.any(ObjectId), Long.fromNumber(5)])
})

describe('what cannot be imported is told with file and line, and nothing else is lost', () => {
  it('in JSON Lines', async () => {
    const lines = [
      '{"n":1}',
      '{"n":',
      '{"n":1,"n":2}',
      'null',
      '{"n":2}',
      '{"n":2} trailing',
      '{"s":"\\ud800"}',
      '{"n":3}{',
      '{"n":3}',
    ]
    const path = await written(lines.join('\n'))
    const outcome = await imported(path)
    expect(outcome.stored).toEqual(THREE)
    expect(outcome.rejections).toEqual([
      { file: path, line: 2, reason: 'wanted a value, but the text ends (column 6)' },
      { file: path, line: 3, reason: 'a field name that is there twice at n (column 1)' },
      { file: path, line: 4, reason: 'wanted a document, got "null" (column 1)' },
      { file: path, line: 6, reason: 'wanted a document, got "trailing" (column 9)' },
      { file: path, line: 7, reason: 'half of a surrogate pair (\\ud800) is no character (column 7)' },
      { file: path, line: 8, reason: 'wanted a field name in double quotes, but the text ends (column 9)' },
    ])
    expect(rejectedError(outcome)).toMatchObject({
      code: 'IMPORT_REJECTED',
      details: { rejected: 6, first: `${path}:2: ${outcome.rejections[0]?.reason}` },
    })
    expect(rejectedError({ documents: 3, rejected: 0, rejections: [] })).toBeUndefined()
  })

  it('with invalid UTF-8 and NUL bytes', async () => {
    const path = await written(Buffer.from('{"n":1}\n{"s":"é\xff"}\n{"s":\0}\n{"n":2}\n', 'latin1'))
    const { documents, rejections } = await imported(path)
    expect(documents).toBe(2)
    expect(rejections.map(({ line, reason }) => [line, reason.replace(/ \(.*/, '')])).toEqual([
      [2, 'invalid UTF-8'],
      [3, 'wanted a value, got byte 0x00'],
    ])
  })

  it('over several lines', async () => {
    const path = await written(
      '[\n  {\n    "n": 1\n  },\n  {\n    "n": 01\n  },\n  {\n    "n": 2\n  },\n  7,\n  {"n": 3}\n',
    )
    const { stored, rejections } = await imported(path)
    expect(stored).toEqual(THREE)
    expect(rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [5, '01 is no JSON number (line 6, column 10)'],
      [11, 'text that belongs to no document'],
      [13, 'the array is not closed: the file may be cut off'],
    ])
  })

  it('by the server', async () => {
    const path = await written('{"_id":1,"n":1}\n{"_id":2,"n":2}\n{"_id":1,"n":4}\n{"_id":3,"n":3}\n')
    const { documents, rejections } = await imported(path)
    expect(documents).toBe(3)
    expect(rejections).toEqual([{ file: path, line: 3, reason: expect.stringContaining('duplicate key') }])
  })

  it('because a gzipped file is cut off or damaged', async () => {
    const lines = Array.from({ length: 24_000 }, (_, n) => `{"n":${n},"r":${Math.sin(n)}}`)
    const whole = gzipSync(lines.join('\n'))
    const cut = whole.subarray(0, whole.length / 2)
    const damaged = Buffer.from(whole)
    damaged.fill(0, Math.floor(whole.length * 0.75), Math.floor(whole.length * 0.75) + 100)
    for (const bytes of [cut, damaged]) {
      const { documents, rejections } = await imported(await written(bytes))
      expect(documents).toBeGreaterThan(0)
      expect(documents).toBeLessThan(24_000)
      expect(rejections.at(-1)?.reason).toContain('the gzipped file is damaged or cut off')
    }
  })

  it('in a broken BSON file', async () => {
    const good = Buffer.concat([1, 2].map(n => serialize({ n })))
    const bad = Buffer.from(serialize({ s: 'é' }))
    bad[bad.indexOf(0xc3)] = 0xff
    const { documents, rejections } = await imported(
      await written(Buffer.concat([good, bad, serialize({ n: 3 }), Buffer.from([9])])),
    )
    expect(documents).toBe(3)
    expect(rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'text that is no UTF-8 at s'],
      [5, 'document 5 is cut off at the end of the file'],
    ])
  })

  it('up to a thousand times; the rest is counted', async () => {
    const { rejected, rejections } = await imported(await written(`{"n":1}\n${'oops\n'.repeat(MAX_REJECTIONS + 5)}`))
    expect([rejected, rejections.length]).toEqual([MAX_REJECTIONS + 5, MAX_REJECTIONS])
  })
})

describe('a file that cannot be imported at all', () => {
  it('is an error before anything is dropped or imported', async () => {
    const good = await written('{"n":1}')
    await importFiles({ sink }, { files: [good], collection: 'kept' })
    for (const [content, reason] of [
      [Buffer.from('89504e470d0a1a0a0000', 'hex'), 'neither JSON nor BSON'],
      ['id,title\n1,x\n', 'begins with "id,title'],
      ['"text"', 'neither JSON nor BSON'],
      [Buffer.from('\ufeff{"n":1}', 'utf16le'), 'UTF-16'],
      [gzipSync('hello'), 'neither JSON nor BSON'],
      [gzipSync('{"n":1}').subarray(0, -9), 'unexpected end of file'],
      // zlib stops without a word at a zero byte after a member, whatever follows.
      [Buffer.concat([gzipSync('{"n":1}'), Buffer.alloc(1), gzipSync('{"n":2}')]), 'bytes are no gzip'],
    ] as const) {
      const file = await written(content)
      const attempt = importFiles({ sink }, { files: [good, file], collection: 'kept', drop: true })
      await expect(attempt).rejects.toMatchObject({
        code: 'IMPORT_FILE',
        exitCode: 2,
        details: { file, reason: expect.stringContaining(reason) },
      })
    }
    for (const file of [join(directory, 'absent'), directory])
      await expect(
        importFiles({ sink }, { files: [good, file], collection: 'kept', drop: true }),
      ).rejects.toMatchObject({ code: 'IMPORT_FILE' })
    expect(await sink.count('kept')).toBe(1)
    expect(await importFiles({ sink }, { files: [good], collection: 'kept', drop: true })).toMatchObject({
      documents: 1,
    })
    expect(await sink.count('kept')).toBe(1)
  })
})

it('tells its progress, and stops when told to', async () => {
  const path = await written(Array.from({ length: 9_000 }, (_, n) => `{"n":${n}}`).join('\n'))
  const seen: ImportProgress[] = []
  await importFiles({ sink }, { files: [path], collection: 'progress', onProgress: progress => seen.push(progress) })
  expect(seen.at(-1)).toMatchObject({ file: path, documents: 9_000, rejected: 0 })
  expect(seen.at(-1)?.bytesRead).toBe(seen.at(-1)?.bytesTotal)
  expect(seen.map(({ bytesRead }) => bytesRead)).toEqual(
    seen.map(({ bytesRead }) => bytesRead).toSorted((a, b) => a - b),
  )
  const stop = new AbortController()
  const request = { files: [path], collection: 'stopped', signal: stop.signal, onProgress: () => stop.abort('SIGINT') }
  await expect(importFiles({ sink }, request)).rejects.toMatchObject({
    code: 'INTERRUPTED',
    details: { signal: 'SIGINT' },
  })
  expect(await sink.count('stopped')).toBeLessThan(9_000)
})
