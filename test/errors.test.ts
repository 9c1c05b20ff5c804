import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERRORS, EXIT_CODES, isLakeferryError, LakeferryError, reasonOf } from '../src/errors.js'

const docs = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')

describe('docs/errors.md', () => {
  const documented = [...docs.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \| ([^|]+) \| ([^|]+) \|$/gm)]

  it('has one row for every code, in the order of the table, and no other', () => {
    expect(documented.map(([, code]) => code)).toEqual(Object.keys(ERRORS))
    // A row that does not parse would otherwise be no row.
    expect([...docs.matchAll(/^\| `[A-Z_]+`/gm)]).toHaveLength(documented.length)
  })

  it('tells the exit code and whether a retry can help as the table has them', () => {
    const told = documented.map(([, code, exit, retry]) => [code, Number(exit), retry === 'yes'])
    expect(told).toEqual(Object.entries(ERRORS).map(([code, row]) => [code, EXIT_CODES[row.family], row.retryable]))
  })
})

describe('a LakeferryError', () => {
  const error = new LakeferryError('RUN_MISSING', { dataset: 'papers', runId: 'x' }, { cause: new Error('why') })

  it('has everything from its row', () => {
    expect(error).toMatchObject({
      name: 'LakeferryError',
      code: 'RUN_MISSING',
      message: 'no committed run x of papers',
      hint: 'lakeferry runs papers lists those there are.',
      family: 'usage',
      retryable: false,
      exitCode: 2,
      details: { dataset: 'papers', runId: 'x' },
    })
    expect(reasonOf(error.cause)).toBe('why')
  })

  it('is told from others by its code', () => {
    expect(isLakeferryError(error)).toBe(true)
    expect(isLakeferryError(error, 'RUN_NONE', 'RUN_MISSING')).toBe(true)
    expect(isLakeferryError(error, 'RUN_NONE')).toBe(false)
    expect(isLakeferryError(new Error('x'), 'RUN_NONE')).toBe(false)
  })
})

describe('the table', () => {
  it('lets nothing be retried that the caller has to mend', () => {
    const rows = Object.entries(ERRORS).filter(([, row]) => row.family === 'usage')
    expect(rows.filter(([, row]) => row.retryable)).toEqual([])
  })

  it('is used: every code is raised somewhere', () => {
    const sources = new Set(
      sourceTexts().flatMap(text => [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, code]) => code)),
    )
    expect(Object.keys(ERRORS).filter(code => !sources.has(code))).toEqual([])
  })
})

function sourceTexts(): string[] {
  const root = new URL('../src/', import.meta.url)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && file !== 'errors.ts')
    .map(file => readFileSync(new URL(file.replaceAll('\\', '/'), root), 'utf8'))
}
