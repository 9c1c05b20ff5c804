import { type ColumnPath, columnName, type Rule, type Severity } from '../model/rule.js'
import { defaultMessage } from './default-message.js'
import { refuse, type YamlValue } from './yaml-file.js'

type Told = 'id' | 'severity' | 'message' | 'description' | 'threshold' | 'thresholdExclusive' | 'maxViolated'

/** What a rule says, without what is told about it. */
export type RuleBody = Rule extends infer R ? (R extends Rule ? Omit<R, Told> : never) : never

/** What the contract tells about a rule; defaults fill in the rest. */
export interface RuleNotes {
  readonly id?: string
  readonly severity?: Severity
  readonly message?: string
  readonly description?: string
}

/** How many documents may violate it. Everything absent: none. */
export interface Tolerance {
  readonly threshold: number
  readonly thresholdExclusive?: true
  readonly maxViolated?: number
}

/** The rules of a contract in its order, no two of one id. */
export class RuleList {
  readonly rules: Rule[] = []
  readonly #ids = new Set<string>()

  add(at: YamlValue, body: RuleBody, notes: RuleNotes = {}, tolerance: Tolerance = { threshold: 1 }): void {
    const { id = defaultId(body), severity = 'error', message = defaultMessage(body), description } = notes
    if (this.#ids.has(id))
      refuse(
        at,
        `two rules are called ${id}`,
        notes.id === undefined
          ? 'Leave one of them out, or give the quality entry a name of its own: name: … .'
          : 'Give one of them another name.',
      )
    this.#ids.add(id)
    this.rules.push({
      ...body,
      id,
      severity,
      message,
      ...(description === undefined ? {} : { description }),
      ...tolerance,
    })
  }
}

function defaultId(body: RuleBody): string {
  const columns: readonly ColumnPath[] = 'column' in body ? [body.column] : 'columns' in body ? body.columns : []
  return [columns.map(columnName).join('+'), body.kind].filter(part => part !== '').join('.')
}
