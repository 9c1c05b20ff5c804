import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { LakeferryStack } from './lakeferry-stack.js'
import type { LakeferrySettings } from './settings.js'

/**
 * Writes the CloudFormation template: to where the CDK command says, or to infra/cdk.out when this is run by itself
 * (`npm run infra:synth`), which needs neither the command nor credentials.
 */
const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

// The command hands the context of cdk.json over; nobody else does.
const alone = process.env['CDK_CONTEXT_JSON'] === undefined
const app = new App(
  alone ? { outdir: here('cdk.out'), context: JSON.parse(readFileSync(here('cdk.json'), 'utf8')).context } : {},
)
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env
const settings = app.node.tryGetContext('lakeferry') as LakeferrySettings | undefined
new LakeferryStack(app, 'Lakeferry', {
  description: 'Lakeferry: MongoDB to an S3 data lake, on a schedule, held to data contracts',
  env: { ...(account && { account }), ...(region && { region }) },
  settings: settings ?? {},
})
app.synth()
if (alone) console.log(here('cdk.out'))
