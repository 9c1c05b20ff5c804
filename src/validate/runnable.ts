import { LakeferryError } from '../errors.js'
import { typeText } from '../model/column.js'
import { commonType } from '../model/common-type.js'
import type { Contract } from '../model/contract.js'
import type { Manifest } from '../model/manifest.js'
import { columnName, type Rule } from '../model/rule.js'
import type { SqlDialect } from '../ports/query-engine.js'
import { type ForeignKeyRule, findType, type Reference } from './compile/plan.js'

/** A run that foreign keys point into, as the caller knows it. */
export interface ReferencedRun {
  readonly dataset: string
  readonly manifest: Manifest
}

export interface UsedReference extends Reference {
  readonly manifest: Manifest
}

/**
 * The runs that the contract's foreign keys point into, each once, in the order of the rules. A dataset that refers to
 * itself is `data`.
 *
 * @throws {@link LakeferryError} `RULE_CANNOT_RUN` where one is not there, or has no such columns of types that compare;
 * `RUN_NO_PARQUET`
 */
export function usedReferences(
  manifest: Manifest,
  contract: Contract,
  known: readonly ReferencedRun[],
): readonly UsedReference[] {
  const used: UsedReference[] = []
  for (const rule of contract.rules) {
    if (rule.kind !== 'foreignKey') continue
    const { dataset } = rule
    let reference = used.find(other => other.dataset === dataset)
    if (!reference) {
      const own = dataset === manifest.dataset
      const run = own ? manifest : known.find(other => other.dataset === dataset)?.manifest
      if (!run)
        throw cannotRun(manifest, rule, `there is no run of ${dataset} to look into`, `lakeferry export ${dataset}`)
      const { runId, formats } = run
      if (!formats.includes('parquet')) throw new LakeferryError('RUN_NO_PARQUET', { dataset, runId, formats })
      const name = own ? 'data' : `ref${used.filter(other => other.name !== 'data').length}`
      reference = { name, dataset, columns: run.columns, manifest: run }
      used.push(reference)
    }
    requireComparable(manifest, rule, reference)
  }
  return used
}

function requireComparable(manifest: Manifest, rule: ForeignKeyRule, reference: UsedReference): void {
  const { dataset, runId } = reference.manifest
  for (const [index, path] of rule.columns.entries()) {
    const to = rule.to[index]
    const [from, target] = [findType(manifest.columns, path), to && findType(reference.columns, to)]
    if (!from || !to || !target) {
      const missing = from ? `${columnName(to ?? [])} is no column of ${dataset}` : `${columnName(path)} is no column`
      throw cannotRun(
        manifest,
        rule,
        `${missing} in the run ${runId}`,
        'Let the rule name columns that the contracts of both have, and export them again.',
      )
    }
    if (!commonType(from, target)) {
      const [here, there] = [
        `${columnName(path)} (${typeText(from)})`,
        `${dataset}.${columnName(to)} (${typeText(target)})`,
      ]
      throw cannotRun(manifest, rule, `${here} cannot be compared with ${there}`, 'Give both columns the same type.')
    }
  }
}

/**
 * Rules with SQL of their own need it in the engine's dialect.
 *
 * @throws {@link LakeferryError} `RULE_CANNOT_RUN`
 */
export function requireDialect(manifest: Manifest, contract: Contract, dialect: SqlDialect): void {
  for (const rule of contract.rules) {
    if ((rule.kind !== 'condition' && rule.kind !== 'sql') || rule.sql[dialect] !== undefined) continue
    const others = Object.keys(rule.sql).join(', ')
    const reason = `its SQL is written for ${others || 'no engine'}, and this is ${dialect}`
    throw cannotRun(manifest, rule, reason, `Add the text for ${dialect} to the rule, or choose another --engine.`)
  }
}

function cannotRun({ dataset }: Manifest, rule: Rule, reason: string, next: string): LakeferryError {
  return new LakeferryError('RULE_CANNOT_RUN', { dataset, rule: rule.id, reason, next })
}
