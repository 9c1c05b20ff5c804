/** A text as a literal of DuckDB's SQL. NULs cannot be in a statement. */
export function duckdbText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as DuckDB quotes it. */
export function duckdbName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
