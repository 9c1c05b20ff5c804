import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadContract } from '../../src/contract/load.js'
import { generateComments } from '../../src/demo/generate-comments.js'
import { generatePapers } from '../../src/demo/generate-papers.js'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'

describe.each([
  ['papers', generatePapers({ count: 2_000, seed: 1 })],
  ['comments', generateComments({ count: 2_000, seed: 1, papers: 10 })],
] as const)('the example contract for %s', (name, { planted, document }) => {
  it('has every rule that a defect is planted for', async () => {
    const contract = await loadContract(join(PACKAGE_ROOT, 'examples', `${name}.odcs.yaml`))
    const rules = contract.rules.map(rule => rule.id)
    for (const rule of planted.expected.keys()) expect(rules).toContain(rule)
  })

  it('declares every field but tldr, which is there to show _extra', async () => {
    const contract = await loadContract(join(PACKAGE_ROOT, 'examples', `${name}.odcs.yaml`))
    const declared = new Set(['_id', ...contract.columns.map(column => column.name)])
    const fields = new Set(Array.from({ length: 500 }, (_, index) => Object.keys(document(index))).flat())
    expect([...fields].filter(field => !declared.has(field))).toEqual(name === 'papers' ? ['tldr'] : [])
    expect([...declared].filter(field => !fields.has(field))).toEqual([])
  })
})
