import { oneOf, refuse, text, type YamlValue } from './yaml-file.js'

const DATE = [
  '\\d{4}-(?:',
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '|02-(?:0[1-9]|1\\d|2[0-8]))',
  // The years that can be divided by 4, but for the hundreds that cannot be divided by 400.
  '|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29',
].join('')

/** With the 60 of leap seconds, as the grammar of RFC 3339 has it: which minutes had one is nothing to look up. */
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:[Zz]|[+\\-](?:[01]\\d|2[0-3]):[0-5]\\d)'

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?'

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = `(?:${BYTE}\\.){3}${BYTE}`
const H16 = '[0-9A-Fa-f]{1,4}'
const LS32 = `(?:${H16}:${H16}|${IPV4})`

/** `IPv6address` of RFC 3986, one branch for each place that `::` can stand in. */
const IPV6 = [
  `(?:${H16}:){6}${LS32}`,
  `::(?:${H16}:){5}${LS32}`,
  `(?:${H16})?::(?:${H16}:){4}${LS32}`,
  ...[3, 2, 1].map(left => `(?:(?:${H16}:){0,${4 - left}}${H16})?::(?:${H16}:){${left}}${LS32}`),
  `(?:(?:${H16}:){0,4}${H16})?::${LS32}`,
  `(?:(?:${H16}:){0,5}${H16})?::${H16}`,
  `(?:(?:${H16}:){0,6}${H16})?::`,
].join('|')

/**
 * Formats of texts that a pattern of the portable subset tells exactly.
 *
 * Sources: RFC 9562 (uuid), RFC 3339 (date, time, date-time), RFC 3986 (ipv4, ipv6), RFC 4648 (byte: base64), and for
 * email the HTML standard, which is what browsers hold an address to
 * (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address).
 */
const PATTERNS = {
  uuid: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  date: DATE,
  time: TIME,
  'date-time': `(?:${DATE})[Tt]${TIME}`,
  ipv4: IPV4,
  ipv6: IPV6,
  email: `[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~\\-]+@${LABEL}(?:\\.${LABEL})*`,
  byte: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?',
} as const

const UNTOLD: Readonly<Record<string, string>> = {
  uri: "Write a pattern for those that are meant: 'https?://[^ \\t\\r\\n\\f]+'.",
  hostname: `Write pattern: '${LABEL}(?:\\.${LABEL})*' and maxLength: 253.`,
  password: 'Leave it out: it says how to show a text, not what is in it.',
  binary: 'Leave it out: any text is one.',
}

/** The pattern of a `format`, and its name. */
export function readTextFormat(value: YamlValue): { readonly name: string; readonly pattern: string } {
  const written = text(value, 'the name of a format')
  const instead = Object.hasOwn(UNTOLD, written) ? UNTOLD[written] : undefined
  if (instead !== undefined) refuse(value, `format ${written} cannot be checked by a pattern alone`, instead)
  const known = Object.keys(PATTERNS) as (keyof typeof PATTERNS)[]
  if (!known.some(name => name === written)) {
    const near = known.find(name => name.replace('-', '') === written.toLowerCase().replaceAll(/[-_ ]/g, ''))
    refuse(
      value,
      `format ${JSON.stringify(written)} is not known`,
      near ? `Did you mean ${near}?` : `Say it as a pattern; or use one of ${known.join(', ')}.`,
    )
  }
  const name = oneOf(value, known)
  return { name, pattern: PATTERNS[name] }
}
