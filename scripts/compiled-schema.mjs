// The check of lakeferry.yaml, compiled when the program is built: a module with the exports of src/config/schema-check.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import standaloneCode from 'ajv/dist/standalone/index.js'

export async function compiledSchemaCheck(dist) {
  const { SCHEMA_CHECK_OPTIONS } = await import(pathToFileURL(join(dist, 'config/schema-check.js')).href)
  const schema = JSON.parse(readFileSync(new URL('../schema/lakeferry.schema.json', import.meta.url), 'utf8'))
  const ajv = new Ajv({ ...SCHEMA_CHECK_OPTIONS, code: { source: true, esm: true } })
  const code = standaloneCode.default(ajv, ajv.compile(schema))
  return `${code}
export const SCHEMA_CHECK_OPTIONS = ${JSON.stringify(SCHEMA_CHECK_OPTIONS)}
export const keepsSchema = value => (validate(value) ? [] : (validate.errors ?? []))
`
}
