import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MAX_NESTING } from '../../src/bson/check-document.js'
import { ID_KIND, KINDS } from '../../src/bson/shred-node.js'
import { MAX_LIST_ENTRIES } from '../../src/bson/shred-value.js'
import { CENSUS_NODE, COUNT_SLOTS, LEAF, NOTE, NOTED, OUTSIDE_KIND } from '../../src/hot/layout.js'
import { PHYSICAL } from '../../src/parquet/format-codes.js'

const CONSTANT = /^(?:export )?const ([A-Z][A-Z0-9_]*): (?:usize|[iu](?:8|32|64)) = ([A-Z_0-9 +*]+?)(?: \/\/.*)?$/gm

/** The numbers that files of `assembly/` name, each file with those of the ones before it. */
function constants(...files: string[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const file of files) {
    const source = readFileSync(new URL(`../../assembly/${file}.ts`, import.meta.url), 'utf8')
    for (const [, name = '', expression = ''] of source.matchAll(CONSTANT)) {
      found[name] = new Function(...Object.keys(found), `return ${expression}`)(...Object.values(found)) as number
    }
  }
  return found
}

describe('what JavaScript reads in linear memory is where assembly/ has it', () => {
  it('in a leaf', () => {
    const { LENGTH, ENTRIES, NULLS } = constants('leaf')
    expect(LEAF).toEqual({ length: LENGTH, entries: ENTRIES, nulls: NULLS })
  })

  it('in a node of the census', () => {
    const { NAME, SIZE, ELEMENT, CHILD, SIBLING, COUNTS, NODE_SIZE } = constants('field-name', 'census-node')
    expect(CENSUS_NODE).toEqual({
      ...{ name: NAME, nameSize: SIZE, element: ELEMENT, child: CHILD, sibling: SIBLING, counts: COUNTS },
    })
    expect((NODE_SIZE! - COUNTS!) / 4).toBe(COUNT_SLOTS)
  })

  it('in a note', () => {
    const { TO_EXTRA, TO_MISFIT, TO_COLUMN, TO_ID, NOTE_SIZE } = constants('shred')
    expect(NOTED).toEqual({ toExtra: TO_EXTRA, toMisfit: TO_MISFIT, toColumn: TO_COLUMN, toId: TO_ID })
    expect(NOTE.size).toBe(NOTE_SIZE)
  })
})

describe('what both sides name is the same', () => {
  it('kinds of columns', () => {
    const { STRING, DOUBLE, BOOLEAN, TIMESTAMP, OBJECT_ID, LIST, STRUCT, ID, OUTSIDE } = constants('column')
    expect({ STRING, DOUBLE, BOOLEAN, TIMESTAMP, OBJECT_ID, LIST, STRUCT }).toEqual({
      ...{ STRING: KINDS.string, DOUBLE: KINDS.double, BOOLEAN: KINDS.boolean, TIMESTAMP: KINDS.timestamp },
      ...{ OBJECT_ID: KINDS.objectId, LIST: KINDS.list, STRUCT: KINDS.struct },
    })
    expect([ID, OUTSIDE]).toEqual([ID_KIND, OUTSIDE_KIND])
  })

  it('physical types', () => {
    const { BOOLEAN, INT32, INT64, DOUBLE, BYTE_ARRAY } = constants('leaf')
    expect({ BOOLEAN, INT32, INT64, DOUBLE, BYTE_ARRAY }).toEqual({
      ...{ BOOLEAN: PHYSICAL.boolean, INT32: PHYSICAL.int32, INT64: PHYSICAL.int64, DOUBLE: PHYSICAL.double },
      BYTE_ARRAY: PHYSICAL.byteArray,
    })
  })

  it('bounds', () => {
    expect(constants('census')['MAX_NESTING']).toBe(MAX_NESTING)
    expect(constants('shred-value')['MAX_LIST_ENTRIES']).toBe(MAX_LIST_ENTRIES)
  })
})
