import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'
import { LakeferryError } from '../../src/errors.js'

/**
 * `name.odcs.yaml` beside `name.expected.txt`: what a user is told, or the contract that comes of it. Of several objects
 * the one that a comment names, `# object: comments`. Adding a case is adding a file; `vitest -u` writes what is expected, to be read before it is committed.
 */
const folder = fileURLToPath(new URL('../golden/contract/', import.meta.url))
const ENDING = '.odcs.yaml'

describe('contracts', () => {
  const names = readdirSync(folder).filter(file => file.endsWith(ENDING))
  it.each(names)('%s', async file => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    const expected = `${folder}${file.slice(0, -ENDING.length)}.expected.txt`
    await expect(outcome(text, file)).toMatchFileSnapshot(expected)
  })
})

function outcome(text: string, file: string): string {
  try {
    const object = /^# object: (.+)$/m.exec(text)?.[1]
    const { fingerprint, source, ...contract } = parseContract(text, file, object === undefined ? {} : { object })
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(source).toBe(text)
    return `${JSON.stringify(contract, null, 2)}\n`
  } catch (error) {
    if (!(error instanceof LakeferryError)) throw error
    return `${error.code} ${error.message}\n${error.hint}\n`
  }
}
