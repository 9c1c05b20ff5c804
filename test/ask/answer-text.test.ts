import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvRow, jsonList, jsonObjects } from '../../src/ask/answer-text.js'
import type { AnswerColumn } from '../../src/ports/lake-query.js'

/** RFC 4180 by its grammar, and by nothing of ours: undefined is a field without quotes and without text. */
function parseCsv(text: string): (string | undefined)[][] {
  const records: (string | undefined)[][] = []
  let record: (string | undefined)[] = []
  for (let at = 0; at < text.length; ) {
    let field: string | undefined
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y
      quoted.lastIndex = at
      field = quoted.exec(text)![1]!.replaceAll('""', '"')
      at = quoted.lastIndex
    } else {
      const plain = /[^,\r\n"]*/y
      plain.lastIndex = at
      field = plain.exec(text)![0] || undefined
      at = plain.lastIndex
    }
    record.push(field)
    if (text[at] === ',') {
      at += 1
      if (text.startsWith('\r\n', at)) record.push(undefined)
    }
    if (text.startsWith('\r\n', at)) {
      at += 2
      records.push(record)
      record = []
    }
  }
  return records
}

const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '\r', '\n', '\\', 'é', '😀', ';') })

it('writes CSV that a reader of RFC 4180 gets the values back from, NULL and the empty text told apart', () => {
  const cell = fc.oneof(fc.constant(null), text)
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(rows, wanted => {
      const written = wanted
        .map(row => csvRow(row.map(value => (value === null ? null : JSON.stringify(value)))))
        .join('')
      expect(parseCsv(written)).toEqual(wanted.map(row => row.map(value => value ?? undefined)))
    }),
  )
})

it('writes numbers, lists and documents in CSV as JSON has them', () => {
  expect(csvRow(['9007199254740993', '1.0', '[1,null]', '{"a":"b"}', 'true', null])).toBe(
    '9007199254740993,1.0,"[1,null]","{""a"":""b""}",true,\r\n',
  )
})

it('writes rows of JSON that read back, whatever the columns are called', () => {
  const cells = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'a_1', '', '"'), fc.oneof(fc.constant(null), text)), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(cells, pairs => {
      const columns = pairs.map(([name]): AnswerColumn => ({ name, type: 'VARCHAR', numeric: false }))
      const row = pairs.map(([, value]) => (value === null ? null : JSON.stringify(value)))
      expect(JSON.parse(jsonList(row))).toEqual(pairs.map(([, value]) => value))
      const object = JSON.parse(jsonObjects(columns)(row)) as Record<string, unknown>
      expect(Object.keys(object)).toHaveLength(pairs.length)
      expect(Object.values(object).toSorted()).toEqual(pairs.map(([, value]) => value).toSorted())
    }),
  )
  const columns = ['a', 'a', 'a_1', 'a'].map((name): AnswerColumn => ({ name, type: 'INTEGER', numeric: true }))
  expect(jsonObjects(columns)(['1', '2', '3', '4'])).toBe('{"a":1,"a_2":2,"a_1":3,"a_3":4}')
})
