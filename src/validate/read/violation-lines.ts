import { MAX_VIOLATION_VALUE } from '../../model/result.js'
import { type ColumnPath, columnName, ruleColumn } from '../../model/rule.js'
import type { Cell, Row } from '../../ports/query-engine.js'
import { type DocumentRule, isElementRule, type Plan, pathsOf, toldPaths, typeOf } from '../compile/plan.js'
import { cellJson } from './cell-json.js'
import { cutText } from './cut-text.js'
import { memberText } from './member-text.js'

/** The cells of one failing document. See `Dialect.violations`. */
interface Found {
  readonly misfit: string | null
  readonly values: readonly Cell[]
}

/** What is there, as JSON text: `null` when it is there and null, undefined when nothing is. */
type ValueText = (found: Found) => string | undefined

/**
 * Writes the lines of `violations/`, a `Violation` each in canonical JSON (RFC 8785): those of one failing document, in
 * the order of the rules. All but the id and the value is the same for every document, and is written once.
 */
export function violationLines(plan: Plan): (row: Row) => readonly string[] {
  const writers = plan.documentRules.map(rule => {
    const told = { column: ruleColumn(rule), reason: rule.message, rule: rule.id }
    return { between: `,${JSON.stringify(told).slice(1, -1)},"value":`, value: ruleValue(plan, rule) }
  })
  return ([id, misfit, flags, ...values]) => {
    const start = `{"_id":${JSON.stringify(id)}`
    const found: Found = { misfit: misfit as string | null, values }
    const lines: string[] = []
    for (const [index, { between, value }] of writers.entries()) {
      if ((flags as string)[index] !== '1') continue
      const text = value(found)
      const told = text === undefined ? 'null' : JSON.stringify(cutText(text, MAX_VIOLATION_VALUE))
      lines.push(`${start}${between}${told}}`)
    }
    return lines
  }
}

function ruleValue(plan: Plan, rule: DocumentRule): ValueText {
  if (isElementRule(rule)) return elementsValue(plan, rule)
  // A condition on elements of a list is told with the list. A column of a wrong type has its value in _misfit.
  const paths = rule.kind === 'type' ? pathsOf(rule) : toldPaths(rule)
  if (paths.length === 1) return pathValue(plan, paths[0]!)
  const members = paths.map(path => ({
    start: `${JSON.stringify(columnName(path))}:`,
    value: pathValue(plan, path),
  }))
  return found => {
    const there = members.flatMap(({ start, value }) => {
      const text = value(found)
      return text === undefined ? [] : [`${start}${text}`]
    })
    return there.length === 0 ? undefined : `{${there.join(',')}}`
  }
}

/** What of the elements does not satisfy the rule. */
function elementsValue(plan: Plan, rule: DocumentRule): ValueText {
  const at = (plan.elementRules as readonly DocumentRule[]).indexOf(rule)
  const element = typeOf(plan.columns, pathsOf(rule)[0]!)
  return ({ values }) => {
    const cell = values[plan.valuePaths.length + at] ?? null
    return cell === null ? undefined : cellJson(cell, { kind: 'list', element })
  }
}

function pathValue(plan: Plan, path: ColumnPath): ValueText {
  const name = columnName(path)
  const type = typeOf(plan.columns, path)
  const index = plan.valuePaths.findIndex(other => columnName(other) === name)
  return ({ misfit, values }) => {
    const cell = values[index] ?? null
    if (cell !== null) return cellJson(cell, type)
    return misfit !== null && path.length === 1 ? memberText(misfit, path[0]!) : undefined
  }
}
