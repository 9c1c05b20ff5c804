import type { RunJobFlowCommandInput, StepConfig } from '@aws-sdk/client-emr'
import type { Job } from '../../ports/job-runner.js'
import { confArguments, jobArguments, jobProgram } from '../../remote-job/spark-arguments.js'
import { attemptName } from '../../remote-job/submission.js'
import type { EmrOptions, NewCluster } from './emr-options.js'

/** Runs a command of the primary node: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html */
export const COMMAND_RUNNER = 'command-runner.jar'

/** The command of a job's step. The driver runs where the step does, so that its words are in the step's log. */
export function stepCommand({ lakeUrl, conf }: Pick<EmrOptions, 'lakeUrl' | 'conf'>, job: Job): string[] {
  return [
    'spark-submit',
    '--deploy-mode',
    'client',
    ...confArguments(conf),
    jobProgram(lakeUrl, job),
    ...jobArguments(lakeUrl, job),
  ]
}

export function stepRequest(
  options: Pick<EmrOptions, 'lakeUrl' | 'conf' | 'cluster'>,
  job: Job,
  attempt: number,
): StepConfig {
  return {
    Name: attemptName(job, attempt),
    // Somebody else's cluster goes on; one of ours has nothing else to do.
    ActionOnFailure: typeof options.cluster === 'string' ? 'CONTINUE' : 'TERMINATE_CLUSTER',
    HadoopJarStep: { Jar: COMMAND_RUNNER, Args: stepCommand(options, job) },
  }
}

/** Cluster and step in one request: there is never a cluster of ours that does not know what it is for. */
export function clusterRequest(
  options: Pick<EmrOptions, 'lakeUrl' | 'conf' | 'logs'> & { readonly cluster: NewCluster },
  job: Job,
  attempt: number,
): RunJobFlowCommandInput {
  const { cluster, logs } = options
  return {
    Name: attemptName(job, attempt),
    ReleaseLabel: cluster.release,
    ...(logs === undefined ? {} : { LogUri: `${logs.replace(/\/+$/, '')}/` }),
    Applications: [{ Name: 'Spark' }],
    Instances: {
      InstanceGroups: instanceGroups(cluster),
      KeepJobFlowAliveWhenNoSteps: false,
      TerminationProtected: false,
      ...(cluster.subnet === undefined ? {} : { Ec2SubnetId: cluster.subnet }),
    },
    Steps: [stepRequest(options, job, attempt)],
    ServiceRole: cluster.serviceRole,
    JobFlowRole: cluster.instanceProfile,
    VisibleToAllUsers: true,
    Tags: [
      { Key: 'lakeferry:job', Value: job.id },
      { Key: 'lakeferry:dataset', Value: job.dataset },
      { Key: 'lakeferry:run', Value: job.runId },
    ],
  }
}

interface InstanceGroup {
  Name: string
  InstanceRole: 'MASTER' | 'CORE'
  InstanceType: string
  InstanceCount: number
}

export function instanceGroups({ instanceType, instances }: NewCluster): InstanceGroup[] {
  const primary: InstanceGroup = {
    Name: 'Primary',
    InstanceRole: 'MASTER',
    InstanceType: instanceType,
    InstanceCount: 1,
  }
  if (instances <= 1) return [primary]
  return [primary, { Name: 'Core', InstanceRole: 'CORE', InstanceType: instanceType, InstanceCount: instances - 1 }]
}
