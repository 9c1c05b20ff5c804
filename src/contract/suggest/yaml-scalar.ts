/** Words that YAML 1.1 or 1.2 read as something else than text. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|~|nan|inf)$/i

/** Letters, digits and a few signs within, none of which begins or ends anything in YAML, in a flow or in a block. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./ -]*$/

/** A text as a scalar that every reader of YAML takes for that text, on one line. */
export function yamlText(text: string): string {
  if (PLAIN.test(text) && !text.endsWith(' ') && !WORDS.test(text)) return text
  // What has no escapes in it reads best in single quotes, patterns above all.
  if (/^[\x20-\x7e]+$/.test(text)) return `'${text.replaceAll("'", "''")}'`
  return `"${[...text].map(escaped).join('')}"`
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Signs that cannot be seen, or break lines, by number. */
function escaped(sign: string): string {
  const known = ESCAPES[sign]
  if (known !== undefined) return known
  if (!/[\p{C}\p{Zl}\p{Zp}\u0085\u00a0]/u.test(sign)) return sign
  const hex = sign.codePointAt(0)!.toString(16).toUpperCase()
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

export function yamlValue(value: string | number | boolean): string {
  return typeof value === 'string' ? yamlText(value) : String(value)
}
