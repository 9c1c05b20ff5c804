import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readManifest } from '../catalog/catalog.js'
import { findDataset } from '../config/config.js'
import type { CertificateView, PartsView } from '../http/pipeline-certificate.js'
import { NOTHING, PART_PARAMS, RUN_PARAMS } from '../http/pipeline-queries.js'
import { lakeKey } from '../model/lake-key.js'
import { parseRunId } from '../model/run-id.js'
import type { CertificateText } from '../report/certificate.js'
import type { ServerDeps } from './deps.js'
import { textAnswers, viewAnswers } from './pipeline-answers.js'
import { findPart, openPart, PART_TYPES, partViews } from './pipeline-part.js'
import { HttpProblem } from './problems.js'
import { answers } from './route-answers.js'

type OfRun = { Params: { readonly dataset: string; readonly runId: string } }
type OfPart = { Params: { readonly dataset: string; readonly runId: string; readonly '*': string } }

const RUN = '/api/pipeline/runs/:dataset/:runId'
const tags = ['pipeline']
const config = { access: 'pipeline' } as const
const HTML = 'text/html; charset=utf-8'

/**
 * For pages that lie on the lake: they have their own styles and, the report, a script that sorts its table, and may reach
 * nothing and nobody. `sandbox` takes them this server’s origin, so that whoever could write to the lake could not call the API by them.
 */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"

/** Reports, certificates and parts of runs, as they lie on the lake. */
export async function pipelineFiles(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  app.get<OfRun>(
    `${RUN}/report.html`,
    {
      config,
      schema: {
        ...{ tags, summary: 'The report on its last validation', params: RUN_PARAMS, querystring: NOTHING },
        response: textAnswers(['text/html'], 'The page', 404),
      },
    },
    async (request, reply) => {
      const { dataset, runId } = await runOf(deps, request.params)
      const stored = await (await deps.lake()).get(lakeKey.report(dataset, runId, 'report.html'))
      if (stored === undefined) throw new HttpProblem(404, 'There is no report on this run: it was not validated.')
      return sendPage(reply, Buffer.from(stored.body))
    },
  )
  app.get<OfRun>(
    `${RUN}/certificate`,
    {
      config,
      schema: {
        ...{ tags, summary: 'The certificate of its export', params: RUN_PARAMS, querystring: NOTHING },
        description: 'As a page where text/html is accepted before application/json.',
        response: answers(
          {
            200: {
              description: 'The certificate',
              content: {
                'application/json': { schema: { $ref: 'Certificate#' } },
                'text/html': { schema: { type: 'string' } },
              },
            },
          },
          ...[401, 403, 404],
        ),
      },
    },
    async (request, reply) => {
      const input = await certificateOf(deps, request)
      reply.header('vary', 'Accept')
      if (wantsHtml(request)) {
        const { renderCertificateHtml } = await import('../report/certificate-html.js')
        return sendPage(reply, renderCertificateHtml(input))
      }
      const { certificateText } = await import('../report/certificate.js')
      return reply.header('cache-control', 'no-cache').send(certificateView(certificateText(input)))
    },
  )
  app.get<OfRun>(
    `${RUN}/parts`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Its parts', params: RUN_PARAMS, querystring: NOTHING },
        response: viewAnswers('Parts', 'Each with its size and SHA-256', 404),
      },
    },
    async (request): Promise<PartsView> => {
      const { dataset, runId } = await runOf(deps, request.params)
      return { parts: partViews(await readManifest(await deps.lake(), dataset, runId)) }
    },
  )
  app.get<OfPart>(
    `${RUN}/parts/*`,
    {
      config,
      // Who only asks how large it is has the list.
      exposeHeadRoute: false,
      schema: {
        ...{ tags, summary: 'One part, to download', params: PART_PARAMS, querystring: NOTHING },
        response: answers(
          { 200: { description: 'Its bytes', content: binaries([...new Set(Object.values(PART_TYPES))]) } },
          ...[401, 403, 404],
        ),
      },
    },
    async (request, reply) => {
      const { dataset, runId } = await runOf(deps, request.params)
      const lake = await deps.lake()
      const part = findPart(await readManifest(lake, dataset, runId), request.params['*'])
      const stream = await openPart(lake, part)
      const name = `${dataset}-${runId}-${part.key.split('/').at(-1)}`
      return reply
        .type(PART_TYPES[part.format])
        .header('content-length', part.bytes)
        .header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`)
        .header('etag', `"${part.sha256}"`)
        .header('repr-digest', `sha-256=:${Buffer.from(part.sha256, 'hex').toString('base64')}:`) // RFC 9530
        .header('cache-control', 'private, max-age=31536000, immutable')
        .send(stream)
    },
  )
}

function binaries(types: readonly string[]): Readonly<Record<string, object>> {
  return Object.fromEntries(types.map(type => [type, { schema: { type: 'string', format: 'binary' } }]))
}

/** Names that the configuration and the shape of run ids allow, and nothing else, come into keys. */
async function runOf(
  { config }: ServerDeps,
  { dataset, runId }: OfRun['Params'],
): Promise<{ readonly dataset: string; readonly runId: string }> {
  return { dataset: findDataset(config, dataset).name, runId: parseRunId(runId) }
}

async function certificateOf(deps: ServerDeps, request: FastifyRequest<OfRun>) {
  const { dataset, runId } = await runOf(deps, request.params)
  const lake = await deps.lake()
  const [{ collectCertificate }, { countRejects }] = await Promise.all([
    import('../report/certificate-input.js'),
    import('../proof/count-rejects.js'),
  ])
  return await collectCertificate(
    { lake },
    {
      ...{ dataset, runId, generatedBy: `lakeferry ${deps.version}` },
      countRejects: manifest => countRejects(lake, manifest, deps.stopping),
    },
  )
}

function certificateView(text: CertificateText): CertificateView {
  const { title, statement, figures, facts, digests, formats, manifest, checks, caution } = text
  return {
    ...{ title, statement, caution },
    figures: figures.map(({ name, value }) => ({ name, value })),
    facts: facts.map(({ name, text, literal }) => ({ name, text, ...(literal === undefined ? {} : { literal }) })),
    digests: digests.map(({ name, digest }) => ({ name, digest })),
    formats: formats.map(([format, parts, documents, size]) => ({ format, parts, documents, size })),
    manifest: { key: manifest.key, sha256: manifest.sha256 },
    checks: checks.map(({ text, literal }) => ({ text, literal })),
  }
}

function sendPage(reply: FastifyReply, page: string | Buffer): FastifyReply {
  return reply.type(HTML).header('content-security-policy', PAGE_POLICY).header('cache-control', 'no-cache').send(page)
}

/** By the weights of RFC 9110, 12.5.1; of equal ones JSON, so that only who asks for a page gets one. */
function wantsHtml({ headers }: FastifyRequest): boolean {
  const ranges = (headers.accept ?? '').split(',').map(range => {
    const [type = '', ...parameters] = range.split(';').map(word => word.trim().toLowerCase())
    const weight = Number(/^q=(.*)$/.exec(parameters.find(word => word.startsWith('q=')) ?? 'q=1')?.[1])
    return { type, weight: Number.isNaN(weight) ? 0 : weight }
  })
  const weightOf = (...types: string[]): number =>
    types.map(type => ranges.find(range => range.type === type)?.weight).find(weight => weight !== undefined) ?? 0
  return weightOf('text/html', 'text/*', '*/*') > weightOf('application/json', 'application/*', '*/*')
}
