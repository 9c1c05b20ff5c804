/** What a person decides about their Lakeferry on AWS: `context.lakeferry` of cdk.json. README.md beside this file lists it. */
export interface LakeferrySettings {
  /** @defaultValue CloudFormation makes one up */
  readonly bucketName?: string
  /** Of every key of the lake, without slashes at its ends. @defaultValue `lake` */
  readonly lakePrefix?: string
  /** `kms`: a key of the account's own, rotated yearly. @defaultValue `s3` */
  readonly encryption?: 's3' | 'kms'
  /** Whether S3 logs each access into a bucket beside this one. @defaultValue false */
  readonly accessLogs?: boolean
  /** How long overwritten and deleted objects can still be brought back. @defaultValue 30 */
  readonly noncurrentDays?: number
  /**
   * Days after which validation reports go. They are what runs are compared with, and what says that a run was good: a year at
   * least. @defaultValue never
   */
  readonly expireReportsAfterDays?: number

  /** Of the network with the database. @defaultValue a small network is made, without a NAT gateway */
  readonly vpcId?: string
  /** Of `vpcId`: at least one, each with a way to AWS and to the database. */
  readonly subnetIds?: readonly string[]
  /** Whether tasks in `subnetIds` get a public address, which public subnets need. @defaultValue false */
  readonly publicAddress?: boolean
  /** In the small network: one fixed address for all that goes out, for a database that admits by address. @defaultValue false */
  readonly natGateway?: boolean
  /** TCP ports that tasks may reach beside 443. @defaultValue MongoDB's, [27017] */
  readonly ports?: readonly number[]

  /** Tag of the image in the repository that the stack makes. @defaultValue `1` */
  readonly imageTag?: string
  /** In units of a thousandth of a core (1024 is one). @defaultValue 1024 */
  readonly cpu?: number
  /** @defaultValue 4096 */
  readonly memoryMiB?: number
  /** Room for parts while they are validated; 21 to 200. @defaultValue 50 */
  readonly scratchGiB?: number
  /** Of the task and of the jobs. @defaultValue `X86_64` */
  readonly architecture?: 'X86_64' | 'ARM64'
  /** Environment variables whose values are secrets: name to ARN in Secrets Manager. @defaultValue one is made for MONGODB_URI */
  readonly secrets?: Readonly<Record<string, string>>

  /** Whether nothing is started by the clock, and no alarm told: until the image and the secrets are there. @defaultValue false */
  readonly paused?: boolean
  /** Of EventBridge Scheduler: six fields. @defaultValue `cron(0 2 * * ? *)` */
  readonly exportAt?: string
  /** When `monitor` looks. Empty: never. @defaultValue `rate(1 hour)` */
  readonly monitorAt?: string
  /** When `gc` sweeps. Empty: never. @defaultValue `cron(0 12 ? * SUN *)` */
  readonly sweepAt?: string
  /** IANA name, of all three. @defaultValue `UTC` */
  readonly timezone?: string
  /** Minutes within which an export may begin late, so that many do not begin at once. @defaultValue 0 */
  readonly flexibleMinutes?: number
  /** What the nightly task is called with. @defaultValue `["run", "--json"]` */
  readonly exportCommand?: readonly string[]

  /** @defaultValue `emr-7.13.0` */
  readonly emrRelease?: string
  /** What all jobs together may use at a time, and with it what an hour can cost. @defaultValue 64 */
  readonly emrMaxVcpu?: number
  /** @defaultValue 256 */
  readonly emrMaxMemoryGb?: number
  /** @defaultValue 400 */
  readonly emrMaxDiskGb?: number
  /** Minutes without a job after which the application stops. @defaultValue 10 */
  readonly emrIdleMinutes?: number

  /** Who is told of alarms; each has to confirm by the link in a first message. @defaultValue nobody */
  readonly alarmEmails?: readonly string[]
  /** Hours without a finished run after which that is an alarm; 168 at most. @defaultValue 26 */
  readonly staleAfterHours?: number
  /** Names of datasets, each with a stale alarm of its own. @defaultValue one alarm for all together */
  readonly datasets?: readonly string[]
  /** Of the log of the tasks. @defaultValue 90 */
  readonly logDays?: number
  /** ARNs of who may take the reader's role. @defaultValue those in this account whose own policies allow it */
  readonly readers?: readonly string[]
}

const DEFAULTS = {
  lakePrefix: 'lake',
  encryption: 's3',
  accessLogs: false,
  noncurrentDays: 30,
  publicAddress: false,
  natGateway: false,
  ports: [27017],
  imageTag: '1',
  cpu: 1024,
  memoryMiB: 4096,
  scratchGiB: 50,
  architecture: 'X86_64',
  secrets: {},
  paused: false,
  exportAt: 'cron(0 2 * * ? *)',
  monitorAt: 'rate(1 hour)',
  sweepAt: 'cron(0 12 ? * SUN *)',
  timezone: 'UTC',
  flexibleMinutes: 0,
  exportCommand: ['run', '--json'],
  emrRelease: 'emr-7.13.0',
  emrMaxVcpu: 64,
  emrMaxMemoryGb: 256,
  emrMaxDiskGb: 400,
  emrIdleMinutes: 10,
  alarmEmails: [],
  staleAfterHours: 26,
  datasets: [],
  logDays: 90,
  readers: [],
} as const satisfies LakeferrySettings

/** Settings without a default: undefined where nobody decided. */
const OPEN = {
  bucketName: undefined,
  expireReportsAfterDays: undefined,
  vpcId: undefined,
  subnetIds: undefined,
}

type Open = keyof typeof OPEN
export type Settled = Required<Omit<LakeferrySettings, Open>> & Pick<LakeferrySettings, Open>

/** Names of all settings, for whoever documents them. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(DEFAULTS), ...Object.keys(OPEN)].sort()

/** What a setting is when nobody decides. */
export function defaultOf(name: string): unknown {
  return (DEFAULTS as Record<string, unknown>)[name]
}

/** Oldest reports that may go: `run` compares with 30 runs, and a weekly set takes 30 weeks to have as many. Days. */
const REPORTS_AT_LEAST = 365

/**
 * Settings with their defaults.
 *
 * @throws Error that names the setting, what it may be and what it is
 */
export function settle(settings: LakeferrySettings = {}): Settled {
  for (const name of Object.keys(settings)) {
    if (!SETTING_NAMES.includes(name)) {
      throw new Error(`context.lakeferry has no setting ${name}; there are: ${SETTING_NAMES.join(', ')}`)
    }
  }
  const settled: Settled = { ...DEFAULTS, ...settings }
  checkText(settled)
  checkNumbers(settled)
  if ((settled.vpcId === undefined) !== (settled.subnetIds === undefined || settled.subnetIds.length === 0)) {
    throw new Error('vpcId and subnetIds belong together: name the network and at least one subnet of it, or neither')
  }
  return settled
}

function checkText({ lakePrefix, encryption, architecture, exportCommand, secrets }: Settled): void {
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(lakePrefix)) wrong('lakePrefix', 'a folder such as lake or data/lake', lakePrefix)
  if (!['s3', 'kms'].includes(encryption)) wrong('encryption', 's3 or kms', encryption)
  if (!['X86_64', 'ARM64'].includes(architecture)) wrong('architecture', 'X86_64 or ARM64', architecture)
  if (exportCommand.length === 0) wrong('exportCommand', 'a command of lakeferry in words', exportCommand)
  for (const [name, arn] of Object.entries(secrets)) {
    // The value itself would be in the template for all to read.
    if (!arn.startsWith('arn:')) wrong(`secrets.${name}`, 'the ARN of a secret', '(not shown)')
  }
}

function checkNumbers(settled: Settled): void {
  whole('noncurrentDays', settled.noncurrentDays, 1)
  whole('scratchGiB', settled.scratchGiB, 21, 200)
  whole('flexibleMinutes', settled.flexibleMinutes, 0, 1440)
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: seven days at most.
  whole('staleAfterHours', settled.staleAfterHours, 1, 168)
  whole('emrIdleMinutes', settled.emrIdleMinutes, 1, 10_080)
  for (const name of ['emrMaxVcpu', 'emrMaxMemoryGb', 'emrMaxDiskGb'] as const) whole(name, settled[name], 1)
  for (const port of settled.ports) whole('ports', port, 1, 65_535)
  if (settled.expireReportsAfterDays !== undefined) {
    whole('expireReportsAfterDays', settled.expireReportsAfterDays, REPORTS_AT_LEAST)
  }
}

/** Both bounds inclusive. */
function whole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
  wrong(name, `a whole number ${bounds}`, value)
}

function wrong(name: string, wanted: string, got: unknown): never {
  throw new Error(`context.lakeferry.${name} must be ${wanted}, and is ${JSON.stringify(got)}`)
}
