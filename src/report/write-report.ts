import { createHash } from 'node:crypto'
import { lakeKey } from '../model/lake-key.js'
import type { ObjectStore } from '../ports/object-store.js'
import { renderHtml } from './html.js'
import { renderJunit } from './junit.js'
import { renderMarkdown } from './markdown.js'
import type { ReportInput } from './report-input.js'

/** Keys on the lake of what was written. */
export interface WrittenReports {
  readonly html: string
  readonly junit: string
  readonly markdown: string
}

const encoder = new TextEncoder()

/**
 * Puts `report.html`, `junit.xml` and `report.md` beside the run's result. Writing again replaces them: with the same
 * input, by the same bytes.
 */
export async function writeReports({ lake }: { lake: ObjectStore }, input: ReportInput): Promise<WrittenReports> {
  const { dataset, runId } = input.result
  const put = async (name: string, contentType: string, text: string): Promise<string> => {
    const key = lakeKey.report(dataset, runId, name)
    const body = encoder.encode(text)
    await lake.put(key, body, { contentType, sha256: createHash('sha256').update(body).digest('hex') })
    return key
  }
  const [html, junit, markdown] = await Promise.all([
    put('report.html', 'text/html; charset=utf-8', renderHtml(input)),
    put('junit.xml', 'application/xml', renderJunit(input)),
    put('report.md', 'text/markdown; charset=utf-8', renderMarkdown(input)),
  ])
  return { html, junit, markdown }
}
