import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { keyProblem } from '../../model/object-key.js'
import type { Leftover } from '../../ports/object-store.js'
import { isAbsent, isUnsupported } from './s3-error.js'
import { attempt, refusal, type S3Target } from './s3-target.js'

interface Markers {
  readonly KeyMarker?: string
  readonly UploadIdMarker?: string
}

/**
 * Multipart uploads below the prefix that were begun and neither completed nor aborted, from every page. Each takes a
 * second request, which tells how much room its parts take.
 */
export async function* listUploads(target: S3Target): AsyncGenerator<Leftover> {
  const { sdk, client, bucket, prefix } = target
  let markers: Markers | undefined = {}
  while (markers !== undefined) {
    const command = new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...markers })
    const page = await attempt(target, 'list', '', async () => {
      try {
        return await client.send(command)
      } catch (error) {
        // A store without multipart uploads has none left behind.
        if (isUnsupported(error)) return undefined
        throw error
      }
    })
    if (page === undefined) return
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (!Key?.startsWith(prefix) || UploadId === undefined || Initiated === undefined) continue
      const key = Key.slice(prefix.length)
      if (keyProblem(key) !== undefined) continue
      const bytes = await attempt(target, 'list', key, () => bytesOf(target, Key, UploadId))
      if (bytes !== undefined) yield { id: UploadId, key, since: Initiated, bytes, abandoned: false }
    }
    markers = markersAfter(target, page, markers)
  }
}

/** Where the next page begins. SeaweedFS goes by upload ids alone, and tells no key. */
function markersAfter(
  target: S3Target,
  { IsTruncated, NextKeyMarker, NextUploadIdMarker }: ListMultipartUploadsCommandOutput,
  { KeyMarker, UploadIdMarker }: Markers,
): Markers | undefined {
  if (IsTruncated !== true) return undefined
  const moved = (NextKeyMarker || undefined) !== KeyMarker || (NextUploadIdMarker || undefined) !== UploadIdMarker
  if (!moved || (!NextKeyMarker && !NextUploadIdMarker)) {
    throw refusal(target, 'list', '', 'a page says that there are more uploads, but not how to get them')
  }
  return {
    ...(NextKeyMarker ? { KeyMarker: NextKeyMarker } : {}),
    ...(NextUploadIdMarker ? { UploadIdMarker: NextUploadIdMarker } : {}),
  }
}

/** Undefined when the upload has ended meanwhile. */
async function bytesOf({ sdk, client, bucket }: S3Target, Key: string, UploadId: string): Promise<number | undefined> {
  let bytes = 0
  let marker: string | undefined
  do {
    const after = marker === undefined ? {} : { PartNumberMarker: marker }
    try {
      const page = await client.send(new sdk.ListPartsCommand({ Bucket: bucket, Key, UploadId, ...after }))
      for (const { Size } of page.Parts ?? []) bytes += Size ?? 0
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  } while (marker !== undefined)
  return bytes
}

/** Ends an upload and removes its parts. That there is none any more is no failure. */
export async function abortUpload(target: S3Target, { id, key }: Leftover): Promise<void> {
  if (key === undefined) throw new RangeError(`a multipart upload has a key, and ${id} has none`)
  const { sdk, client, bucket, prefix } = target
  await attempt(target, 'delete', key, async () => {
    try {
      const Key = prefix + key
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId: id }))
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
  })
}
