import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'

/** What the OpenAPI document of a server says of its answers. */
class Description {
  readonly #paths: Described['paths']
  readonly #ajv: Ajv2020 = new Ajv2020({ strict: false, allErrors: true })

  constructor(described: Described) {
    this.#paths = described.paths
    this.#ajv.addSchema(described, 'doc')
  }

  /** Undefined where the answer is what is described. */
  difference(method: string, path: string, answer: LightMyRequestResponse): string | undefined {
    const { statusCode, headers, body } = answer
    const template = Object.keys(this.#paths)
      .filter(one => patternOf(one).test(path) && this.#paths[one]?.[method] !== undefined)
      // The one with the fewest parameters.
      .sort((a, b) => a.split('{').length - b.split('{').length)[0]
    if (template === undefined) return statusCode === 404 ? undefined : 'no such path is described'
    const response = this.#paths[template]?.[method]?.responses[String(statusCode)]
    if (response === undefined) return `${statusCode} is not described at ${template}`
    if (response.content === undefined) return body === '' ? undefined : 'a body is not described'
    const type = String(headers['content-type']).split(';', 1)[0] ?? ''
    if (!(type in response.content)) return `${type} is not described`
    if (!type.endsWith('json')) return undefined
    const way = ['paths', template, method, 'responses', String(statusCode), 'content', type, 'schema']
    const validate = this.#ajv.getSchema(`doc#/${way.map(pointerStep).join('/')}`)
    if (validate === undefined) return 'its schema cannot be found'
    return validate(JSON.parse(body)) ? undefined : this.#ajv.errorsText(validate.errors)
  }
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

/** Only the last parameter of parts is a way of several steps. */
function patternOf(template: string): RegExp {
  const steps = template.replaceAll('.', '\\.').replaceAll(/\{[^}]*\}/g, (_, at: number) => {
    return template.slice(0, at).endsWith('/parts/') ? '.+' : '[^/]+'
  })
  return new RegExp(`^${steps}/?$`)
}

function pointerStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
}

const known = new WeakMap<FastifyInstance, Description>()

/** Asks, and holds the answer to what the OpenAPI document says of it. @throws Error when it is another */
export async function ask(
  app: FastifyInstance,
  url: string,
  options: InjectOptions = {},
): Promise<LightMyRequestResponse> {
  const host = 'localhost'
  let description = known.get(app)
  if (description === undefined) {
    description = new Description((await app.inject({ url: '/docs/json', headers: { host } })).json())
    known.set(app, description)
  }
  const answer = await app.inject({ url, ...options, headers: { host, ...options.headers } })
  const { method = 'GET' } = options
  // As it was sent: what is on the way may take dots out of it.
  const path = new URL(url, 'http://localhost').pathname
  const wrong = description.difference(method.toLowerCase(), path, answer)
  if (wrong !== undefined) throw new Error(`${method} ${url} ${answer.statusCode}: ${wrong}`)
  return answer
}
