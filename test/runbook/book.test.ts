import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.js'
import { ERRORS } from '../../src/errors.js'
import { BOOK, PARTS, pages } from './book.js'

const here = new URL('.', import.meta.url)
const tests = readdirSync(here)
  .filter(file => file.endsWith('.test.ts') && file !== 'book.test.ts')
  .map(file => readFileSync(new URL(file, here), 'utf8'))
const followed = tests.flatMap(text => [...text.matchAll(/\bprocedure\('([^']+)'\)/g)].map(([, title]) => title))
const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-')

describe('docs/runbook.md', () => {
  it('has a test for each procedure, and a procedure for each test', () => {
    expect(followed.toSorted()).toEqual(
      pages()
        .map(({ title }) => title)
        .toSorted(),
    )
  })

  it('is followed from the first part to the last in each of them', () => {
    for (const text of tests) {
      const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length
      const procedures = count(/\bprocedure\('/g)
      for (const part of [/\bbook\.see\(/g, /\bbook\.act\(/g, /\bbook\.after\(/g]) expect(count(part)).toBe(procedures)
    }
  })

  it.each(pages())('$title: has its four parts, something to look at, and something to do', ({ parts }) => {
    expect([...parts.keys()]).toEqual(PARTS)
    for (const part of ['What you see', 'What to do', 'Afterwards'] as const)
      expect(parts.get(part)?.steps.length, part).toBeGreaterThan(0)
    expect(parts.get('What to do')?.steps.some(({ kind }) => kind !== 'hand')).toBe(true)
  })

  it('is found by each procedure from the table at its beginning', () => {
    const [beginning = ''] = BOOK.split(/^## /m)
    const linked = [...beginning.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target)
    expect(linked.toSorted()).toEqual(
      pages()
        .map(({ title }) => anchor(title))
        .toSorted(),
    )
  })

  it('names commands, errors and sections that there are', () => {
    const commands = new Set(COMMANDS.map(({ name }) => name))
    for (const [, name] of BOOK.matchAll(/(?<=[`'" ]|^)lakeferry ([a-z]+)/gm)) expect([...commands]).toContain(name)
    const code = /(?:SOURCE|LAKE|RUN|CONTRACT|JOB|ENGINE|MANIFEST|COMMIT|RESTORE)_[A-Z_]+/g
    const variables = ['LAKE_KEY_ID', 'LAKE_SECRET_KEY']
    const codes = [...BOOK.matchAll(code)].map(([found]) => found).filter(found => !variables.includes(found))
    expect(codes.filter(found => !(found in ERRORS))).toEqual([])
    const anchors = new Set(pages().map(({ title }) => anchor(title)))
    const links = [...BOOK.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target)
    expect(links.filter(target => !anchors.has(target))).toEqual([])
  })

  it('is linked from the table of errors only where it has the section', () => {
    const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const links = [...errors.matchAll(/runbook\.md#([^)]+)\)/g)].map(([, target = '']) => target)
    const anchors = new Set(pages().map(({ title }) => anchor(title)))
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter(target => !anchors.has(target))).toEqual([])
  })
})
