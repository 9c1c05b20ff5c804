import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { CONFIG_SCHEMA } from './settings.js'

/** Everything that is wrong, and not only the first; with the values, which the errors show. */
export const SCHEMA_CHECK_OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strict: false,
  meta: false,
  validateSchema: false,
}

let compiled: ValidateFunction | undefined

/**
 * What is wrong with the values by `schema/lakeferry.schema.json`; nothing when they keep it.
 *
 * The built program has this module with the check compiled beforehand (`scripts/compiled-schema.mjs`): to load the
 * compiler and compile took a tenth of a small validation.
 */
export function keepsSchema(value: unknown): readonly ErrorObject[] {
  // Our own schema, which a test holds to the meta-schema: no need to do it at every start. And the compiled check runs
  // once in a process, so that making it quick costs more than it saves.
  compiled ??= new Ajv({ ...SCHEMA_CHECK_OPTIONS, code: { optimize: false } }).compile(CONFIG_SCHEMA)
  return compiled(value) ? [] : (compiled.errors ?? [])
}
