import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { type CertificateInput, certificateText } from '../../src/report/certificate.js'
import { renderCertificateHtml } from '../../src/report/certificate-html.js'
import { collectCertificate } from '../../src/report/certificate-input.js'
import { CERTIFICATE_STYLE } from '../../src/report/certificate-style.js'
import { renderCertificateMarkdown, renderCertificateText } from '../../src/report/certificate-text.js'
import { commit, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { readMarkup } from './markup-reader.js'

const folder = fileURLToPath(new URL('../golden/certificate/', import.meta.url))
const CASES = readdirSync(folder)
  .filter(name => name.endsWith('.input.json'))
  .map(name => name.replace('.input.json', ''))
const inputOf = (name: string): CertificateInput => JSON.parse(readFileSync(`${folder}${name}.input.json`, 'utf8'))

/** The look is not what a golden file is for. */
const withoutLook = (page: string): string =>
  page.replace(/<style>[\s\S]*?<\/style>/, '<style/>').replaceAll(/sha256-[A-Za-z0-9+/=]+/g, 'sha256')

describe.each(CASES)('the certificate of a %s run', name => {
  const input = inputOf(name)
  const page = renderCertificateHtml(input)
  const events = readMarkup(page, 'html')

  it('is this HTML', () => expect(withoutLook(page)).toMatchFileSnapshot(`${folder}${name}.html`))
  it('is this Markdown', () => expect(renderCertificateMarkdown(input)).toMatchFileSnapshot(`${folder}${name}.md`))
  it('is this text', () => expect(renderCertificateText(input)).toMatchFileSnapshot(`${folder}${name}.txt`))

  it('needs nothing from elsewhere, and runs nothing', () => {
    const names = new Set(events.filter(event => event.kind === 'open').map(event => event.name))
    for (const tag of ['script', 'link', 'img', 'iframe', 'object', 'base', 'a']) expect(names).not.toContain(tag)
    expect(events.filter(event => Object.keys(event.attributes).some(key => /^(on|src|href)/.test(key)))).toEqual([])
    expect(page).not.toMatch(/@import|url\(/)
    expect(page).toContain(`style-src 'sha256-${createHash('sha256').update(CERTIFICATE_STYLE).digest('base64')}'`)
  })

  it('has the figures of the manifest in every format', () => {
    const { manifest, manifestSha256 } = input
    const texts = [
      page.replaceAll('</span> <span>', ' '),
      renderCertificateMarkdown(input),
      renderCertificateText(input),
    ]
    const groups = manifest.digest.match(/.{8}/g)!.join(' ')
    for (const text of texts) {
      for (const wanted of [manifest.runId, groups, manifestSha256, manifest.documents.toLocaleString('en-US')])
        expect(text).toContain(wanted)
    }
  })

  it('moves no cursor and hides nothing', () => {
    for (const text of [renderCertificateText(input), renderCertificateMarkdown(input), page])
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/)
  })
})

it('says what each guarantee means', () => {
  const textOf = (name: string) => certificateText(inputOf(name)).facts.find(fact => fact.name === 'Guarantee')!.text
  expect(textOf('snapshot')).toMatch(/one instant, cluster time 22 Nov 2026, \d\d:00:00 UTC, increment 4/)
  expect(textOf('majority')).toContain('No single instant')
  expect(textOf('backup')).toContain('the backup decided')
})

it('is collected from any committed run, with the SHA-256 of its manifest as it lies there', async () => {
  const { lake, remove } = await temporaryLake()
  const key = 'papers/run=x/_rejects/part-00000.ndjson'
  const manifest = await commit(lake, runAt(1), { documents: 9, rejects: { documents: 2, keys: [key] } })
  const options = { dataset: 'papers', generatedBy: 'lakeferry 0', countRejects: async () => ({ malformed: 2 }) }
  const input = await collectCertificate({ lake }, { ...options, runId: runAt(1) })
  const wanted = createHash('sha256').update(encodeJson(manifest)).digest('hex')
  expect(input).toMatchObject({ manifest, manifestSha256: wanted, rejectCodes: { malformed: 2 }, lake: lake.url })
  expect(input.result).toBeUndefined()
  await expect(collectCertificate({ lake }, { ...options, runId: runAt(2) })).rejects.toMatchObject({
    code: 'RUN_MISSING',
  })
  expect(await lake.head(lakeKey.manifest('papers', runAt(1)))).toBeDefined()
  await remove()
})
