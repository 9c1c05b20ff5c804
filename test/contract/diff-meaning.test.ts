import fc from 'fast-check'
import { expect, it } from 'vitest'
import { strictness } from '../../src/contract/diff/strictness.js'
import type { Condition } from '../../src/model/condition.js'
import type { Rule } from '../../src/model/rule.js'
import { passes } from '../../src/validate/read/rule-result.js'
import { evaluate } from '../validate/reference.js'
import { column } from '../validate/validate-rows.js'

const COLUMNS = [
  column('s', 'string'),
  column('i', 'int32'),
  column('l', { kind: 'list', element: { kind: 'string' } }),
]

const text = fc.constantFrom('', 'a', 'b', 'ab')
const whole = fc.integer({ min: 0, max: 4 })
const documents = fc
  .array(
    fc.record({ s: fc.option(text), i: fc.option(whole), l: fc.array(text, { maxLength: 3 }) }, { requiredKeys: [] }),
    {
      maxLength: 12,
    },
  )
  .map(list => list.map((fields, at) => ({ _id: String(at), ...fields })))

const bodies = fc.oneof(
  fc.record({ kind: fc.constant('required' as const), column: fc.constant(['s']) }),
  fc.record({
    kind: fc.constantFrom('minLength' as const, 'maxLength' as const),
    column: fc.constant(['s']),
    bound: fc.nat(2),
  }),
  fc.record({
    kind: fc.constantFrom('minItems' as const, 'maxItems' as const),
    column: fc.constant(['l']),
    bound: fc.nat(2),
  }),
  fc.record({
    kind: fc.constantFrom('minimum' as const, 'maximum' as const),
    column: fc.constant(['i']),
    bound: whole,
    exclusive: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('multipleOf' as const),
    column: fc.constant(['i']),
    bound: fc.constantFrom(1, 2, 3, 4),
  }),
  fc.record({
    kind: fc.constant('enum' as const),
    column: fc.constant(['s']),
    values: fc.subarray(['', 'a', 'b'], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('notMissing' as const),
    column: fc.constant(['s']),
    values: fc.subarray(['', 'a'], { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('unique' as const), columns: fc.constant([['s']]) }),
  fc.record({ kind: fc.constant('anyOf' as const), columns: fc.subarray([['s'], ['i'], ['l']], { minLength: 2 }) }),
)
const rowCounts = fc.record({
  kind: fc.constant('rowCount' as const),
  min: fc.nat(3),
  max: fc.integer({ min: 3, max: 12 }),
})

const thresholds = fc.constantFrom<Partial<Rule>>(
  ...[{ threshold: 1 }, { threshold: 0.5 }, { threshold: 0.8 }, { threshold: 0.8, thresholdExclusive: true as const }],
  ...[
    { threshold: 0, maxViolated: 1 },
    { threshold: 0, maxViolated: 3 },
  ],
)
const present = (name: string): Condition => ({ test: { kind: 'present', column: [name] } })
const wheres = fc.constantFrom<Partial<Rule>>({}, {}, { where: present('s') }, { where: present('i') })

const told = { id: 'r', severity: 'error', message: 'r!' } as const
const rules = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(bodies, thresholds, wheres).map(parts => Object.assign({}, told, ...parts) as Rule),
  },
  { weight: 1, arbitrary: rowCounts.map(body => ({ ...told, ...body, threshold: 1 }) as Rule) },
)

/** Two rules, seldom of one meaning by chance: some are the same but for what is told about them. */
const pairs = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(rules, rules) },
  { weight: 1, arbitrary: rules.map((rule): [Rule, Rule] => [rule, { ...rule, message: 'other words' }]) },
)

it('a rule that is told to be looser passes wherever the other one does, and the other way round', () => {
  const seen = { same: 0, tighter: 0, looser: 0, different: 0 }
  fc.assert(
    fc.property(pairs, documents, ([before, after], list) => {
      const how = before.kind === after.kind ? strictness(before, after) : 'different'
      seen[how] += 1
      const [old, now] = [before, after].map(rule => holdsFor(rule, list))
      if (how === 'same') expect(now).toBe(old)
      if (how === 'looser' && old) expect(now).toBe(true)
      if (how === 'tighter' && now) expect(old).toBe(true)
    }),
    { numRuns: 6_000 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
})

function holdsFor(rule: Rule, list: readonly { readonly _id: string }[]): boolean {
  const world = {
    dataset: 'd',
    columns: COLUMNS,
    documents: list,
    others: {},
    previous: undefined,
    startedAt: new Date(0),
  }
  const { checked, violated } = evaluate(rule, world)
  return passes(rule, checked, violated.length)
}
