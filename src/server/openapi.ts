import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { ServerDeps } from './deps.js'

/** `/docs` for people, `/docs/json` for programs: OpenAPI 3.1, made of the schemas that requests are held to. */
export async function describeRoutes(app: FastifyInstance, { version, config }: ServerDeps): Promise<void> {
  const secured = config.server.writeToken !== undefined || config.server.pipelineToken !== undefined
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lakeferry',
        version,
        description: 'Papers and comments in real time, and the pipeline that exports and validates them.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      ...(secured ? { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } } : {}),
      tags: [
        { name: 'papers', description: 'What the application has of papers, now' },
        { name: 'comments', description: 'What is said of them' },
        { name: 'pipeline', description: 'Exports, verdicts, reports and alerts' },
        { name: 'health', description: 'For probes' },
      ],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _, __, index) => (typeof $id === 'string' ? $id : `schema-${index}`),
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
}
