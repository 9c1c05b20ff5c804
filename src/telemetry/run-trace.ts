import { randomBytes } from 'node:crypto'
import { reasonOf } from '../errors.js'
import { manifestBytes } from '../model/manifest.js'
import type { RunEvent } from '../model/run-event.js'
import type { Span, SpanAttribute } from '../model/span.js'
import type { RunObserver } from '../ports/run-observer.js'
import type { SpanExporter } from '../ports/span-exporter.js'

export interface RunTraceOptions {
  readonly exporter: SpanExporter
  /** 32 hex digits. */
  readonly traceId: string
  /** `run`, `export`, `validate`. */
  readonly command: string
  /** Where the documents come from: the database. */
  readonly database: string
}

type Attributes = Readonly<Record<string, SpanAttribute>>

interface OpenSpan {
  readonly spanId: string
  readonly name: string
  readonly startedAt: string
  readonly attributes: Attributes
}

/**
 * One trace a command: the command is its root, the export and the validation of each dataset its children. It is sent when
 * the command is done. Attributes are those of OpenTelemetry's semantic conventions where there are any (`db.*`,
 * `error.type`), else begin with `lakeferry.`; docs/observability.md lists them.
 */
export function runTrace({ exporter, traceId, command, database }: RunTraceOptions): RunObserver {
  const rootId = newSpanId()
  const open = new Map<string, OpenSpan>()
  const children: Span[] = []
  let [first, last]: [string | undefined, string] = [undefined, '']
  let runId: string | undefined
  let slot: RunEvent['slot']
  const failures: string[] = []

  const end = ({ attributes, ...span }: OpenSpan, endedAt: string, more: Attributes, error?: string): void => {
    const ended = { traceId, parentSpanId: rootId, ...span, endedAt, attributes: { ...attributes, ...more } }
    children.push(error === undefined ? ended : { ...ended, error })
  }

  const take = (event: RunEvent): void => {
    const { dataset, at } = event
    const begin = (step: string, attributes: Attributes): OpenSpan => ({
      spanId: newSpanId(),
      name: `${step} ${dataset}`,
      startedAt: at,
      attributes: {
        'lakeferry.dataset': dataset,
        ...(event.runId === undefined ? {} : { 'lakeferry.run.id': event.runId }),
        ...attributes,
      },
    })
    switch (event.event) {
      case 'export.started':
        open.set(dataset, begin('export', databaseAttributes(database, event.collection)))
        return
      case 'validation.started':
        open.set(dataset, begin('validation', { 'lakeferry.engine': event.engine }))
        return
      case 'export.committed':
        end(open.get(dataset) ?? begin('export', {}), at, exportAttributes(event))
        break
      case 'validation.finished':
        end(open.get(dataset) ?? begin('validation', {}), at, validationAttributes(event))
        break
      case 'run.failed': {
        const { step, code, message } = event
        failures.push(`${dataset}: ${code}: ${message}`)
        end(open.get(dataset) ?? begin(step, {}), at, { 'error.type': code }, message)
        break
      }
      case 'run.finished':
        break
    }
    open.delete(dataset)
  }

  return {
    on(event) {
      first ??= event.at
      last = event.at
      runId ??= event.runId
      slot ??= event.slot
      take(event)
    },

    async settled() {
      if (first === undefined) return []
      for (const span of open.values()) end(span, last, {})
      const root: Span = {
        ...{ traceId, spanId: rootId, name: `lakeferry ${command}`, startedAt: first, endedAt: last },
        attributes: {
          'lakeferry.command': command,
          ...(runId === undefined ? {} : { 'lakeferry.run.id': runId }),
          ...(slot === undefined ? {} : { 'lakeferry.slot.set': slot.set, 'lakeferry.slot.at': slot.at }),
        },
        ...(failures.length === 0 ? {} : { error: failures.join('; ') }),
      }
      try {
        await exporter.export([root, ...children])
        return []
      } catch (error) {
        return [`no trace of this ${command}: ${reasonOf(error)}`]
      }
    },
  }
}

function newSpanId(): string {
  return randomBytes(8).toString('hex')
}

/** https://opentelemetry.io/docs/specs/semconv/database/mongodb/ */
function databaseAttributes(database: string, collection: string): Attributes {
  return { 'db.system.name': 'mongodb', 'db.namespace': database, 'db.collection.name': collection }
}

function exportAttributes({ manifest, resumed }: RunEvent & { readonly event: 'export.committed' }): Attributes {
  const { documents, parts, rejects, guarantee } = manifest
  return {
    'lakeferry.documents': documents,
    'lakeferry.bytes': manifestBytes(manifest),
    'lakeferry.parts': parts.length,
    'lakeferry.rejects': rejects.documents,
    'lakeferry.guarantee': guarantee.kind,
    'lakeferry.resumed': resumed,
  }
}

function validationAttributes(event: RunEvent & { readonly event: 'validation.finished' }): Attributes {
  return {
    'lakeferry.engine': event.engine,
    'lakeferry.documents': event.manifest.documents,
    'lakeferry.gate': event.gate.outcome,
    'lakeferry.violations': event.violated,
  }
}
