import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Problem } from '../http/problem.js'

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'
/** When to come back after a 503. */
const RETRY_AFTER_SECONDS = 2

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** An answer that is an error and no failure of ours: raised by a route, told as it is. */
export class HttpProblem extends Error {
  readonly status: number
  readonly hint: string | undefined
  /** Places in the body, and what is wrong there. */
  readonly errors: Problem['errors']

  /** @param detail - a sentence for the caller, without anything that they did not send or may not see */
  constructor(status: number, detail: string, hint?: string, errors?: Problem['errors']) {
    super(detail)
    this.status = status
    this.hint = hint
    this.errors = errors
  }
}

/** Every error leaves as RFC 9457 problem details, whoever raised it. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | LakeferryError | HttpProblem, request, reply) => {
    const problem = problemOf(error, request.id)
    if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, problem.detail)
    else request.log.info({ problem: problem.detail }, problem.title)
    return send(reply, problem)
  })
  app.setNotFoundHandler((request, reply) =>
    send(reply, {
      ...blank(404, request.id),
      detail: `There is nothing at ${request.method} ${pathOf(request)}.`,
      hint: '/docs lists every route.',
    }),
  )
}

/** Of an address that is none, which no route, and so no hook, ever sees. */
export function answerBadAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
  send(reply, { ...blank(error.statusCode ?? 400, request.id), detail: 'The address is not what an address can be.' })
}

const UNREADABLE: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
}

/** Of what is no HTTP request, or did not arrive whole: there is a connection, and nothing else. */
export function answerBadRequest({ code }: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.writable) {
    const [status, detail] = UNREADABLE[code ?? ''] ?? [400, 'This is no HTTP request.']
    const { requestId: _, ...problem } = { ...blank(status, ''), detail }
    const body = JSON.stringify(problem)
    socket.write(
      `HTTP/1.1 ${status} ${problem.title}\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n` +
        `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}

export function problemOf(error: FastifyError | LakeferryError | HttpProblem, requestId: string): Problem {
  if (error instanceof HttpProblem) {
    return {
      ...blank(error.status, requestId),
      detail: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.errors === undefined ? {} : { errors: error.errors }),
    }
  }
  if (error instanceof LakeferryError) return ofTable(error, requestId)
  if (error.validation !== undefined) {
    return {
      ...blank(400, requestId),
      detail: `The ${error.validationContext ?? 'request'} is not what is wanted.`,
      errors: error.validation.map(({ instancePath, message, params }) => ({
        pointer: instancePath,
        detail: `${message ?? 'is not what is wanted'}${detailOf(params)}`,
      })),
    }
  }
  const status = error.statusCode ?? 500
  // What nobody foresaw stays in the log: it may say anything.
  if (status >= 500)
    return { ...blank(500, requestId), detail: 'Something went wrong here. The log has it by this requestId.' }
  return { ...blank(status, requestId), detail: error.message }
}

/** The outside's failures are 503: asking again may help. What is in a message of the table is no secret. */
function ofTable(error: LakeferryError, requestId: string): Problem {
  const status = isLakeferryError(
    error,
    'RUN_MISSING',
    'RUN_NONE',
    'DATASET_UNKNOWN',
    'DATASET_NO_CONTRACT',
    'ALERT_UNKNOWN',
  )
    ? 404
    : error.family === 'usage'
      ? 400
      : 503
  return {
    ...blank(status, requestId),
    type: `https://github.com/lakeferry/lakeferry/blob/main/docs/errors.md#${error.code.toLowerCase()}`,
    detail: error.message,
    code: error.code,
    hint: error.hint,
  }
}

function blank(status: number, requestId: string): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, requestId }
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  // Who comes back at once finds what they found.
  if (problem.status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

/** `additionalProperties` alone says nothing about which. */
function detailOf(params: unknown): string {
  const { additionalProperty, allowedValues } = (params ?? {}) as {
    additionalProperty?: string
    allowedValues?: unknown[]
  }
  if (additionalProperty !== undefined) return `: ${JSON.stringify(additionalProperty)}`
  return allowedValues === undefined ? '' : `: ${allowedValues.map(value => JSON.stringify(value)).join(', ')}`
}

/** Without the query, which may have what somebody searched for. */
export function pathOf({ url }: Pick<FastifyRequest, 'url'>): string {
  return url.split('?', 1)[0] ?? url
}
