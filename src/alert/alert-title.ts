import type { Check, CheckKind } from '../model/check.js'

interface Titles {
  readonly wrong: (subject: string) => string
  /** What cannot be told, after `cannot tell whether`. */
  readonly unknown: (subject: string) => string
  readonly none: (subject: string) => string
}

/** docs/alerts.md has a row for each kind. */
const TITLES: Readonly<Record<CheckKind, Titles>> = {
  freshness: {
    wrong: name => `${name} is stale`,
    unknown: name => `${name} is fresh`,
    none: name => `${name} has no export yet`,
  },
  run: {
    wrong: name => `the last run of ${name} failed`,
    unknown: name => `the last run of ${name} came to its end`,
    none: name => `${name} was never run`,
  },
  stuck: {
    wrong: name => `a run of ${name} is stuck`,
    unknown: name => `a run of ${name} is stuck`,
    none: name => `no run of ${name} was begun yet`,
  },
  verdict: {
    wrong: name => `the newest run of ${name} is not good`,
    unknown: name => `the newest run of ${name} is good`,
    none: name => `${name} has no verdict yet`,
  },
  volume: {
    wrong: name => `${name} has an unusual number of documents`,
    unknown: name => `${name} has the usual number of documents`,
    none: name => `${name} has no earlier runs to compare with`,
  },
  job: {
    wrong: name => `the validation job of ${name} failed`,
    unknown: name => `the validation job of ${name} is under way`,
    none: name => `${name} has no validation job`,
  },
  oplog: {
    wrong: name => `the oplog is shorter than an export${of(name)} takes`,
    unknown: name => `the oplog is longer than an export${of(name)} takes`,
    none: name => `no export${of(name)} to compare the oplog with yet`,
  },
  slots: {
    wrong: name => `the schedule${of(name)} missed its time`,
    unknown: name => `the schedule${of(name)} kept its times`,
    none: name => `the schedule${of(name)} has not run yet`,
  },
  lake: {
    wrong: () => 'the lake cannot be reached',
    unknown: () => 'the lake can be reached',
    none: () => 'there is no lake yet',
  },
  source: {
    wrong: () => 'MongoDB cannot be reached',
    unknown: () => 'MongoDB can be reached',
    none: () => 'there is no MongoDB yet',
  },
  clock: {
    wrong: name => `this machine’s clock is not that of ${machine(name)}`,
    unknown: name => `this machine’s clock is that of ${machine(name)}`,
    none: name => `there is no clock of ${machine(name)} to compare with yet`,
  },
  channel: {
    wrong: name => `the alert channel ${name} takes no messages`,
    unknown: name => `the alert channel ${name} takes messages`,
    none: name => `the alert channel ${name} was never used`,
  },
}

/** One line, of a check that is not fine. */
export function alertTitle({ kind, subject, state }: Pick<Check, 'kind' | 'subject' | 'state'>): string {
  const titles = TITLES[kind]
  if (state === 'unknown') return `cannot tell whether ${titles.unknown(subject)}`
  return state === 'none' ? titles.none(subject) : titles.wrong(subject)
}

function of(name: string): string {
  return name === '' ? '' : ` of ${name}`
}

function machine(name: string): string {
  return name === 'source' ? 'MongoDB' : 'the lake'
}
