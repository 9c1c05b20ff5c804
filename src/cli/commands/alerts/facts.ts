import { hostname, userInfo } from 'node:os'
import type { Alert, AlertState, ResolvedAlert, Silence } from '../../../alert/alert-state.js'
import { alertTitle } from '../../../alert/alert-title.js'
import { lastedSeconds } from '../../../alert/elapsed.js'
import { isSilenced } from '../../../alert/silence.js'
import { CHECK_KINDS, type CheckKind } from '../../../model/check.js'

/** Who does it: `user@machine`. */
export function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    // A user id without an entry, as in some containers.
    return `${process.getuid?.() ?? 'somebody'}@${hostname()}`
  }
}

export function isKind(text: string): text is CheckKind {
  return (CHECK_KINDS as readonly string[]).includes(text)
}

/** As `--json` tells it; docs/cli.md. */
export function alertFacts(alert: Alert, silences: readonly Silence[], at: string): Record<string, unknown> {
  const { id, kind, subject, state, severity, promised, seen, look, since, fineSince, told, ack, affected } = alert
  return {
    ...{ id, kind, subject, state, severity, title: alertTitle(alert), promised, seen, look },
    runId: alert.runId,
    ...{ since, lastedSeconds: lastedSeconds(since, fineSince ?? at) },
    ...{ affected, causedBy: alert.causedBy, reopened: alert.reopened },
    toldAt: told?.at ?? null,
    fineSince,
    silenced: isSilenced(silences, alert, at),
    ack,
  }
}

export function resolvedFacts(alert: ResolvedAlert): Record<string, unknown> {
  const { id, kind, subject, severity, seen, since, endedAt, end, lastedSeconds: lasted, told, reopened, ack } = alert
  return { id, kind, subject, severity, seen, since, endedAt, end, lastedSeconds: lasted, told, reopened, ack }
}

export function silenceFacts(silence: Silence): Record<string, unknown> {
  const { id, datasets, kind, from, until, reason, by } = silence
  return { id, datasets, kind, from, until, reason, by }
}

/** One for each configured channel, and for each that still has messages waiting. */
export function channelFacts(
  { channels, pending }: Pick<AlertState, 'channels' | 'pending'>,
  configured: readonly string[],
): Record<string, unknown>[] {
  const names = [...new Set([...configured, ...pending.map(({ channel }) => channel)])]
  return names.map(name => {
    const record = channels.find(channel => channel.name === name)
    return {
      name,
      pending: pending.filter(({ channel }) => channel === name).length,
      sentAt: record?.sentAt ?? null,
      failures: record?.failures ?? 0,
      failingSince: record?.failingSince ?? null,
      error: record?.error ?? null,
      nextAt: record?.nextAt ?? null,
      givenUp: record?.givenUp ?? 0,
    }
  })
}
