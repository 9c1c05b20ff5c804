import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { parseContract } from '../../src/contract/load.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { RuleResult } from '../../src/model/result.js'
import { validateRun } from '../../src/validate/validate-run.js'
import { type MadeRow, makeRun } from '../validate/made-run.js'
import { tickingClock } from '../validate/validate-rows.js'

const file = fileURLToPath(new URL('../golden/contract/as-datacontract-cli-reads-it.odcs.yaml', import.meta.url))

/** The same rows stood in two Parquet files when datacontract-cli was asked. */
const ORDERS: readonly MadeRow[] = [
  order('o1', 'c1', 'shipped', '10.5', 1, '2024-01-01T10:00:00Z', 'a@b.de', ['x', 'y'], ['Berlin', '10115']),
  order('o2', 'c2', 'open', '-1.0', 2, '2024-01-02T10:00:00Z', 'bad', ['x', 'x'], [null, '1011']),
  order('o2', 'c9', 'lost', '99.0', 3, null, null, [], ['Paris', '75001']),
  order('o4', null, null, '500.0', 50, '2023-01-02T10:00:00Z', 'c@d.fr', ['y', 'z', 'z'], null),
  order(null, 'c1', 'open', null, 5, '2024-01-05T10:00:00Z', 'e@f.org', null, ['Rome', '00100']),
  order(
    'o6',
    'c7',
    'N/A',
    '20.0',
    null,
    '2024-01-06T10:00:00Z',
    'toolonganaddressforus@example.org',
    ['q'],
    ['', '12345'],
  ),
].map((row, at) => ({ ...row, _id: String(at) }))

const CUSTOMERS: readonly MadeRow[] = [
  { _id: 'c1', id: 'c1', name: 'Ann' },
  { _id: 'c2', id: 'c2', name: 'Bob' },
  { _id: 'c3', id: 'c3', name: null },
]

/**
 * What datacontract-cli 1.2.8 counted (`datacontract test --output-format json`, `diagnostics.value`; of duplicates the
 * `failed_rows`, since it counts keys and we count documents).
 */
const COUNTED: Readonly<Record<string, number>> = {
  'order_id.required': 1,
  'order_id.unique': 2,
  'order_id.minLength': 0,
  'order_id.pattern': 0,
  'customer_id.required': 1,
  'customer_id.foreignKey': 2,
  'status.enum': 2,
  'status.notMissing': 2,
  'amount.minimum': 1,
  'amount.maximum': 1,
  'quantity.required': 1,
  'quantity.minimum': 0,
  'quantity.maximum': 1,
  'created_at.required': 1,
  'email.maxLength': 1,
  'email.pattern': 1,
  'email.unique': 0,
  'tags.minItems': 1,
  'tags.maxItems': 1,
  'tags.uniqueItems': 2,
  'tags[].maxLength': 0,
  'tags[].enum': 1,
  'address.city.required': 1,
  'address.zip.pattern': 1,
  'customer_id+status.unique': 0,
}

/** The numbers that its queries gave. */
const OBSERVED: Readonly<Record<string, string>> = {
  'amount.sql': '125.7',
  'amount.sql.2': '0',
  'created_at.sql': '1',
  sql: '0',
  rowCount: '6',
}

let folder: string
let results: ReadonlyMap<string, RuleResult>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-cli-contract-'))
  const text = await readFile(file, 'utf8')
  const orders = parseContract(text, file, { object: 'orders' })
  const { lake, manifest } = await makeRun(folder, orders.columns, [ORDERS])
  const engine = await openDuckDb({ lake, threads: 1 })
  try {
    const references = [{ dataset: 'customers', manifest: await customersRun(text) }]
    const services = { lake, engine, clock: tickingClock() }
    const { result } = await validateRun(services, { manifest, contract: orders, references, tool: 't' })
    results = new Map(result.rules.map(found => [found.id, found]))
  } finally {
    await engine.close()
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a contract that datacontract-cli accepts', () => {
  it('has the same documents wrong, rule by rule', () => {
    const counted = [...results.values()].filter(({ id }) => Object.hasOwn(COUNTED, id))
    expect(Object.fromEntries(counted.map(({ id, violated }) => [id, violated]))).toEqual(COUNTED)
  })

  it('has its queries give the same numbers', () => {
    const observed = Object.keys(OBSERVED).map(id => [id, results.get(id)?.observed])
    expect(Object.fromEntries(observed)).toEqual(OBSERVED)
  })

  it('has the same verdicts, but that a share is one of the values and not of all rows', () => {
    const failed = [...results.values()].filter(({ status }) => status === 'fail').map(({ id }) => id)
    // 1 of 6 customers is missing: below 25 percent.
    const allowed = ['customer_id.required']
    const wrong = Object.keys(COUNTED).filter(id => COUNTED[id]! > 0 && !allowed.includes(id))
    expect(failed.toSorted()).toEqual([...wrong, 'created_at.sql', 'created_at.freshness'].toSorted())
    // There it is 1 of 6 rows, below 20 percent; here 1 of 5 addresses, which is 20.
    expect(results.get('email.pattern')).toMatchObject({
      checked: 5,
      violated: 1,
      threshold: 0.8,
      thresholdExclusive: true,
    })
  })
})

function order(
  order_id: string | null,
  customer_id: string | null,
  status: string | null,
  amount: string | null,
  quantity: number | null,
  created_at: string | null,
  email: string | null,
  tags: readonly string[] | null,
  address: readonly [city: string | null, zip: string] | null,
): Omit<MadeRow, '_id'> {
  const within = address && { city: address[0], zip: address[1] }
  return { order_id, customer_id, status, amount, quantity, created_at, email, tags, address: within }
}

/** Beside the orders, in the same lake. */
async function customersRun(text: string): Promise<Manifest> {
  const { columns } = parseContract(text, file, { object: 'customers' })
  const other = await mkdtemp(join(tmpdir(), 'lf-cli-contract-'))
  try {
    const { manifest } = await makeRun(other, columns, [CUSTOMERS])
    await cp(join(other, 'papers'), join(folder, 'customers'), { recursive: true })
    const parts = manifest.parts.map(part => ({ ...part, key: part.key.replace(/^papers/, 'customers') }))
    return { ...manifest, dataset: 'customers', parts }
  } finally {
    await rm(other, { recursive: true })
  }
}
