/**
 * Names of the tables without a schema in what `json_serialize_sql` tells of a statement: nodes `{"type": "BASE_TABLE",
 * "table_name": …}`, wherever they are.
 */
export function tablesIn(tree: unknown): readonly string[] {
  const names = new Set<string>()
  for (const { type, table_name: table, schema_name: schema, catalog_name: catalog } of nodesOf(tree)) {
    if (type === 'BASE_TABLE' && typeof table === 'string' && !schema && !catalog) names.add(table)
  }
  return [...names]
}

/** Whether it is SHOW TABLES and the like, and not DESCRIBE of a table or a query. */
export function showsTables(tree: unknown): boolean {
  for (const { type, query } of nodesOf(tree)) if (type === 'SHOW_REF' && !query) return true
  return false
}

function* nodesOf(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  const open: unknown[] = [tree]
  while (open.length > 0) {
    const node = open.pop()
    if (node === null || typeof node !== 'object') continue
    if (!Array.isArray(node)) yield node as Record<string, unknown>
    open.push(...Object.values(node))
  }
}
