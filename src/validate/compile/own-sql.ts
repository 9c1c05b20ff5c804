/**
 * SQL of a contract's own in parentheses. The line feed ends a comment that the text may end with; a semicolon at the end,
 * which people put there, is left out.
 */
export function ownSql(text: string): string {
  return `(${text.trim().replace(/\s*;$/, '')}\n)`
}
