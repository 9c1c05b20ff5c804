/** The addresses of a Link header (RFC 8288) by their relation: `{next: '/api/iclr?cursor=…'}`. */
export function parseLinks(header: string | null): Readonly<Record<string, string>> {
  const links: Record<string, string> = {}
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*]+=(?:"[^"]*"|[^\s,;]+))*)/g,
  )) {
    const relations = /;\s*rel=(?:"([^"]*)"|([^\s,;]+))/.exec(parameters)
    for (const relation of (relations?.[1] ?? relations?.[2] ?? '').split(/\s+/))
      if (relation !== '') links[relation] ??= target
  }
  return links
}
