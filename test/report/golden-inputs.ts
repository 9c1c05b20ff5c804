import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ReportInput } from '../../src/report/report-input.js'

const folder = fileURLToPath(new URL('../golden/report/', import.meta.url))

export interface GoldenCase {
  readonly name: string
  readonly input: ReportInput
  /** Path of the golden file with what a format should give. */
  readonly file: (extension: string) => string
}

/** Every `<case>.input.json` in the folder: adding a case is adding a file (`vitest run -u` writes what belongs to it). */
export const GOLDEN_CASES: readonly GoldenCase[] = readdirSync(folder)
  .filter(name => name.endsWith('.input.json'))
  .sort()
  .map(name => ({
    name: name.replace('.input.json', ''),
    input: JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as ReportInput,
    file: extension => `${folder}${name.replace('.input.json', '')}.${extension}`,
  }))

export function goldenInput(name: string): ReportInput {
  const found = GOLDEN_CASES.find(golden => golden.name === name)
  if (found === undefined) throw new RangeError(`no golden case ${name}`)
  return found.input
}
