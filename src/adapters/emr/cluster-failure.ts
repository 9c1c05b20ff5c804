import type { ClusterStatus, FailureDetails } from '@aws-sdk/client-emr'
import { withoutSecrets } from '../../remote-job/driver-log.js'

/** Codes of ends that follow from those of the steps, and explain none. */
const OF_STEPS: readonly (string | undefined)[] = ['ALL_STEPS_COMPLETED', 'STEP_FAILURE']

/** Why a cluster ends or ended, in EMR's words. */
export function clusterReason(status: ClusterStatus | undefined): string | undefined {
  const { Code, Message } = status?.StateChangeReason ?? {}
  if (!(status?.State === 'TERMINATING' || isOver(status?.State)) || OF_STEPS.includes(Code)) return undefined
  const told = [Code, Message].filter(part => part !== undefined && part !== '').join(': ')
  const details = (status?.ErrorDetails ?? []).flatMap(({ ErrorCode, ErrorMessage }) => ErrorMessage ?? ErrorCode ?? [])
  const text = [told, ...details.filter(detail => !told.includes(detail))].filter(part => part !== '').join('; ')
  return text === '' ? undefined : withoutSecrets(text)
}

/** Why a step failed, as far as EMR found out itself. */
export function stepReason(details: FailureDetails | undefined): string | undefined {
  const text = [details?.Reason, details?.Message].filter(part => part !== undefined && part !== '').join(': ')
  return text === '' ? undefined : withoutSecrets(text)
}

/** `s3n://aws-logs/elasticmapreduce/`, as EMR tells it, as an address of the lake's kind. */
export function logsUrl(uri: string | undefined): string | undefined {
  const [, rest] = /^s3[an]?:\/\/([^/].*?)\/*$/.exec(uri ?? '') ?? []
  return rest === undefined ? undefined : `s3://${rest}`
}

/** Ended, and not going to run any step any more. */
export function isOver(state: string | undefined): boolean {
  return state === 'TERMINATED' || state === 'TERMINATED_WITH_ERRORS'
}
