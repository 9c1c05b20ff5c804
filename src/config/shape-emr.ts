import type { EmrConfig } from './config.js'
import { durationSeconds } from './duration-setting.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
export interface CheckedEmr {
  readonly region?: string
  readonly endpoint?: string
  readonly logs?: string
  readonly startTimeout?: string
  readonly timeout?: string
  readonly pollSeconds?: number
  readonly application?: string
  readonly role?: string
  readonly prices?: Partial<EmrConfig['prices']>
  readonly cluster?: string
  readonly release?: string
  readonly instanceType?: string
  readonly instances?: number
  readonly serviceRole?: string
  readonly instanceProfile?: string
  readonly subnet?: string
}

/** Keys that say how a cluster is made. */
const NEW_CLUSTER = ['release', 'instanceType', 'instances', 'serviceRole', 'instanceProfile', 'subnet'] as const

/**
 * Defaults filled in, and what the chosen engine needs made sure of.
 *
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export function shapeEmr(emr: CheckedEmr = {}, laid: Laid): EmrConfig {
  refuseBesideCluster(emr, laid)
  requireForEngine(emr, laid)
  const { region, endpoint, logs, application, role, cluster, subnet } = emr
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(logs === undefined ? {} : { logs }),
    startTimeoutSeconds: durationSeconds(laid, ['emr', 'startTimeout'], emr.startTimeout),
    timeoutSeconds: durationSeconds(laid, ['emr', 'timeout'], emr.timeout),
    pollSeconds: emr.pollSeconds ?? Number(fallback('pollSeconds')),
    ...(application === undefined ? {} : { application }),
    ...(role === undefined ? {} : { role }),
    prices: {
      vcpuHour: emr.prices?.vcpuHour ?? Number(fallback('prices', 'vcpuHour')),
      memoryGbHour: emr.prices?.memoryGbHour ?? Number(fallback('prices', 'memoryGbHour')),
      storageGbHour: emr.prices?.storageGbHour ?? Number(fallback('prices', 'storageGbHour')),
    },
    ...(cluster === undefined ? {} : { cluster }),
    newCluster: {
      release: emr.release ?? String(fallback('release')),
      instanceType: emr.instanceType ?? String(fallback('instanceType')),
      instances: emr.instances ?? Number(fallback('instances')),
      serviceRole: emr.serviceRole ?? String(fallback('serviceRole')),
      instanceProfile: emr.instanceProfile ?? String(fallback('instanceProfile')),
      ...(subnet === undefined ? {} : { subnet }),
    },
  }
}

/** Beside a running cluster they would be read and ignored. */
function refuseBesideCluster(emr: CheckedEmr, laid: Laid): void {
  if (emr.cluster === undefined) return
  for (const name of NEW_CLUSTER) {
    if (emr[name] === undefined) continue
    throw invalidSetting(laid, ['emr', name], 'it left out beside emr.cluster, which is there already', emr[name])
  }
}

function requireForEngine(emr: CheckedEmr, laid: Laid): void {
  const { engine, lake } = laid.value as {
    engine?: { kind?: string; large?: string }
    lake: { url: string }
  }
  const kind = engine?.kind === 'auto' ? engine.large : engine?.kind
  if (kind !== 'emr' && kind !== 'emr-serverless') return
  if (!lake.url.startsWith('s3:')) {
    throw invalidSetting(laid, ['lake', 'url'], `s3://bucket/prefix, which ${kind} can read`, lake.url)
  }
  if (kind !== 'emr-serverless') return
  for (const name of ['application', 'role'] as const) {
    if (emr[name] !== undefined) continue
    throw invalidSetting(laid, ['emr', name], `${schemaAt(['emr', name])?.title}, for engine ${kind}`, undefined)
  }
}

function fallback(...path: string[]): unknown {
  return schemaAt(['emr', ...path])?.default
}
