import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partOf } from '../bson/parquet-part-bytes.js'
import { putParts } from '../validate/made-run.js'
import { contractOf } from '../validate/validate-rows.js'
import { sameOnBoth } from './both-engines.js'
import { describeSpark } from './each-spark.js'
import { COLUMNS, documents, rules } from './generated.js'

/** Contracts of 10 rules or more: 300 generated rules at least, each over generated documents. */
const CONTRACTS = Number(process.env['LAKEFERRY_TEST_EQUIVALENCE_CONTRACTS'] ?? 30)

/** Interpreted, since compiling each plan to Java takes longer than running it on so few documents; the other suite compiles. */
const INTERPRETED = { 'spark.sql.codegen.wholeStage': 'false', 'spark.sql.codegen.factoryMode': 'NO_CODEGEN' }

describeSpark(
  'generated contracts over generated documents',
  spark => {
    it('give the same result, violations and rows on both engines', async () => {
      let [ruled, violated] = [0, 0]
      await fc.assert(
        fc.asyncProperty(documents, rules, fc.integer({ min: 1, max: 2 }), async (docs, list, parts) => {
          const folder = await mkdtemp(join(tmpdir(), 'lf-same-'))
          try {
            const split = Array.from({ length: parts }, (_, part) => docs.filter((_, index) => index % parts === part))
            const made = await putParts(folder, COLUMNS, split, async (part, path) => {
              await writeFile(path, partOf(part, { columns: COLUMNS, createdBy: 'test' }))
            })
            const keys = [['t'], ['d'], ['m'], ['data', 's']]
            const result = await sameOnBoth(spark.session, { ...made, folder }, contractOf(COLUMNS, list, keys))
            ruled += list.length
            violated += result.rules.filter(rule => rule.violated > 0).length
          } finally {
            await rm(folder, { recursive: true, force: true })
          }
        }),
        { numRuns: CONTRACTS, seed: 20_261_123, endOnFailure: true },
      )
      expect(ruled).toBeGreaterThanOrEqual(10 * CONTRACTS)
      // Rules that nothing violates would compare little.
      expect(violated / ruled).toBeGreaterThan(0.3)
    }, 600_000)
  },
  INTERPRETED,
)
