import { describe, expect, it } from 'vitest'
import type { Census } from '../../src/model/census.js'
import type { Column } from '../../src/model/column.js'
import { fieldShapes } from '../../src/report/field-shapes.js'

const census = (documents: number, fields: Census['fields']): Census => ({ documents, fields, truncated: false })
const text = (name: string): Column => ({ name, type: { kind: 'string' } })
const findings = (found: ReturnType<typeof fieldShapes>): Record<string, string> =>
  Object.fromEntries(found.map(shape => [shape.path, shape.findings.join(' ')]))

describe('the shape of fields', () => {
  it('tells several types, several number types, absence and null apart', () => {
    const fields = {
      steady: { string: 10 },
      mixed: { string: 9, int: 1 },
      numbers: { int: 5, double: 5 },
      absent: { string: 7 },
      empty: { string: 7, null: 3 },
    }
    expect(findings(fieldShapes(census(10, fields), []))).toEqual({
      steady: '',
      mixed: 'types',
      numbers: 'numbers',
      absent: 'missing',
      empty: 'null',
    })
  })

  it('holds a nested field to its parent, and elements of a list to nothing', () => {
    const fields = {
      review: { object: 4 },
      'review.score': { int: 3 },
      'review.text': { string: 4 },
      tags: { array: 10 },
      'tags[]': { string: 2 },
      'tags[].name': { string: 0 },
    }
    const shapes = fieldShapes(census(10, fields), [])
    expect(findings(shapes)).toMatchObject({
      review: 'missing',
      'review.score': 'missing',
      'review.text': '',
      'tags[]': '',
    })
    expect(shapes.find(shape => shape.path === 'review.score')).toMatchObject({ expected: 4, present: 3 })
  })

  it('takes a dot within a name for part of the name', () => {
    const shapes = fieldShapes(census(10, { 'a\\.b': { int: 10 }, 'a\\.b.c': { int: 1 } }), [text('a.b')])
    expect(findings(shapes)).toEqual({ 'a\\.b': '', 'a\\.b.c': '' })
  })

  it('tells what the contract names and nobody has, and what documents have and it does not name', () => {
    const shapes = fieldShapes(census(2, { title: { string: 2 }, other: { int: 2 } }), [text('author'), text('title')])
    expect(shapes.map(shape => [shape.path, shape.declared, ...shape.findings])).toEqual([
      ['author', 'string', 'never'],
      ['title', 'string'],
      ['other', undefined, 'undeclared'],
    ])
  })

  it('cannot say that a field is in no document when the census is cut', () => {
    expect(fieldShapes({ ...census(2, {}), truncated: true }, [text('author')])).toEqual([])
  })

  it('is not led astray by field names that objects have anyway', () => {
    const shapes = fieldShapes(census(1, JSON.parse('{"__proto__": {"int": 1}, "constructor": {"int": 1}}')), [])
    expect(shapes.map(shape => [shape.path, shape.present])).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ])
  })

  it('leaves _id out while it has one type', () => {
    expect(fieldShapes(census(2, { _id: { objectId: 2 } }), [])).toEqual([])
    expect(fieldShapes(census(2, { _id: { objectId: 1, string: 1 } }), [text('x')])).toHaveLength(2)
  })
})
