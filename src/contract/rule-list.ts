import type { Condition } from '../model/condition.js'
import { type ColumnPath, columnName, DATASET_KINDS, type Rule, type Severity } from '../model/rule.js'
import { defaultMessage } from './default-message.js'
import { refuse, type YamlValue } from './yaml-file.js'

type Told = 'id' | 'severity' | 'message' | 'description' | 'threshold' | 'thresholdExclusive' | 'maxViolated' | 'where'

/** What a rule says, without what is told about it. */
export type RuleBody = Rule extends infer R ? (R extends Rule ? Omit<R, Told> : never) : never

/** What the contract tells about a rule; defaults fill in the rest. */
export interface RuleNotes {
  /** Chosen by the contract: no other rule may have it. */
  readonly id?: string
  /** What the contract calls it, or we do: numbered when there are several. */
  readonly name?: string
  readonly severity?: Severity
  readonly message?: string
  readonly description?: string
  readonly where?: { readonly at: YamlValue; readonly condition: Condition }
  readonly mostly?: { readonly at: YamlValue; readonly threshold: number }
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

  add(at: YamlValue, body: RuleBody, notes: RuleNotes = {}, tolerance?: Tolerance): void {
    const { severity = 'error', message = defaultMessage(body), description } = notes
    refuseUseless(body, notes)
    const where = notes.where?.condition
    const rule = {
      ...body,
      id: this.#id(at, body, notes),
      severity,
      message,
      ...(description === undefined ? {} : { description }),
      ...(tolerance ?? { threshold: notes.mostly?.threshold ?? 1 }),
      ...(where === undefined ? {} : { where }),
    }
    this.rules.push(rule)
  }

  #id(at: YamlValue, body: RuleBody, { id, name = defaultId(body) }: RuleNotes): string {
    if (id !== undefined && this.#ids.has(id)) refuse(at, `two rules are called ${id}`, 'Give one of them another id.')
    let free = id ?? name
    for (let count = 2; this.#ids.has(free); count++) free = `${name}.${count}`
    this.#ids.add(free)
    return free
  }
}

/** What is about the whole data set has no documents to choose among, or to let pass. */
function refuseUseless(body: RuleBody, { where, mostly }: RuleNotes): void {
  if (!(DATASET_KINDS as readonly string[]).includes(body.kind)) return
  if (mostly)
    refuse(mostly.at, `mostly says nothing about ${body.kind}`, 'It is about the data set as a whole: leave it out.')
  if (where && body.kind === 'sql')
    refuse(where.at, 'where says nothing about sql', `Write it into the query: … FROM \${table} WHERE ….`)
  if (where && body.kind !== 'rowCount')
    refuse(where.at, `where says nothing about ${body.kind}`, 'It is about the data set as a whole: leave it out.')
}

function defaultId(body: RuleBody): string {
  const columns: readonly ColumnPath[] = 'column' in body ? [body.column] : 'columns' in body ? body.columns : []
  return [columns.map(columnName).join('+'), body.kind].filter(part => part !== '').join('.')
}
