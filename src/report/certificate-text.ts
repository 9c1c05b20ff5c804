import { type CertificateInput, certificateText, digestGroups } from './certificate.js'
import { code, prose as proseUpTo, tableRow } from './markdown-text.js'
import { padToWidth } from './terminal-width.js'

/** The certificate for a terminal, a ticket or a mail: plain text, a fact a line. Ends in a newline. */
export function renderCertificateText(input: CertificateInput): string {
  const text = certificateText(input)
  const lines = [`CERTIFICATE OF ONE EXPORT: ${text.title}`, '', text.statement, '']
  const rows: [string, string][] = [
    ...text.figures.map(({ name, value }): [string, string] => [name, value]),
    ...text.digests.map(({ name, digest }): [string, string] => [name, digestGroups(digest).join(' ')]),
    ...text.facts.map((fact): [string, string] => [fact.name, joined(fact.text, fact.literal)]),
    ...text.formats.map(([format, parts, documents, size]): [string, string] => [
      format,
      `${counted(parts, 'part')}, ${counted(documents, 'document')}, ${size}`,
    ]),
    ['Manifest', text.manifest.key],
    ['its SHA-256', text.manifest.sha256],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) lines.push(`${padToWidth(name, width)}  ${value}`)
  lines.push('', 'Check it yourself:')
  for (const check of text.checks) lines.push(`  ${check.text}:`, `    ${check.literal}`)
  return `${[...lines, '', text.caution, `Made by ${input.generatedBy}.`].join('\n')}\n`
}

/** GitHub-flavoured Markdown; text of others cannot become markup. */
export function renderCertificateMarkdown(input: CertificateInput): string {
  const text = certificateText(input)
  const literal = (value: string | undefined): string => (value === undefined ? '' : code(value))
  const facts = [
    ...text.figures.map(({ name, value }) => [prose(name), value]),
    ...text.digests.map(({ name, digest }) => [prose(name), code(digestGroups(digest).join(' '))]),
    ...text.facts.map(fact => [prose(fact.name), `${prose(fact.text)} ${literal(fact.literal)}`.trim()]),
    ['Manifest', code(text.manifest.key)],
    ['its SHA-256', code(text.manifest.sha256)],
  ]
  const formats = text.formats.map(cells => cells.map(prose))
  return `${[
    `## Certificate of one export: ${prose(text.title)}`,
    prose(text.statement),
    [['', ''], ['---', '---'], ...facts].map(tableRow).join('\n'),
    [['Format', 'Parts', 'Documents', 'Size'], ['---', '---:', '---:', '---:'], ...formats].map(tableRow).join('\n'),
    `Check it yourself:\n\n${text.checks.map(check => `- ${prose(check.text)}: ${code(check.literal)}`).join('\n')}`,
    `${prose(text.caution)} Made by ${prose(input.generatedBy)}.`,
  ].join('\n\n')}\n`
}

/** What is not ours in these sentences is short already. */
function prose(text: string): string {
  return proseUpTo(text, Number.POSITIVE_INFINITY)
}

/** @param count - as `formatCount` writes it */
function counted(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`
}

function joined(text: string, literal: string | undefined): string {
  if (literal === undefined) return text
  return text.startsWith('on ') ? `${literal} ${text}` : `${text} ${literal}`.trim()
}
