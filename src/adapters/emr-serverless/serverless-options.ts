import type { AwsConnection } from '../../remote-job/aws-client.js'
import type { OpenStore } from '../../remote-job/driver-log.js'
import type { RemoteOptions } from '../../remote-job/remote-service.js'
import type { Prices } from './cost.js'

export interface EmrServerlessOptions extends RemoteOptions, AwsConnection {
  /** `s3://bucket/prefix`, as the application sees it. */
  readonly lakeUrl: string
  /** Id of a Spark application. */
  readonly application: string
  /** ARN of the role that jobs run as. */
  readonly role: string
  /** Where logs go: `s3://bucket/prefix`. @defaultValue EMR Serverless keeps them itself, where only the console shows them */
  readonly logs?: string
  /** Settings of Spark. */
  readonly conf: Readonly<Record<string, string>>
  readonly prices: Prices
  /** Reads logs. @defaultValue they are not read */
  readonly openStore?: OpenStore
}
