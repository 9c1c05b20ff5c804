import { type Column, typeText } from '../model/column.js'

/** A column that two runs do not have alike; null where a run has none of that name. */
export interface SchemaChange {
  readonly column: string
  readonly old: string | null
  readonly new: string | null
}

/** Columns of the older run in their order, then those that only the newer one has. */
export function schemaChanges(before: readonly Column[], after: readonly Column[]): readonly SchemaChange[] {
  const [old, now] = [before, after].map(
    columns => new Map(columns.map(({ name, type }) => [name, typeText(type)])),
  ) as [Map<string, string>, Map<string, string>]
  const changes: SchemaChange[] = []
  for (const [column, type] of old) {
    const other = now.get(column) ?? null
    if (other !== type) changes.push({ column, old: type, new: other })
  }
  for (const [column, type] of now) if (!old.has(column)) changes.push({ column, old: null, new: type })
  return changes
}
