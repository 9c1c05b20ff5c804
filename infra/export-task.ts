import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Repository, TagMutability } from 'aws-cdk-lib/aws-ecr'
import {
  Capability,
  CfnCluster,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
  Secret as TaskSecret,
} from 'aws-cdk-lib/aws-ecs'
import type { Role } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { ExecutionRole } from './roles/execution-role.js'
import type { Settled } from './settings.js'

export interface ExportTaskProps {
  readonly settings: Settled
  /** What the program is on AWS. */
  readonly role: Role
  /** What `lakeferry.yaml` need not say, since the stack knows it. */
  readonly environment: Readonly<Record<string, string>>
}

/** Name of the container in the task: overrides of its command go by it. */
export const CONTAINER = 'lakeferry'
/** Of the image's user `node`. */
export const USER = '1000:1000'
/** The image has this folder for its user, and sets TMPDIR to it: the one place that can be written to. */
export const SCRATCH = '/scratch'
/** Fargate's most, between SIGTERM and the end: a run that is stopped takes back what it did not commit. Seconds. */
const STOP_SECONDS = 120
const IMAGES_KEPT = 10

/** The program as a task of Fargate: started by the clock, gone when it is done, nothing to keep up to date in between. */
export class ExportTask extends Construct {
  readonly clusterArn: string
  readonly definition: FargateTaskDefinition
  readonly logGroup: LogGroup
  readonly repository: Repository
  /** ARN of the secret with the connection string, where the stack made it. */
  readonly mongoSecretArn: string | undefined
  readonly executionRole: Role

  constructor(scope: Construct, id: string, { settings, role, environment }: ExportTaskProps) {
    super(scope, id)
    this.clusterArn = new CfnCluster(this, 'Cluster').attrArn
    this.repository = new Repository(this, 'Images', {
      // What ran last night is what the tag says, for ever.
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      lifecycleRules: [{ maxImageCount: IMAGES_KEPT }],
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    })
    this.logGroup = new LogGroup(this, 'Log', { retention: settings.logDays, removalPolicy: RemovalPolicy.DESTROY })
    this.mongoSecretArn = settings.secrets['MONGODB_URI'] === undefined ? this.#emptySecret() : undefined
    const secrets = {
      ...settings.secrets,
      ...(this.mongoSecretArn === undefined ? {} : { MONGODB_URI: this.mongoSecretArn }),
    }
    const { repository, logGroup } = this
    this.executionRole = new ExecutionRole(this, 'Execution', {
      repository,
      logGroup,
      secrets: Object.values(secrets),
    }).role
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: settings.cpu,
      memoryLimitMiB: settings.memoryMiB,
      ephemeralStorageGiB: settings.scratchGiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.of(settings.architecture),
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: role,
      // Their policies are written out in roles/, where a person can read them; nothing is added on the way.
      executionRole: this.executionRole.withoutPolicyUpdates(),
      volumes: [{ name: 'scratch' }],
    })
    const container = this.definition.addContainer(CONTAINER, {
      image: ContainerImage.fromEcrRepository(repository, settings.imageTag),
      command: [...settings.exportCommand],
      environment: { ...environment },
      secrets: this.#taskSecrets(secrets),
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: 'task' }),
      user: USER,
      readonlyRootFilesystem: true,
      linuxParameters: this.#linux(),
      stopTimeout: Duration.seconds(STOP_SECONDS),
    })
    container.addMountPoints({ containerPath: SCRATCH, sourceVolume: 'scratch', readOnly: false })
  }

  /** Without a value until somebody puts one in: a task says so when it cannot start, and no template ever has it. */
  #emptySecret(): string {
    const secret = new CfnSecret(this, 'MongodbUri', {
      description: 'Lakeferry: connection string of the MongoDB to export, of a user who may only read',
    })
    secret.applyRemovalPolicy(RemovalPolicy.DESTROY)
    return secret.ref
  }

  #taskSecrets(secrets: Readonly<Record<string, string>>): Record<string, TaskSecret> {
    return Object.fromEntries(
      Object.entries(secrets).map(([name, arn]) => [
        name,
        TaskSecret.fromSecretsManager(Secret.fromSecretCompleteArn(this, `Secret-${name}`, arn)),
      ]),
    )
  }

  #linux(): LinuxParameters {
    const linux = new LinuxParameters(this, 'Linux', { initProcessEnabled: true })
    linux.dropCapabilities(Capability.ALL)
    return linux
  }
}
