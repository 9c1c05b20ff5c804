import { readFileSync } from 'node:fs'

const packageJson: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

export const VERSION: string = packageJson.version

/** Goes into manifests, executions and reports. */
export const TOOL: string = `lakeferry ${VERSION}`
