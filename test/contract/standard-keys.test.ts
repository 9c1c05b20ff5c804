import { describe, expect, it } from 'vitest'
import { lintContract } from '../../src/contract/lint.js'

/**
 * Every key of the standard's own JSON schemas, 3.0.2 to 3.2.0, by where it stands
 * (https://github.com/bitol-io/open-data-contract-standard/tree/main/schema). What has no meaning here has to be refused
 * by name, with what to write, and never as a key that nobody knows.
 */
const KEYS = {
  contract:
    'apiVersion authoritativeDefinitions context contractCreatedTs customProperties dataProduct description domain id kind name price roles schema servers slaDefaultElement slaProperties status support tags team tenant version',
  description: 'authoritativeDefinitions customProperties limitations purpose usage',
  object:
    'authoritativeDefinitions businessName context customProperties dataGranularityDescription deprecated description id logicalType name physicalName physicalType properties quality relationships synonyms tags',
  property:
    'authoritativeDefinitions businessName classification criticalDataElement customProperties deprecated description encryptedName enum examples id items logicalType logicalTypeOptions map name partitionKeyPosition partitioned physicalName physicalType primaryKey primaryKeyPosition properties quality relationships required semanticType synonyms tags transformDescription transformLogic transformSourceObjects unique',
  options:
    'defaultTimezone exclusiveMaximum exclusiveMinimum format maxItems maxLength maxProperties maximum minItems minLength minProperties minimum multipleOf pattern required timezone uniqueItems',
  quality:
    'arguments authoritativeDefinitions businessImpact customProperties description dimension engine id implementation method metric mustBe mustBeBetween mustBeGreaterOrEqualTo mustBeGreaterThan mustBeLessOrEqualTo mustBeLessThan mustNotBe mustNotBeBetween name query rule schedule scheduler severity tags type unit',
  relationship: 'customProperties from id to type',
  enum: 'authoritativeDefinitions customProperties description id label tags value',
  level:
    'authoritativeDefinitions customProperties description driver element id property schedule scheduler unit value valueExt',
  custom: 'description id property value vendor',
} as const

/** A contract with one key more, whose value is nothing in particular. */
function contractWith(place: keyof typeof KEYS, key: string): string {
  const at = (here: keyof typeof KEYS): string => (here === place ? `, ${key}: []` : '')
  return `{x-${place}: 1${at('contract')}, description: {x: 1${at('description')}},
    slaProperties: [{x: 1${at('level')}}],
    schema: [{name: s${at('object')}, properties: [
      {name: p, logicalType: string${at('property')}, logicalTypeOptions: {x: 1${at('options')}}, enum: [{x: 1, value: a${at('enum')}}],
       relationships: [{x: 1, to: a.b${at('relationship')}}],
       quality: [{x: 1, type: text${at('quality')}, customProperties: [{x: 1, property: p, value: 1${at('custom')}}]}]}]}]}`
}

describe('the keys of the standard', () => {
  const all = Object.entries(KEYS).flatMap(([place, keys]) =>
    keys.split(' ').map(key => [place as keyof typeof KEYS, key] as const),
  )
  it.each(all)('%s: %s is known', (place, key) => {
    const problems = lintContract(contractWith(place, key), 'f').map(({ problem }) => problem)
    const unknown = problems.filter(problem => problem.endsWith(`unknown key ${key}`))
    // A key that is there twice is no YAML, and known for sure to be one.
    expect(unknown).toEqual([])
  })

  it('is a list that finds what is not one of them', () => {
    const problems = lintContract(contractWith('property', 'nonsense'), 'f').map(({ problem }) => problem)
    expect(problems).toContain('properties: unknown key nonsense')
  })
})
