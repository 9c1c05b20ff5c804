/** One start tag, end tag or run of text, in the order of the file. */
export interface MarkupEvent {
  readonly kind: 'open' | 'close' | 'text'
  /** Tag name; `''` for text. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
}

const VOID = new Set(['meta', 'br', 'input', 'link', 'img', 'hr'])
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * A strict reader of the markup we write, independent of how it is written: every attribute quoted, every element
 * closed in order, every `&` an entity, no raw `<`. Throws at the first thing that is not so. `html` lets void elements
 * be open and takes style and script as they are; without it, `/>` closes an element, as in XML.
 */
export function readMarkup(source: string, dialect: 'html' | 'xml'): MarkupEvent[] {
  const events: MarkupEvent[] = []
  const open: string[] = []
  let at = 0
  const fail = (problem: string): never => {
    throw new Error(`${problem} at ${at}: ${JSON.stringify(source.slice(at, at + 80))}`)
  }
  const prologue = dialect === 'html' ? /^<!doctype html>/ : /^<\?xml version="1\.0" encoding="UTF-8"\?>/
  at = prologue.exec(source)?.[0].length ?? fail('no prologue')
  while (at < source.length) {
    const next = source.indexOf('<', at)
    const text = source.slice(at, next < 0 ? source.length : next)
    if (text !== '') events.push({ kind: 'text', name: '', attributes: {}, text: decodeEntities(text, fail) })
    if (next < 0) break
    at = next
    const tag = /^<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/.exec(source.slice(at, at + 20_000))
    if (tag === null) return fail('no tag')
    const [whole, slash, name = '', inside = '', empty] = tag
    at += whole.length
    if (slash === '/') {
      if (open.pop() !== name) fail(`</${name}> closes something else`)
      events.push({ kind: 'close', name, attributes: {}, text: '' })
      continue
    }
    const attributes: Record<string, string> = Object.create(null)
    for (const [, key = '', value = ''] of inside.matchAll(/\s+([\w:-]+)(?:="([^"]*)")?/g)) {
      if (key in attributes) fail(`${key} twice`)
      attributes[key] = decodeEntities(value, fail)
    }
    events.push({ kind: 'open', name, attributes, text: '' })
    if (empty === '/' || (dialect === 'html' && VOID.has(name))) {
      events.push({ kind: 'close', name, attributes: {}, text: '' })
    } else if (dialect === 'html' && (name === 'style' || name === 'script')) {
      const end = source.indexOf(`</${name}`, at)
      events.push({ kind: 'text', name: '', attributes: {}, text: source.slice(at, end) })
      at = end
      open.push(name)
    } else open.push(name)
  }
  if (open.length > 0) fail(`<${open.at(-1)}> is never closed`)
  return events
}

function decodeEntities(text: string, fail: (problem: string) => never): string {
  return text.replace(/&(?:(\w+);|#(\d+);|)/g, (entity, name?: string, code?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code))
    return (name === undefined ? undefined : NAMED[name]) ?? fail(`${entity} is no entity`)
  })
}

/** The text within the first element that has this attribute value. */
export function textOf(events: readonly MarkupEvent[], matches: (event: MarkupEvent) => boolean): string {
  const start = events.findIndex(event => event.kind === 'open' && matches(event))
  if (start < 0) throw new Error('no such element')
  let depth = 0
  let text = ''
  for (const event of events.slice(start)) {
    if (event.kind === 'open') depth += 1
    else if (event.kind === 'text') text += event.text
    else depth -= 1
    if (depth === 0) break
  }
  return text
}
