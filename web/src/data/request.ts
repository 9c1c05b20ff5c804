import { answered, unanswered } from './connection.js'
import { CONNECTION_LOST, problemOf, RequestFailed } from './problem.js'
import { readToken } from './token.js'

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Answer<T> {
  readonly body: T
  readonly headers: Headers
}

export function withToken(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const token = readToken()
  return token === undefined ? { ...headers } : { ...headers, authorization: `Bearer ${token}` }
}

/**
 * Asks the server.
 *
 * @throws {@link RequestFailed} for every answer that is an error, and when there is none
 */
export async function request<T>(
  path: string,
  { method = 'GET', body, headers, signal }: RequestOptions = {},
): Promise<Answer<T>> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers: withToken({
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    unanswered()
    throw new RequestFailed(CONNECTION_LOST)
  }
  answered()
  if (!answer.ok) throw new RequestFailed(await problemOf(answer))
  const text = await answer.text()
  return { body: (text === '' ? undefined : JSON.parse(text)) as T, headers: answer.headers }
}

export async function ask<T>(path: string, options?: RequestOptions): Promise<T> {
  return (await request<T>(path, options)).body
}

/** A file of the server's that needs the token, which a plain link would not send. */
export async function requestFile(path: string): Promise<Blob> {
  const answer = await fetch(path, { headers: withToken() }).catch(() => {
    unanswered()
    throw new RequestFailed(CONNECTION_LOST)
  })
  if (!answer.ok) throw new RequestFailed(await problemOf(answer))
  return answer.blob()
}
