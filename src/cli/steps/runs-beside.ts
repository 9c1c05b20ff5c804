import { isLakeferryError } from '../../errors.js'
import type { Manifest } from '../../model/manifest.js'
import type { Rule } from '../../model/rule.js'
import type { ObjectStore } from '../../ports/object-store.js'

/**
 * Of each dataset the run that a foreign key of this run would be held to: that of the same cycle, or the one nearest to it.
 * Datasets without a run that could be asked are left out.
 */
export async function runsBeside(
  lake: ObjectStore,
  manifest: Manifest,
  datasets: readonly string[],
): Promise<readonly { readonly dataset: string; readonly manifest: Manifest }[]> {
  const { otherRuns } = await import('../../validate/other-runs.js')
  const found: { dataset: string; manifest: Manifest }[] = []
  for (const dataset of datasets) {
    // A key into itself is held to the run itself.
    if (dataset === manifest.dataset) continue
    const rule: Rule = {
      ...{ id: '', severity: 'info', message: '', threshold: 1 },
      kind: 'foreignKey',
      columns: [],
      dataset,
      to: [],
    }
    try {
      found.push(...(await otherRuns({ lake }, manifest, { rules: [rule] })).references)
    } catch (error) {
      if (!isLakeferryError(error, 'RULE_CANNOT_RUN')) throw error
    }
  }
  return found
}
