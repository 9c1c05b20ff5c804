import { compareKeys, keyProblem } from '../../model/object-key.js'
import type { ListedObject } from '../../ports/object-store.js'
import { attempt, refusal, type S3Target } from './s3-target.js'

export interface S3Listing {
  readonly prefix: string
  readonly delimiter: '/' | undefined
  /** Exclusive. */
  readonly startAfter: string
  /** Whether the store lists in the order of keys, and starts after any key, as AWS promises for all but directory buckets. */
  readonly ordered: boolean
}

/**
 * Collects all pages, about 200 bytes of memory a key, and sorts: SeaweedFS lists `a/b` before `a-b` and pages in that
 * order, S3 Express in none at all, and starting after a key there would leave out keys that come after it in ours.
 */
export async function listObjects(target: S3Target, listing: S3Listing): Promise<ListedObject[]> {
  const { sdk, client, bucket } = target
  const { prefix, delimiter, startAfter, ordered } = listing
  const listed: ListedObject[] = []
  const take = (name: string | undefined, bytes: number): void => {
    if (!name?.startsWith(target.prefix + prefix)) return
    const key = name.slice(target.prefix.length)
    const isKey = keyProblem(delimiter !== undefined && key.endsWith('/') ? key.slice(0, -1) : key) === undefined
    if (isKey && compareKeys(key, startAfter) > 0) listed.push({ key, bytes })
  }
  await attempt(target, 'list', prefix, async () => {
    let token: string | undefined
    do {
      const page = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: target.prefix + prefix,
          ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
          ...(ordered && startAfter !== '' ? { StartAfter: target.prefix + startAfter } : {}),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      )
      if (page.IsTruncated === undefined && page.KeyCount === undefined) {
        throw refusal(target, 'list', prefix, 'the answer is not that of an object store')
      }
      for (const { Key, Size } of page.Contents ?? []) take(Key, Size ?? 0)
      for (const { Prefix } of page.CommonPrefixes ?? []) take(Prefix, 0)
      token = page.NextContinuationToken
      if (page.IsTruncated === true && token === undefined) {
        throw refusal(target, 'list', prefix, 'a page says that there are more, but not how to get them')
      }
    } while (token !== undefined)
  })
  return listed.sort((a, b) => compareKeys(a.key, b.key))
}
