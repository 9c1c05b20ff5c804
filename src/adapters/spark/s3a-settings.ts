/** What Hadoop's S3A has to be told of an `s3://` lake. */
export interface S3aLake {
  readonly region?: string
  readonly endpoint?: string
  /** @defaultValue true with an endpoint, false without */
  readonly pathStyle?: boolean
}

export interface S3aCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/**
 * Settings of Spark for Hadoop's S3A. No secrets are among them.
 *
 * Names: https://hadoop.apache.org/docs/r3.4.1/hadoop-aws/tools/hadoop-aws/connecting.html
 */
export function s3aSettings({ region, endpoint, pathStyle }: S3aLake): Readonly<Record<string, string>> {
  return {
    ...(region === undefined ? {} : { 'spark.hadoop.fs.s3a.endpoint.region': region }),
    ...(endpoint === undefined
      ? {}
      : {
          'spark.hadoop.fs.s3a.endpoint': endpoint,
          'spark.hadoop.fs.s3a.connection.ssl.enabled': String(endpoint.startsWith('https:')),
          // S3A wants a region also where it means nothing.
          ...(region === undefined ? { 'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1' } : {}),
        }),
    'spark.hadoop.fs.s3a.path.style.access': String(pathStyle ?? endpoint !== undefined),
    // The default of 15 minutes and 10 attempts each of 20 hides a refused key for minutes.
    'spark.hadoop.fs.s3a.attempts.maximum': '5',
    'spark.hadoop.fs.s3a.retry.limit': '5',
  }
}

/**
 * The environment that gives S3A its credentials: Spark puts them into the settings of the session, in memory, for its
 * executors, too (`SparkHadoopUtil.appendS3CredentialsFromEnvironment`). What was there before is taken out.
 */
export function s3aEnvironment(credentials: S3aCredentials | undefined): Readonly<Record<string, string | undefined>> {
  if (credentials === undefined) return {}
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_PROFILE: undefined,
  }
}

/** `s3://bucket/prefix` as S3A and `file:/lake` as Hadoop spell it, with a `/` at the end. */
export function hadoopUri(url: string): string {
  const uri = url.startsWith('s3://') ? `s3a://${url.slice('s3://'.length)}` : url.replace(/^file:\/*/, 'file:///')
  return uri.endsWith('/') ? uri : `${uri}/`
}
