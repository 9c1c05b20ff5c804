import type { Verdict } from './change.js'

/** By Semantic Versioning 2.0.0 (https://semver.org), what the new contract's version should at least be. */
export interface VersionAdvice {
  readonly from: string
  readonly to: string
  readonly bump: Bump
  /** Undefined where `from` is no semantic version. */
  readonly wanted: string | undefined
  /** Whether `to` is `wanted` or more; undefined where one of them is no semantic version. */
  readonly enough: boolean | undefined
}

export type Bump = 'none' | 'patch' | 'minor' | 'major'

/** @param onlyTold - that nothing is different but descriptions and messages */
export function versionAdvice(from: string, to: string, verdict: Verdict, onlyTold: boolean): VersionAdvice {
  const bump = verdict === 'identical' ? 'none' : verdict === 'breaking' ? 'major' : onlyTold ? 'patch' : 'minor'
  const [old, now] = [partsOf(from), partsOf(to)]
  const wanted = old && bumped(old, bump)
  return {
    ...{ from, to, bump },
    wanted: wanted?.join('.'),
    enough: wanted && now ? compare(now, wanted) >= 0 : undefined,
  }
}

type Parts = readonly [major: number, minor: number, patch: number]

/** `1`, `1.2` and `v1.2.3` are taken, too; what follows the numbers is left alone. */
function partsOf(version: string): Parts | undefined {
  const found = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-+].*)?$/.exec(version)
  return found ? [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)] : undefined
}

/** Before 1.0.0 "anything may change": by custom, a breaking change counts the minor up. */
function bumped([major, minor, patch]: Parts, bump: Bump): Parts {
  const step = major === 0 && bump === 'major' ? 'minor' : bump
  switch (step) {
    case 'none':
      return [major, minor, patch]
    case 'patch':
      return [major, minor, patch + 1]
    case 'minor':
      return [major, minor + 1, 0]
    case 'major':
      return [major + 1, 0, 0]
  }
}

function compare(a: Parts, b: Parts): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}
