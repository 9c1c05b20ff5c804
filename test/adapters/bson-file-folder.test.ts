import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { serialize } from 'bson'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bson, dumpName, type Escape, metadata, openAt, readCollection, scratch, write } from './bson-file-dump.js'

let dir: string
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ dir, remove } = await scratch())
})
afterAll(() => remove())

const PAPERS = [{ _id: 1 }, { _id: 2 }]
const OTHERS = [{ _id: 'x' }]

/** A folder of its own, with these files in it. */
async function dump(name: string, files: Record<string, Uint8Array | string>): Promise<string> {
  const path = join(dir, name)
  await mkdir(path, { recursive: true })
  for (const [file, content] of Object.entries(files)) await write(join(path, file), content)
  return path
}

async function reads(path: string, collection: string, database = 'iclr'): Promise<Buffer> {
  return Buffer.concat(await readCollection(path, collection, { database }))
}

describe('a folder', () => {
  it('is that of a dump, with a folder for each database', async () => {
    const path = await dump('whole', {
      'iclr/papers.bson': bson(PAPERS),
      'iclr/papers.metadata.json': metadata('papers'),
      'other/papers.bson.gz': bson(OTHERS),
      'other/papers.metadata.json.gz': metadata('papers'),
    })
    expect(await reads(path, 'papers')).toEqual(bson(PAPERS))
    expect(await reads(path, 'papers', 'other')).toEqual(bson(OTHERS))
    await expect(reads(path, 'papers', 'iclr_2024')).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: `${path} cannot be read as a backup: the folder has no database iclr_2024; it has iclr, other`,
      exitCode: 2,
    })
  })

  it('or that of one database, whatever the database is called', async () => {
    const path = await dump('one', { 'papers.bson': bson(PAPERS), 'empty.bson': '' })
    const source = await openAt(path, { database: 'anything' })
    expect((await source.probe()).collections).toEqual(['empty', 'papers'])
    expect(await reads(path, 'papers', 'anything')).toEqual(bson(PAPERS))
    expect(await reads(path, 'empty', 'anything')).toHaveLength(0)
  })

  it('or a single file, which has one collection', async () => {
    const path = await dump('single', { 'papers.bson.gz': bson(PAPERS), 'others.bson': bson(OTHERS) })
    expect(await reads(join(path, 'papers.bson.gz'), 'papers')).toEqual(bson(PAPERS))
    await expect(reads(join(path, 'papers.bson.gz'), 'others')).rejects.toMatchObject({
      code: 'COLLECTION_MISSING',
      details: { namespace: 'iclr.others', known: ['papers'] },
    })
  })

  it('may have symbolic links for folders and for files', async () => {
    const path = await dump('links', {})
    await symlink(await dump('elsewhere', { 'x.bson': bson(PAPERS) }), join(path, 'iclr'))
    await symlink(join(dir, 'elsewhere/x.bson'), join(dir, 'elsewhere/papers.bson'))
    await symlink(path, join(dir, 'link to links'))
    expect(await reads(join(dir, 'link to links'), 'papers')).toEqual(bson(PAPERS))
  })

  it('tells of an oplog, which is no collection, and of the versions that made it', async () => {
    const path = await dump('oplog', {
      'oplog.bson': bson(OTHERS),
      'prelude.json': '{"ServerVersion":"8.0.4","ToolVersion":"100.12.0"}',
      'iclr/papers.bson': bson(PAPERS),
    })
    const probe = await (await openAt(path)).probe('papers')
    expect(probe).toMatchObject({
      member: path,
      topology: 'backup folder',
      version: 'mongodump 100.12.0 of MongoDB 8.0.4',
      collections: ['papers'],
    })
    expect(probe.guarantee).toMatchObject({
      reason: expect.stringMatching(/^iclr\/papers\.bson .*its oplog is not applied/),
    })
    // In a database's own folder it may well be one.
    const own = await dump('own oplog', { 'oplog.bson': bson(OTHERS) })
    expect(await reads(own, 'oplog')).toEqual(bson(OTHERS))
  })
})

describe('names of files', () => {
  it('are escaped as mongodump does', async () => {
    const names = [
      'a/b',
      'caf\u00e9s',
      'with space',
      '100%',
      'a%20b',
      'x.y',
      "it's (new)!*",
      'a+b',
      'a&b=c:d@e',
      '\u4e2d\u6587',
      'metadata.json',
    ]
    expect(dumpName('a/b')).toBe('a%2Fb')
    expect(dumpName('caf\u00e9s')).toBe('caf%C3%A9s')
    const files = Object.fromEntries(names.map(name => [`${dumpName(name)}.bson`, serialize({ _id: name })]))
    const path = await dump('escaped', files)
    expect((await (await openAt(path)).probe()).collections).toEqual([...names].sort())
    for (const name of names) expect(await reads(path, name)).toEqual(Buffer.from(serialize({ _id: name })))
  })

  it.each<Escape>(['path', 'query'])('are any that a collection may have, escaped as for a %s', async way => {
    const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(name => !name.includes('\0'))
    let at = 0
    await fc.assert(
      fc.asyncProperty(any, async name => {
        const path = await dump(`any ${way} ${at++}`, {
          [`${dumpName(name, way)}.bson`]: serialize({ name }),
          [`${dumpName(name, way)}.metadata.json`]: metadata(name),
        })
        expect(await reads(path, name)).toEqual(Buffer.from(serialize({ name })))
      }),
      { numRuns: 25 },
    )
  })

  it('have a plus for a space where the metadata say so, or are too old to', async () => {
    const old = JSON.stringify({ options: {}, indexes: [], uuid: 'ab' })
    const path = await dump('pluses', {
      'a+b.bson': serialize({ of: 'a b' }),
      'a+b.metadata.json': metadata('a b'),
      'c+d.bson': serialize({ of: 'c+d' }),
      'c+d.metadata.json': metadata('c+d'),
      'e+f.bson': serialize({ of: 'e f' }),
      'e+f.metadata.json': old,
      'g%2Bh.bson': serialize({ of: 'g+h' }),
      'g%2Bh.metadata.json': old,
      'i+j.bson': serialize({ of: 'i+j' }),
      // Somebody has copied it under another name.
      'k+l.bson': serialize({ of: 'k+l' }),
      'k+l.metadata.json': metadata('papers'),
    })
    const names = ['a b', 'c+d', 'e f', 'g+h', 'i+j', 'k+l']
    expect((await (await openAt(path)).probe()).collections).toEqual(names)
    for (const of of names) expect(await reads(path, of)).toEqual(Buffer.from(serialize({ of })))
  })

  it('are shortened as mongodump does, and then the metadata or the hash tell', async () => {
    // The name and its file's are those of mongo-tools' own test data.
    const long = `a${'Very'.repeat(46)}LongCollectionNameConsistingOfExactlyTwoHundredAndFortySevenCharacters`
    const stem = `a${'Very'.repeat(44)}LongCollectionNameConsistingOfE%24xFO0VquRn7cg3QooSZD5sglTddU`
    const name = long.replace('VeryVeryLong', 'Long')
    expect(name).toHaveLength(247)
    expect(dumpName(name)).toBe(stem)
    const told = await dump('long', { [`${stem}.bson`]: bson(PAPERS), [`${stem}.metadata.json`]: metadata(name) })
    expect((await (await openAt(told)).probe()).collections).toEqual([name])
    expect(await reads(told, name)).toEqual(bson(PAPERS))
    const untold = await dump('long without metadata', { [`${stem}.bson`]: bson(PAPERS) })
    expect(await reads(untold, name)).toEqual(bson(PAPERS))
    await expect(reads(untold, `${name}x`)).rejects.toMatchObject({ code: 'COLLECTION_MISSING' })
  })

  it('were once not escaped at all', async () => {
    const path = await dump('old', { '100%.bson': bson(PAPERS) })
    expect(await reads(path, '100%')).toEqual(bson(PAPERS))
  })
})

describe('what has no documents of its own', () => {
  it('is refused, with what to do instead', async () => {
    const path = await dump('views', {
      'iclr/papers.bson': bson(PAPERS),
      'iclr/active.metadata.json': metadata('active', { viewOn: 'papers', pipeline: [] }, 'view'),
      'iclr/weather.metadata.json': metadata('weather', { timeseries: { timeField: 'at' } }, 'timeseries'),
      'iclr/system.buckets.weather.bson': bson(OTHERS),
      'iclr/system.buckets.bare.bson': bson(OTHERS),
      'iclr/lost.metadata.json': metadata('lost'),
    })
    const refusal = async (name: string): Promise<string> => {
      const error = await (await openAt(path)).inspect(name).catch(thrown => thrown)
      return `${error.code} ${error.message} | ${error.hint}`
    }
    expect(await refusal('active')).toBe(
      `SOURCE_FILE ${path} cannot be read as a backup: active is a view of papers: a backup has its definition and no documents | ` +
        'Export papers, or restore the backup into a MongoDB and export active from there.',
    )
    for (const name of ['weather', 'bare']) {
      expect(await refusal(name)).toContain(
        `${name} is a time-series collection, of which a backup has the buckets and not the documents`,
      )
      expect(await refusal(name)).toContain(`or export system.buckets.${name}, the buckets as they are.`)
    }
    expect(await refusal('lost')).toContain('of lost there is only the metadata, and no file of documents')
    expect(await reads(path, 'system.buckets.weather')).toEqual(bson(OTHERS))
    // None of them is offered.
    expect(await refusal('x')).toContain('COLLECTION_MISSING no collection iclr.x; the database has papers |')
  })
})

describe('what is no backup', () => {
  it('is refused with what was found', async () => {
    const refusal = (path: string) =>
      openAt(path).then(
        () => 'it was taken',
        error => `${error.code} ${error.message}`,
      )
    expect(await refusal(join(dir, 'nowhere'))).toBe(
      `SOURCE_FILE ${join(dir, 'nowhere')} cannot be read as a backup: it is not there`,
    )
    expect(await refusal(await dump('nothing', {}))).toContain('the folder has no .bson files')
    expect(await refusal(await dump('texts', { 'a.json': '{}' }))).toContain('the folder has no .bson files')
    expect(await refusal(await dump('empty database', { 'iclr/x.txt': '' }))).toContain('the folder has no .bson files')
    expect(await refusal(await write(join(dir, 'a.json'), '{}'))).toContain(
      'it is neither an archive of mongodump nor named .bson',
    )
    expect(await refusal(await write(join(dir, 'a.json.gz'), '{}'))).toContain(
      'it is neither an archive of mongodump nor named .bson',
    )
    expect(await refusal(await write(join(dir, 'a'), ''))).toContain('it is neither an archive')
    expect(await refusal('/dev/null')).toContain('it is no regular file')
    const both = await dump('both', { 'papers.bson': bson(PAPERS), 'papers.bson.gz': bson(PAPERS) })
    expect(await refusal(both)).toContain('papers.bson is beside it: which of them is the collection?')
    const broken = await dump('broken', { 'a.bson': '', 'a.metadata.json': '{' })
    expect(await refusal(broken)).toContain('it is no metadata of mongodump')
  })

  it('has a file that leads nowhere', async () => {
    const path = await dump('lost', { 'papers.bson': bson(PAPERS) })
    await symlink(join(dir, 'nowhere'), join(path, 'lost.bson'))
    await expect(reads(path, 'lost')).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: `${join(path, 'lost.bson')} cannot be read as a backup: it is not there`,
    })
  })
})
