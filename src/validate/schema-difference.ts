import { type Column, typeText } from '../model/column.js'

/**
 * What differs between the columns of a run and of a contract, for people; undefined when nothing does. The order of the
 * columns makes no difference: they are read by name.
 */
export function schemaDifference(run: readonly Column[], contract: readonly Column[]): string | undefined {
  const exported = new Map(run.map(column => [column.name, typeText(column.type)]))
  const wanted = new Map(contract.map(column => [column.name, typeText(column.type)]))
  const differences: string[] = []
  for (const [name, type] of wanted) {
    const other = exported.get(name)
    if (other === undefined) differences.push(`${name} (${type}) is not in the run`)
    else if (other !== type) differences.push(`${name} is ${other} in the run and ${type} in the contract`)
  }
  for (const [name, type] of exported)
    if (!wanted.has(name)) differences.push(`${name} (${type}) is not in the contract`)
  return differences.length === 0 ? undefined : differences.join('; ')
}
