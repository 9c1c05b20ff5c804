/**
 * A text as a literal of Spark SQL, in a session whose `spark.sql.parser.escapedStringLiterals` and
 * `spark.sql.variable.substitute` are false: backslashes escape, `$` is a sign like any other. A lone surrogate, which
 * no UTF-8 has, is U+FFFD, as it is on the way to every engine.
 */
export function sparkText(text: string): string {
  return `'${wellFormed(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A name as Spark SQL quotes it. */
export function sparkName(name: string): string {
  return `\`${wellFormed(name).replaceAll('`', '``')}\``
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
