import type { AwsConnection } from '../../remote-job/aws-client.js'
import type { OpenStore } from '../../remote-job/driver-log.js'
import type { RemoteOptions } from '../../remote-job/remote-service.js'

/** A cluster that is made for one job and ends with it. */
export interface NewCluster {
  /** `emr-7.13.0`. */
  readonly release: string
  readonly instanceType: string
  /** One of them is the primary node; 1 or more. */
  readonly instances: number
  readonly serviceRole: string
  readonly instanceProfile: string
  /** Id of the subnet. @defaultValue EMR's choice in the default VPC */
  readonly subnet?: string
}

export interface EmrOptions extends RemoteOptions, AwsConnection {
  /** `s3://bucket/prefix`, as the cluster sees it. */
  readonly lakeUrl: string
  /** Id of a running cluster, or what to make one of. */
  readonly cluster: string | NewCluster
  /** Where a new cluster puts its logs: `s3://bucket/prefix`. @defaultValue nowhere */
  readonly logs?: string
  /** Settings for `spark-submit --conf`. */
  readonly conf: Readonly<Record<string, string>>
  /** Reads logs. @defaultValue they are not read */
  readonly openStore?: OpenStore
}
