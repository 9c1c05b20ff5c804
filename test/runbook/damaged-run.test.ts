import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { procedure } from './book.js'
import { World } from './world.js'

let world: World
beforeAll(async () => {
  world = await World.make()
})
afterAll(() => world.end())

const titles = (documents: readonly string[]): string[] =>
  documents.map(line => (JSON.parse(line) as { title: string }).title).sort()

describe('a damaged run', () => {
  it('is set aside, so that readers have a whole one at once, and again a new one', async () => {
    const book = procedure('A run is damaged')
    const [PREVIOUS, before] = [await world.export(), await world.documents()]
    await world.papers.insertOne({ title: 'Title later', year: 2026 })
    const RUN = await world.export()
    const part = world.run(RUN, 'bson.gz/part-00000.bson.gz')
    const whole = await readFile(part)
    const bytes = Buffer.from(whole)
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    await writeFile(part, bytes)
    const situation = world.situation({ RUN, PREVIOUS })

    await book.see(situation)
    const refused = await world.facts(`restore papers --to ${world.database}_copy.papers`)
    expect(refused['error']).toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      hint: expect.stringContaining(`lakeferry quarantine papers --run ${RUN} --reason`),
    })

    await book.act(situation)
    expect(await world.titles()).toEqual(titles(await world.documents()))
    const [newest] = (await world.facts('runs papers'))['runs']
    expect(newest['runId'] > RUN).toBe(true)
    expect(await world.facts('verify papers --against both')).toMatchObject({
      exitCode: 0,
      digest: await world.digest(),
    })

    // The run before was what readers had in between: with it newest again, they see what was there before.
    await world.lakeferry(`quarantine papers --run ${newest['runId']} --reason "to look at the one before"`)
    expect((await world.pointer())['runId']).toBe(PREVIOUS)
    expect(await world.titles()).toEqual(titles(before))
    await world.lakeferry(`quarantine papers --run ${newest['runId']} --release`)

    await book.after(situation)
    expect(await readdir(world.inLake('papers'))).not.toContain(`run=${RUN}`)
    expect((await world.pointer())['runId']).toBe(newest['runId'])
  })

  it('comes back as it was, to the byte, when its objects do; nothing else takes its place meanwhile', async () => {
    const RUN = await world.export()
    const [part, manifest] = [world.run(RUN, 'parquet/part-00000.parquet'), world.run(RUN, '_manifest.json')]
    const text = await readFile(manifest)
    await copyFile(part, `${world.cwd}/backup`)
    await rm(part)
    const aside = await world.facts(`quarantine papers --run ${RUN} --reason "a part is gone"`)
    expect(aside).toMatchObject({ exitCode: 0, runs: [{ runId: RUN, reason: 'a part is gone' }] })
    expect(aside['newest'] < RUN).toBe(true)

    expect((await world.facts(`verify papers --run ${RUN}`))['error']).toMatchObject({
      code: 'RUN_MISSING',
      message: expect.stringMatching(/was set aside at .*: a part is gone$/),
    })
    expect((await world.facts(`export papers --run-id ${RUN}`))['error']).toMatchObject({ code: 'RUN_EXISTS' })
    const { exitCode, kept } = await world.facts('gc papers --older-than 1s')
    expect([exitCode, kept]).toMatchObject([0, [{ runId: RUN, reason: expect.stringContaining('a part is gone') }]])
    expect((await world.lakeferry('runs papers')).output).toContain(`${RUN}  set aside at`)

    expect(await world.facts(`quarantine papers --run ${RUN} --release`)).toMatchObject({
      exitCode: 1,
      problems: [{ key: `papers/run=${RUN}/parquet/part-00000.parquet`, problem: 'it is not there' }],
    })
    await copyFile(`${world.cwd}/backup`, part)
    expect(await world.facts(`quarantine papers --run ${RUN} --release`)).toMatchObject({ exitCode: 0, newest: RUN })
    expect(await readFile(manifest)).toEqual(text)
    expect((await world.facts(`verify papers --run ${RUN}`))['exitCode']).toBe(0)
  })

  it('keeps its objects as long as it is set aside, however old it is', async () => {
    const RUN = '20260102T020000.000Z-1a2b3c'
    await world.lakeferry(`export papers --run-id ${RUN}`)
    await world.lakeferry(`quarantine papers --run ${RUN} --reason "not to be used"`)
    expect(await world.facts('gc papers --older-than 1s')).toMatchObject({ exitCode: 0, removed: [] })
    expect(await world.facts(`quarantine papers --run ${RUN} --release`)).toMatchObject({ exitCode: 0 })
    expect((await world.facts(`verify papers --run ${RUN}`))['exitCode']).toBe(0)
  })

  it('may be one whose manifest is', async () => {
    const book = procedure('The newest manifest cannot be read')
    const [newest, previous] = (await world.facts('runs papers'))['runs']
    await truncate(world.run(newest['runId'], '_manifest.json'), 10)
    const [now] = (await world.facts('runs papers'))['runs']
    expect(now['problem']).toContain('not JSON')
    // Of another run, what was asked for is done, and said, before the error that remains.
    const other = await world.lakeferry(`quarantine papers --run ${previous['runId']} --reason "a try"`)
    expect([other.exitCode, other.output]).toEqual([3, expect.stringContaining(`${previous['runId']} is set aside`)])
    await world.lakeferry(`quarantine papers --run ${previous['runId']} --release`)
    const situation = world.situation({ RUN: newest['runId'], PREVIOUS: previous['runId'] })
    await book.see(situation)
    await book.act(situation)
    await book.after(situation)
    expect(await world.titles()).toEqual(titles(await world.documents()))
    const record = await readFile(world.inLake(`_lakeferry/quarantine/papers/${newest['runId']}.json`), 'utf8')
    expect(Buffer.from(JSON.parse(record).manifest, 'base64')).toHaveLength(10)
  })
})

describe('a lost pointer', () => {
  it.each([
    ['removed', (file: string) => rm(file)],
    ['overwritten', (file: string) => writeFile(file, '{"runId":')],
  ])('that was %s is made anew, to the byte, and no reader of ours goes without', async (_, spoil) => {
    const book = procedure('The pointer is lost')
    const RUN = await world.export()
    const [file, situation] = [world.inLake('papers/_latest.json'), world.situation({ RUN })]
    const text = await readFile(file)
    await spoil(file)
    await book.see(situation, async () => {
      await expect(world.titles()).rejects.toThrow()
    })
    expect(await world.facts('status papers')).toMatchObject({ exitCode: 0, runId: RUN })
    await book.act(situation)
    expect(await readFile(file)).toEqual(text)
    await book.after(situation)
  })
})
