import type { ContractView } from '../../../src/http/pipeline-contract.js'
import { RULES } from './rules.js'

export const CONTRACT_OF = {
  id: 'urn:datacontract:papers',
  version: '1.2.0',
  fingerprint: '5f2b8a1e90c4d7360f1e5a9bb6c8d2734e1f0a9c8b7d6e5f4a3b2c1d0e9f8a7b',
}

export const CONTRACT: ContractView = {
  ...CONTRACT_OF,
  dataset: 'papers',
  name: 'papers',
  description: 'Papers submitted to the conference, with their mean rating.',
  freshnessSeconds: 93_600,
  keyColumns: ['id'],
  columns: [
    { name: 'id', type: 'string', note: 'Given at submission' },
    { name: 'title', type: 'string', note: 'A paper is listed by its title.' },
    { name: 'rating_avg', type: 'double', note: 'Mean of the reviewers’ ratings, 1 to 10' },
    { name: 'keywords', type: 'list<string>', note: null },
  ],
  rules: RULES.map(({ id, kind, column, severity, message, description }) => ({
    id,
    kind,
    column,
    severity,
    message: message ?? '',
    description: description ?? null,
    threshold: id === 'abstract.minLength' ? 0.99 : 1,
    expects: `${column === '' ? 'the data set' : column}: ${kind}`,
  })),
  source:
    'apiVersion: v3.1.0\nkind: DataContract\nid: urn:datacontract:papers\nversion: 1.2.0\nschema:\n  - name: papers\n    properties:\n      - name: title # in 7,269 of 7,281 documents\n        required: true\n        quality:\n          - type: library\n            metric: rowCount # 7,281 documents: half of them missing would be a fault\n            mustBeGreaterThan: 3640\n',
}
