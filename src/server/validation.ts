import { Ajv, type Options } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { SHARED_SCHEMAS } from '../http/shared.js'

const OPTIONS: Options = { useDefaults: true, removeAdditional: false, allErrors: false, strict: false }

/**
 * Bodies are held to their schemas as they are: a number in quotes is a text, and a text is no number. Query strings and
 * paths are texts by their nature, and are read as what the schema wants.
 */
export function validateBySchemas(app: FastifyInstance): void {
  const [asSent, asRead] = [new Ajv(OPTIONS), new Ajv({ ...OPTIONS, coerceTypes: 'array' })]
  for (const schema of SHARED_SCHEMAS) {
    asSent.addSchema(schema)
    asRead.addSchema(schema)
    app.addSchema(schema)
  }
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? asSent : asRead).compile(schema))
}
