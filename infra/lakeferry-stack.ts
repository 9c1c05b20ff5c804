import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms } from './alarms.js'
import { ExportTask } from './export-task.js'
import { LakeBucket } from './lake-bucket.js'
import { Network } from './network.js'
import { ExporterRole } from './roles/exporter-role.js'
import { ReaderRole } from './roles/reader-role.js'
import { ValidatorRole } from './roles/validator-role.js'
import { Schedule } from './schedule.js'
import { type LakeferrySettings, settle } from './settings.js'
import { AlertTopic } from './topic.js'
import { Validator } from './validator.js'

export interface LakeferryStackProps extends StackProps {
  readonly settings: LakeferrySettings
}

/** All of Lakeferry in an account of AWS. */
export class LakeferryStack extends Stack {
  /** @throws Error that names a setting that cannot be meant */
  constructor(scope: Construct, id: string, { settings: given, ...props }: LakeferryStackProps) {
    super(scope, id, props)
    const settings = settle(given)
    Tags.of(this).add('application', 'lakeferry')

    const lake = new LakeBucket(this, 'Lake', settings)
    const validator = new Validator(this, 'Validator', settings)
    const { topic } = new AlertTopic(this, 'Alerts', settings)
    const validatorRole = new ValidatorRole(this, 'ValidatorRole', { lake, validator }).role
    const { role } = new ExporterRole(this, 'Exporter', { lake, validator, validatorRole, topic })
    const readerRole = new ReaderRole(this, 'Reader', { lake, readers: settings.readers }).role
    const task = new ExportTask(this, 'Task', {
      settings,
      role,
      environment: {
        LAKEFERRY_LAKE_URL: lake.url,
        LAKEFERRY_LAKE_REGION: this.region,
        LAKEFERRY_EMR_REGION: this.region,
        LAKEFERRY_EMR_APPLICATION: validator.applicationId,
        LAKEFERRY_EMR_ROLE: validatorRole.roleArn,
        LAKEFERRY_EMR_LOGS: lake.logsUrl,
        // Alarms count its lines, whatever a command is called with.
        LAKEFERRY_TELEMETRY_LOG: 'json',
        ALERTS_TOPIC: topic.topicArn,
      },
    })
    const network = new Network(this, 'Network', settings)
    const { deadLetters } = new Schedule(this, 'Schedule', { settings, task, network })
    const { staleAfterHours, datasets, paused } = settings
    const { logGroup, clusterArn } = task
    new Alarms(this, 'Alarms', { topic, logGroup, clusterArn, deadLetters, staleAfterHours, datasets, paused })

    const tell = (name: string, value: string): void => void new CfnOutput(this, name, { value })
    tell('LakeUrl', lake.url)
    tell('ImageRepository', task.repository.repositoryUri)
    if (task.mongoSecretArn !== undefined) tell('MongodbUriSecret', task.mongoSecretArn)
    tell('Cluster', clusterArn)
    tell('TaskDefinition', task.definition.taskDefinitionArn)
    tell('Subnets', network.subnets.map(subnet => subnet.subnetId).join(','))
    tell('SecurityGroup', network.securityGroup.securityGroupId)
    tell('AssignPublicIp', network.publicAddress ? 'ENABLED' : 'DISABLED')
    tell('LogGroup', logGroup.logGroupName)
    tell('Topic', topic.topicArn)
    tell('ReaderRole', readerRole.roleArn)
    tell('DeadLetters', deadLetters.queueUrl)
    tell('EmrApplication', validator.applicationId)
    tell('EmrJobRole', validatorRole.roleArn)
  }
}
