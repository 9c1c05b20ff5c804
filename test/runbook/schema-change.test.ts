import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { procedure } from './book.js'
import { CONTRACT, World } from './world.js'

let world: World
beforeEach(async () => {
  world = await World.make()
})
afterEach(() => world.end())

const WRONG = CONTRACT.replace('{name: year, logicalType: integer}', '{name: year, logicalType: string}')
const contractFile = (): string => join(world.cwd, 'contracts/papers.odcs.yaml')
const contract = (): Promise<string> => readFile(contractFile(), 'utf8')

describe('a wrong change', () => {
  it('of the contract after a run is gone back on, by what the lake has kept', async () => {
    const book = procedure('The contract has other columns than the run')
    const situation = world.situation({ RUN: await world.export() })
    await writeFile(contractFile(), WRONG)
    await book.see(situation)
    // A run that is named is held to its own contract, whatever today's says.
    expect(await world.facts(`validate papers --run ${situation.values['RUN']}`)).toMatchObject({
      ...{ exitCode: 0, contract: { kept: true } },
    })
    await book.act(situation)
    expect(await contract()).toBe(CONTRACT)
    await book.after(situation)
  })

  it('of the contract before a run makes a run that nobody reads in the end', async () => {
    const book = procedure('A wrong contract went live')
    const PREVIOUS = await world.export()
    await writeFile(contractFile(), WRONG)
    const { exitCode, runId: RUN } = await world.facts('run papers')
    expect(exitCode).toBe(1)
    const situation = world.situation({ RUN, PREVIOUS })
    await book.see(situation, async () => {
      const { output } = await world.lakeferry(
        'query "SELECT count(*) AS n, count(year) AS years FROM papers" --format csv --quiet',
      )
      expect(output).toContain('200,0')
    })
    await book.act(situation)
    expect(await contract()).toBe(CONTRACT)
    await book.after(situation)
    const { output } = await world.lakeferry('query "SELECT count(year) AS years FROM papers" --format csv --quiet')
    expect(output).toContain('200')
  })

  it('of what the application writes is found in _misfit, mended in MongoDB and exported again', async () => {
    const book = procedure('The application writes another type')
    const PREVIOUS = await world.export()
    await world.papers.updateMany({ _id: { $in: ['p1', 'p4'] } } as object, { $set: { year: '2024' } })
    const { exitCode, runId: RUN } = await world.facts('run papers')
    expect(exitCode).toBe(1)
    const situation = { ...world.situation({ RUN, PREVIOUS }), mongo: world.uri }
    await book.see(situation)
    await book.act(situation)
    expect(await world.papers.countDocuments({ year: { $type: 'string' } })).toBe(0)
    expect(await world.papers.findOne({ _id: 'p4' } as object)).toMatchObject({ year: 2024 })
    await book.after(situation)
    expect(await world.facts('validate papers')).toMatchObject({ exitCode: 0, failingDocuments: { any: 0 } })
  })
})
