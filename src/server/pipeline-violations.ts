import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { damaged, parseViolation } from '../catalog/violations.js'
import { LakeferryError } from '../errors.js'
import type { ViolationPage } from '../http/pipeline-result.js'
import { canonicalJson } from '../model/canonical-json.js'
import { lakeKey } from '../model/lake-key.js'
import type { ValidationResult } from '../model/result.js'
import type { ObjectStore } from '../ports/object-store.js'
import { HttpProblem } from './problems.js'

export interface ViolationQuestion {
  /** Id of a rule of the result. */
  readonly rule?: string
  readonly limit: number
  readonly cursor?: string
}

/** Where a page begins: which object, which line of it, and how many were told before. */
interface Place {
  readonly part: number
  readonly line: number
  readonly told: number
}

/** Lines that are looked through for one page: where a rule is seldom violated, a page may be short, and the next one goes on. */
export const MOST_LOOKED_THROUGH = 200_000

/**
 * One page of all the violations that a result tells of, in their order. In memory are the page and one object, which holds
 * 50,000 lines at most, still compressed; what is before the page in it is read again.
 *
 * @throws HttpProblem 400 for a cursor of another list, 404 for a rule that is none
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`
 */
export async function violationPage(
  lake: ObjectStore,
  result: ValidationResult,
  question: ViolationQuestion,
): Promise<ViolationPage> {
  const { rule, limit } = question
  const list = listName(result, rule)
  const total = totalOf(result, rule)
  const keys = ownKeys(lake, result)
  const begin = question.cursor === undefined ? { part: 0, line: 0, told: 0 } : placeOf(question.cursor, list)
  const violations: ViolationPage['violations'] = []
  let { part, line } = begin
  let left = MOST_LOOKED_THROUGH
  // As it stands in the line, so that most lines need not be parsed.
  const wanted = rule === undefined ? undefined : JSON.stringify(rule)
  const told = (): number => begin.told + violations.length
  for (; part < keys.length && told() < total; part++, line = 0) {
    const key = keys[part]!
    let at = -1
    for await (const text of linesOf(lake, key)) {
      at += 1
      if (at < line) continue
      if (violations.length >= limit || left === 0) {
        return { violations, total, next: cursorOf({ part, line: at, told: told() }, list) }
      }
      left -= 1
      if (wanted !== undefined && !text.includes(wanted)) continue
      const violation = parseViolation(lake, key, text)
      if (rule === undefined || violation.rule === rule) violations.push({ ...violation })
      if (told() >= total) break
    }
  }
  return { violations, total, next: null }
}

/** A cursor goes on in one list only: that of this validation, and of the rule that it was about. */
function listName(result: ValidationResult, rule: string | undefined): string {
  return createHash('sha256')
    .update(canonicalJson([result, rule ?? null]))
    .digest('base64url')
    .slice(0, 16)
}

function totalOf({ rules, violations }: ValidationResult, id: string | undefined): number {
  if (id === undefined) return violations.count
  const rule = rules.find(one => one.id === id)
  if (rule === undefined) throw new HttpProblem(404, 'The run was not held to a rule of this id.')
  // Of a rule about the data set no document is told.
  return rule.violated
}

/** Only objects of this very report are read, whatever a result that somebody has bent says. */
function ownKeys(lake: ObjectStore, { dataset, runId, violations }: ValidationResult): readonly string[] {
  const folder = lakeKey.report(dataset, runId, 'violations/')
  const stray = violations.keys.find(
    key => !/^part-\d+\.ndjson\.gz$/.test(key.startsWith(folder) ? key.slice(folder.length) : ''),
  )
  if (stray === undefined) return violations.keys
  throw damaged(lake, lakeKey.report(dataset, runId, 'result.json'), `keys below ${folder}`, stray)
}

function cursorOf({ part, line, told }: Place, list: string): string {
  return Buffer.from(JSON.stringify([list, part, line, told])).toString('base64url')
}

function placeOf(cursor: string, list: string): Place {
  const bad = new HttpProblem(
    400,
    'The cursor is none of this list.',
    'Follow next of a page with the same rule; after another validation of the run begin again without a cursor.',
  )
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw bad
  }
  const [name, part, line, told] = Array.isArray(value) ? value : []
  const whole = [part, line, told].every(number => Number.isSafeInteger(number) && number >= 0)
  if (name !== list || !whole) throw bad
  return { part, line, told }
}

/** Decompressed bit by bit, and no further than somebody asks. */
async function* linesOf(lake: ObjectStore, key: string): AsyncGenerator<string> {
  const stored = await lake.get(key)
  if (stored === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const unzipped = Readable.from([stored.body], { objectMode: false }).pipe(createGunzip())
  let rest = ''
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    rest += decoder.decode()
  } catch (error) {
    throw damaged(lake, key, 'gzipped JSON lines', 'something else', error)
  } finally {
    unzipped.destroy()
  }
  if (rest !== '') yield rest
}
