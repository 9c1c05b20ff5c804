import { type RequestOptions, request } from './request.js'

/** A document with the version that the server has of it. */
export interface Stored<T> {
  readonly document: T
  /** For `If-Match`; undefined where something in between took it off. */
  readonly etag: string | undefined
}

export async function askStored<T>(path: string, options?: RequestOptions): Promise<Stored<T>> {
  const { body, headers } = await request<T>(path, options)
  return { document: body, etag: headers.get('etag') ?? undefined }
}

/** A write is only done over the version that was seen. */
export function ifMatch({ etag }: Pick<Stored<unknown>, 'etag'>): Record<string, string> {
  return etag === undefined ? {} : { 'if-match': etag }
}
