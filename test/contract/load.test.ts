import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadContract, parseContract } from '../../src/contract/load.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

const two = `apiVersion: v3.1.0
kind: DataContract
id: two
version: 1.0
status: active
schema:
  - {name: papers, properties: [{name: title, logicalType: string}]}
  - {name: comments, properties: [{name: text, logicalType: string}]}
`

describe('a contract file', () => {
  it.each(['papers', 'comments'])('of the real data, %s, is read', async name => {
    const contract = await loadContract(join(root, `test/contracts/${name}.odcs.yaml`))
    expect(contract.keyColumns).toEqual([['id']])
    expect(new Set(contract.rules.map(rule => rule.id)).size).toBe(contract.rules.length)
  })

  it('may be JSON', () => {
    const json = JSON.stringify({
      apiVersion: 'v3.0.2',
      kind: 'DataContract',
      id: 'j',
      version: '1',
      status: 'draft',
      schema: [{ name: 's', properties: [{ name: 'x', logicalType: 'integer' }] }],
    })
    expect(parseContract(json, 'contract.json').columns).toEqual([{ name: 'x', type: { kind: 'int64' } }])
  })

  it('with several objects needs the name of one', () => {
    expect(parseContract(two, 'f', { object: 'comments' }).columns[0]?.name).toBe('text')
    expect(() => parseContract(two, 'f')).toThrow('schema has 2 objects (papers, comments)')
    expect(() => parseContract(two, 'f', { object: 'paper' })).toThrow('none is called paper')
  })

  it('keeps a version as it was written', () => {
    expect(parseContract(two, 'f', { object: 'papers' }).version).toBe('1.0')
  })

  it('is known by the digest of its bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lf-contract-'))
    try {
      const file = join(folder, 'c.yaml')
      await writeFile(file, two)
      const loaded = await loadContract(file, { object: 'papers' })
      expect(loaded).toEqual(parseContract(two, file, { object: 'papers' }))
      await writeFile(file, `${two}# more\n`)
      expect((await loadContract(file, { object: 'papers' })).fingerprint).not.toBe(loaded.fingerprint)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('that is not there, or no text, is told so', async () => {
    await expect(loadContract('/nowhere/c.yaml')).rejects.toMatchObject({
      code: 'CONTRACT_MISSING',
      details: { file: '/nowhere/c.yaml' },
    })
    const folder = await mkdtemp(join(tmpdir(), 'lf-contract-'))
    try {
      await writeFile(join(folder, 'c.yaml'), Uint8Array.of(0xff, 0xfe, 0x00))
      await expect(loadContract(join(folder, 'c.yaml'))).rejects.toMatchObject({ code: 'CONTRACT_INVALID' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('docs/contracts.md', () => {
  it('has an example that is read, with the rules that it says', async () => {
    const text = await readFile(join(root, 'docs/contracts.md'), 'utf8')
    const example = /```yaml\n(apiVersion[\s\S]*?)```/.exec(text)?.[1]
    const contract = parseContract(example ?? '', 'docs/contracts.md')
    expect(contract.freshnessSeconds).toBe(26 * 3600)
    const told = contract.rules
      .filter(rule => rule.kind !== 'type')
      .map(rule => `${rule.id} ${rule.severity}: ${rule.message}`)
    expect(told).toEqual([
      'id.required error: Missing id',
      'id.pattern error: id does not match [A-Za-z0-9_-]{9,13}',
      'id.unique error: id is not unique',
      'title.required error: Missing title',
      'title.minLength error: Missing title',
      'title.maxLength error: title is longer than 300 characters',
      'title.unique warning: Title used twice',
      'year.required error: Missing year',
      'year.minimum error: year is below 2013',
      'rating_avg.minimum error: rating_avg is below -1',
      'rating_avg.maximum error: rating_avg is above 10',
      'status.enum error: status is none of Active, Poster, Oral, Reject, Withdraw',
      'keywords.maxItems error: keywords has more than 20 items',
      'keywords.notEmpty info: No keywords',
      'venue.name.required error: Missing venue.name',
      'authors.anyOf warning: No authors',
      'rowCount error: There are fewer than 1001 documents',
    ])
  })

  it('shows how to tell about a rule in a form that is read', async () => {
    const text = await readFile(join(root, 'docs/contracts.md'), 'utf8')
    const notes = /```yaml\n(customProperties[\s\S]*?)```/.exec(text)?.[1] ?? ''
    const property = `      - name: title
        logicalType: string
        required: true
        logicalTypeOptions: {maxLength: 100}
${notes.replace(/^/gm, '        ')}`
    const contract = parseContract(
      `apiVersion: v3.1.0\nkind: DataContract\nid: n\nversion: '1'\nstatus: active\nschema:\n  - name: s\n    properties:\n${property}`,
      'f',
    )
    expect(contract.rules.slice(1).map(({ message, severity }) => [message, severity])).toEqual([
      ['Missing title', 'error'],
      ['Long title', 'info'],
    ])
  })
})
