import type { RetentionConfig } from './config.js'
import { durationSeconds } from './duration-setting.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'

/** What the schema has made sure of. */
export interface CheckedRetention {
  readonly keepDaily?: number
  readonly keepWeekly?: number
  readonly grace?: string
}

/** What readers are promised: a run that they were pointed to an hour ago is still there. */
const GRACE_LEAST_SECONDS = 3_600

/**
 * Defaults filled in. Without keepDaily and keepWeekly no run is ever removed, and then `grace` would be read and ignored.
 *
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export function shapeRetention(retention: CheckedRetention = {}, laid: Laid): RetentionConfig {
  const { keepDaily, keepWeekly, grace } = retention
  const path = ['retention', 'grace']
  const graceSeconds = durationSeconds(laid, path, grace)
  if (graceSeconds < GRACE_LEAST_SECONDS) throw invalidSetting(laid, path, 'at least 1h', grace)
  if (grace !== undefined && keepDaily === undefined && keepWeekly === undefined) {
    throw invalidSetting(laid, path, 'keepDaily or keepWeekly beside it, without which every run is kept', grace)
  }
  return {
    ...(keepDaily === undefined ? {} : { keepDaily }),
    ...(keepWeekly === undefined ? {} : { keepWeekly }),
    graceSeconds,
  }
}
