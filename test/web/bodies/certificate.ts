import type { CertificateView, PartsView } from '../../../src/http/pipeline-certificate.js'

export const CERTIFICATE: CertificateView = {
  title: 'papers',
  statement: '7,281 documents were read, and the parts of each of 2 formats together hold every one of them once.',
  figures: [
    { name: 'Documents read', value: '7,281' },
    { name: 'In the parts of each format', value: '7,281' },
    { name: 'Set aside, with their bytes', value: '0' },
  ],
  facts: [
    { name: 'Source', text: 'on mongo-0.db:27017', literal: 'iclr.papers' },
    { name: 'Guarantee', text: 'Snapshot: every document as it was at one instant.' },
  ],
  digests: [{ name: 'Digest of the 7,281 documents in the parts', digest: '3b7e'.repeat(16) }],
  formats: [{ format: 'parquet', parts: '2', documents: '7,281', size: '4.1 MB' }],
  manifest: { key: 'raw/papers/_manifests/run.json', sha256: '90c4'.repeat(16) },
  checks: [
    {
      text: 'The parts on the lake, their SHA-256 and documents, against the manifest',
      literal: 'lakeferry verify papers',
    },
  ],
  caution: 'This page repeats what the manifest says, which was written once, when the run was committed.',
}

export const PARTS: PartsView = {
  parts: ['parquet', 'ndjson.gz'].flatMap(format =>
    [0, 1].map(at => ({
      path: `part-0000${at}.${format}`,
      format,
      documents: 3_640 + at,
      bytes: 2_050_000,
      sha256: '7d6e'.repeat(16),
    })),
  ),
}
