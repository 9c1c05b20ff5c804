import { describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'
import { conditionText } from '../../src/model/condition-text.js'

function textOf(where: string): string {
  const { rules } = parseContract(
    `apiVersion: v3.1.0
kind: DataContract
id: w
version: '1'
status: active
schema:
  - name: s
    properties:
      - {name: status, logicalType: string}
      - {name: year, logicalType: integer}
      - {name: at, logicalType: timestamp}
      - {name: ok, logicalType: boolean}
      - {name: tags, logicalType: array, items: {logicalType: string}}
      - {name: venue, logicalType: object, properties: [{name: city, logicalType: string}]}
    quality: [{metric: rowCount, mustBe: 1, customProperties: [{property: lakeferry, value: {where: ${where}}}]}]
`,
    'f',
  )
  return conditionText(rules.at(-1)!.where!)
}

describe('a condition in words', () => {
  it.each([
    ['{status: Active}', 'status is Active'],
    ['{status: [Poster, Oral]}', 'status is one of Poster, Oral'],
    ['{status: null}', 'status is not there'],
    ['{status: [Poster, null]}', 'status is Poster or status is not there'],
    ['{status: {present: true}}', 'status is there'],
    ['{status: {present: false}}', 'status is not there'],
    ['{status: {notEmpty: true}}', 'status is not empty'],
    ['{status: {notEmpty: false}}', 'status is empty or not there'],
    ['{status: {not: Active}}', 'status is not Active'],
    ['{status: {not: [Active, Poster]}}', 'status is none of Active, Poster'],
    ['{status: {not: {pattern: "A.*"}}}', 'not (status matches "A.*")'],
    ['{status: {minLength: 2, maxLength: 9}}', 'status has 2 characters or more and status has 9 characters or fewer'],
    ['{tags: {minItems: 1, maxItems: 2}}', 'tags has 1 item or more and tags has 2 items or fewer'],
    ['{year: {minimum: 2013, exclusiveMaximum: 2025}}', 'year is at least 2013 and year is below 2025'],
    ['{year: {exclusiveMinimum: 2013, maximum: 2024}}', 'year is above 2013 and year is at most 2024'],
    ['{at: {minimum: 2024-01-31}}', 'at is at least 2024-01-31T00:00:00.000Z'],
    ['{ok: true, venue.city: Rome}', 'ok is true and venue.city is Rome'],
    ['{ok: true, any: [{year: 1}, {status: a, year: 2}]}', 'ok is true and (year is 1 or (status is a and year is 2))'],
    ['{not: {any: [{year: 1}, {year: 2}]}}', 'not (year is 1 or year is 2)'],
    ['{not: {not: {year: 1}}}', 'not (year is not 1)'],
    ['{all: [{year: 1}]}', 'year is 1'],
    // Texts that could be taken for something else.
    [
      '{status: ["true", "12", "", "a, b", "null", " a", "a ", "or", "-", "é 1"]}',
      'status is one of "true", "12", "", "a, b", "null", " a", "a ", "or", "-", é 1',
    ],
    ['{year: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}', 'year is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (11 values)'],
  ])('%s', (where, text) => {
    expect(textOf(where)).toBe(text)
  })
})
