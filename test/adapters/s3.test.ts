import { beforeAll } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { objectStoreSuite } from '../ports/object-store-suite.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'

let service: S3Service
beforeAll(async () => {
  service = await s3()
})

objectStoreSuite('s3://', () => {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = service
  return openS3Store({ endpoint, bucket, region, prefix: freshPrefix(), credentials: { accessKeyId, secretAccessKey } })
})
