/** A mail as it came over the line, read. For the tests: only what mail of ours has. */
export interface ReadMail {
  /** Names in small letters; words decoded (RFC 2047), folded lines joined. Of several of a name, all. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly text: string
  readonly html: string
}

export function readMail(raw: string): ReadMail {
  const { headers, body } = headAndBody(raw)
  const type = headers.get('content-type')?.[0] ?? ''
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary === undefined) throw new Error(`no mail of several parts: ${type}`)
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map(part => headAndBody(part.replace(/^\r\n/, '').replace(/\r\n$/, '')))
  const ofType = (wanted: string): string => {
    const part = parts.find(candidate => candidate.headers.get('content-type')?.[0]?.startsWith(wanted))
    return part === undefined ? '' : decode(part.body, part.headers.get('content-transfer-encoding')?.[0] ?? '7bit')
  }
  return { headers, text: ofType('text/plain'), html: ofType('text/html') }
}

function headAndBody(raw: string): { headers: Map<string, string[]>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(line) ?? []
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), decodeWords(value)])
  }
  return { headers, body: raw.slice(end + 4) }
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(body.replaceAll('=\r\n', '')) : body
}

/** Spaces between two encoded words are none. */
function decodeWords(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    )
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
