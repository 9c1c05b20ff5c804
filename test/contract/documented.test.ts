import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'

const text = readFileSync(fileURLToPath(new URL('../../docs/contracts.md', import.meta.url)), 'utf8')

/** The YAML under a heading. */
function example(heading: string): string {
  const found = text.split(`### ${heading}\n`)[1]?.split('\n## ')[0]
  return /```yaml\n([\s\S]*?)```/.exec(found ?? '')?.[1] ?? ''
}

function contract(title: string, object = ''): ReturnType<typeof parseContract> {
  return parseContract(
    `apiVersion: v3.1.0
kind: DataContract
id: documented
version: '1'
status: active
schema:
  - name: comments
${object.replace(/^/gm, '    ')}
    properties:
      - {name: year, logicalType: integer}
      - {name: published_year, logicalType: integer}
      - {name: paper_id, logicalType: string}
      - {name: status, logicalType: string}
      - {name: venue, logicalType: object, properties: [{name: city, logicalType: string}]}
      - name: title
        logicalType: string
        required: true
${title.replace(/^/gm, '        ')}
`,
    'docs/contracts.md',
  )
}

describe('an example of docs/contracts.md', () => {
  it('says which documents a rule is about', () => {
    const rule = contract(example('Rules about some documents')).rules.find(({ id }) => id === 'title.required')
    expect(rule?.where).toEqual({
      all: [
        { test: { kind: 'enum', column: ['status'], values: ['Poster', 'Oral'] } },
        { test: { kind: 'minimum', column: ['year'], bound: 2018, exclusive: false } },
        { not: { test: { kind: 'present', column: ['venue', 'city'] } } },
      ],
    })
  })

  it('has foreign keys at a property and at the schema object', () => {
    const [property = '', object = ''] = example('Foreign keys').split('---\n')
    const rules = contract(property, object).rules.filter(({ kind }) => kind === 'foreignKey')
    expect(rules).toMatchObject([
      { columns: [['title']], dataset: 'papers', to: [['id']] },
      { columns: [['paper_id'], ['year']], dataset: 'papers', to: [['id'], ['year']] },
    ])
  })

  it('has SQL for both engines and for each', () => {
    const rules = contract(example("SQL of one's own")).rules.filter(
      ({ kind }) => kind === 'sql' || kind === 'condition',
    )
    expect(rules).toMatchObject([
      {
        kind: 'sql',
        sql: { duckdb: expect.stringContaining("'\\bdraft"), spark: expect.stringContaining("'\\\\bdraft") },
      },
      { kind: 'condition', sql: { duckdb: 'year <= published_year', spark: 'year <= published_year' } },
    ])
  })
})
