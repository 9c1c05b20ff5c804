import { encodeJson } from '../model/manifest.js'
import type { ReportInput } from './report-input.js'

/** The result as canonical JSON and a newline: the same bytes as `result.json` on the lake. */
export function renderJson({ result }: Pick<ReportInput, 'result'>): string {
  return new TextDecoder().decode(encodeJson(result))
}
