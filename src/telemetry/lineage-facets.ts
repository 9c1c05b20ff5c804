import { pathToFileURL } from 'node:url'
import type { Column, ColumnType } from '../model/column.js'
import { typeText } from '../model/column.js'
import { type Manifest, manifestBytes } from '../model/manifest.js'
import { redactUris } from '../model/redact-uri.js'
import type { ResultStatus, RuleResult, ValidationResult } from '../model/result.js'
import type { LineageName } from './lineage-names.js'

/** What every facet says of itself; the rest is as its schema wants it. */
export type Facet = Readonly<Record<string, unknown>> & { readonly _producer: string; readonly _schemaURL: string }

/** https://openlineage.io/spec/facets/, the versions that the shapes below are of. */
const SCHEMAS = {
  SchemaDatasetFacet: '1-2-0',
  DatasourceDatasetFacet: '1-0-1',
  DatasetVersionDatasetFacet: '1-0-1',
  OutputStatisticsOutputDatasetFacet: '1-0-2',
  DataQualityMetricsInputDatasetFacet: '1-0-3',
  DataQualityAssertionsDatasetFacet: '1-1-0',
  ErrorMessageRunFacet: '1-0-1',
  ProcessingEngineRunFacet: '1-1-1',
  NominalTimeRunFacet: '1-0-1',
  JobTypeJobFacet: '2-0-4',
} as const

/** The facets of OpenLineage that are told, and one of our own. `producer` is a URI with the version in it. */
export class LineageFacets {
  readonly producer: string

  /** @param version - of this program */
  constructor(version: string) {
    // A package URL (https://github.com/package-url/purl-spec): what made it, whoever hosts it.
    this.producer = `pkg:npm/lakeferry@${version}`
  }

  schema(columns: readonly Column[]): Facet {
    return this.#facet('SchemaDatasetFacet', { fields: columns.map(fieldOf) })
  }

  dataSource({ namespace, name }: LineageName): Facet {
    // The namespace of files is no URI.
    const uri = namespace === 'file' ? pathToFileURL(name).href : namespace
    return this.#facet('DatasourceDatasetFacet', { name: namespace, uri })
  }

  version(datasetVersion: string): Facet {
    return this.#facet('DatasetVersionDatasetFacet', { datasetVersion })
  }

  outputStatistics(manifest: Manifest): Facet {
    const [rowCount, size, fileCount] = [manifest.documents, manifestBytes(manifest), manifest.parts.length]
    return this.#facet('OutputStatisticsOutputDatasetFacet', { rowCount, size, fileCount })
  }

  dataQualityMetrics(manifest: Manifest): Facet {
    const bytes = manifestBytes(manifest, 'parquet')
    const fileCount = manifest.parts.filter(({ format }) => format === 'parquet').length
    const rowCount = manifest.documents - manifest.rejects.documents
    return this.#facet('DataQualityMetricsInputDatasetFacet', { rowCount, bytes, fileCount, columnMetrics: {} })
  }

  dataQualityAssertions({ rules }: ValidationResult): Facet {
    return this.#facet('DataQualityAssertionsDatasetFacet', { assertions: rules.map(assertionOf) })
  }

  errorMessage(message: string): Facet {
    return this.#facet('ErrorMessageRunFacet', { message: redactUris(message), programmingLanguage: 'TypeScript' })
  }

  processingEngine(name: string, version: string): Facet {
    return this.#facet('ProcessingEngineRunFacet', { name, version })
  }

  nominalTime(nominalStartTime: string): Facet {
    return this.#facet('NominalTimeRunFacet', { nominalStartTime })
  }

  jobType(): Facet {
    return this.#facet('JobTypeJobFacet', { processingType: 'BATCH', integration: 'LAKEFERRY', jobType: 'JOB' })
  }

  /** Our own: what finds the run on the lake, and the verdict. `schema/lineage-run-facet.schema.json`. */
  ownRun(members: {
    readonly runId: string | null
    readonly dataset: string
    readonly step: 'export' | 'validation'
    readonly gate?: string
    readonly status?: ResultStatus
    readonly code?: string
  }): Facet {
    return {
      _producer: this.producer,
      _schemaURL: `${this.producer}#schema/lineage-run-facet.schema.json`,
      ...members,
    }
  }

  #facet(name: keyof typeof SCHEMAS, members: Readonly<Record<string, unknown>>): Facet {
    const _schemaURL = `https://openlineage.io/spec/facets/${SCHEMAS[name]}/${name}.json#/$defs/${name}`
    return { _producer: this.producer, _schemaURL, ...members }
  }
}

interface Field {
  readonly name: string
  readonly type: string
  readonly fields?: readonly Field[]
}

/** Nested fields as the schema has them: those of a struct, and the element of a list as `_element`. */
function fieldOf({ name, type }: Column): Field {
  return { name, ...typeOf(type) }
}

function typeOf(type: ColumnType): Omit<Field, 'name'> {
  if (type.kind === 'struct') return { type: 'struct', fields: type.fields.map(fieldOf) }
  if (type.kind === 'list') return { type: 'array', fields: [{ name: '_element', ...typeOf(type.element) }] }
  return { type: typeText(type) }
}

function assertionOf(rule: RuleResult): Readonly<Record<string, unknown>> {
  const { id, kind, column, severity, message, status, violated, checked, observed } = rule
  return {
    assertion: kind,
    success: status === 'pass',
    // A rule about several columns has them joined, and no field has such a name.
    ...(column === '' || column.includes(', ') ? {} : { column }),
    severity: severity === 'warning' ? 'warn' : severity,
    name: id,
    description: message,
    actual: observed ?? `${violated} of ${checked} violate it`,
  }
}
