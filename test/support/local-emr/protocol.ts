import type { IncomingMessage, ServerResponse } from 'node:http'

/** An error as the services send it. */
export class ServiceError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

/**
 * The signature's form, and that it is for the service (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
 * That it is right nobody here can know: the secret is not sent.
 */
export function checkSignature({ headers }: IncomingMessage, service: string): void {
  const { authorization = '' } = headers
  const form =
    /^AWS4-HMAC-SHA256 Credential=[^/\s]+\/\d{8}\/[a-z0-9-]+\/([a-z-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/
  const [, scope, signed = ''] = form.exec(authorization) ?? []
  if (scope === undefined)
    throw new ServiceError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (scope !== service || !signed.split(';').includes('host') || headers['x-amz-date'] === undefined) {
    throw new ServiceError(
      403,
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${service}'.`,
    )
  }
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function jsonAnswer(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body }
}

export function jsonError({ status, code, message }: ServiceError): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: { __type: code, message } }
}

/** AWS REST JSON 1: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restAnswer(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

export function restError({ status, code, message }: ServiceError): Answer {
  return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body: { message } }
}

/** Seconds since 1970, the form of times in both protocols. */
export function seconds(at: Date | undefined): number | undefined {
  return at === undefined ? undefined : at.getTime() / 1000
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ServiceError(
    400,
    'ValidationException',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
  )
}

export function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new ServiceError(400, 'ValidationException', `${name} must be a structure`)
}

/** A service ignores what it does not know; a test wants to hear of it. */
export function only(value: Record<string, unknown>, names: readonly string[], what: string): void {
  const unknown = Object.keys(value).filter(name => !names.includes(name))
  if (unknown.length > 0) throw new ServiceError(400, 'ValidationException', `${what} has no ${unknown.join(', ')}`)
}
