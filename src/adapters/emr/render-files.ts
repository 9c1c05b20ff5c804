import type { RunJobFlowCommandInput } from '@aws-sdk/client-emr'
import type { Job } from '../../ports/job-runner.js'
import { attemptName } from '../../remote-job/submission.js'
import type { NewCluster } from './emr-options.js'
import { COMMAND_RUNNER, clusterRequest, instanceGroups, stepCommand } from './step-request.js'

export interface RenderOptions {
  readonly lakeUrl: string
  readonly conf: Readonly<Record<string, string>>
  readonly logs?: string
  readonly region?: string
  readonly cluster: NewCluster
}

export interface RenderedFile {
  readonly name: string
  readonly text: string
  readonly executable?: true
}

/** A step as `aws emr create-cluster --steps` takes it: https://docs.aws.amazon.com/cli/latest/reference/emr/create-cluster.html */
interface CliStep {
  Type: 'CUSTOM_JAR'
  Name: string
  ActionOnFailure: string
  Jar: string
  Args: string[]
}

/** Files for those who make their clusters themselves: the cluster, its steps, and the command that takes them. */
export function renderFiles(options: RenderOptions, jobs: readonly Job[]): RenderedFile[] {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  return [
    { name: CLUSTER_FILE, text: json(clusterConfig(options, jobs)) },
    { name: STEPS_FILE, text: json(cliSteps(options, jobs)) },
    { name: SCRIPT_FILE, text: script(options, jobs), executable: true },
  ]
}

const CLUSTER_FILE = 'emr-cluster-config.json'
const STEPS_FILE = 'validation-steps.json'
const SCRIPT_FILE = 'create-cluster.sh'

/** The request of RunJobFlow without its steps: what an SDK's `run_job_flow` and infrastructure tools take. */
function clusterConfig(options: RenderOptions, jobs: readonly Job[]): Omit<RunJobFlowCommandInput, 'Steps' | 'Tags'> {
  const { Steps: _steps, Tags: _tags, ...request } = clusterRequest(options, anyOf(jobs), 1)
  return { ...request, Name: clusterName(jobs) }
}

function cliSteps(options: RenderOptions, jobs: readonly Job[]): CliStep[] {
  return jobs.map(job => ({
    Type: 'CUSTOM_JAR',
    Name: attemptName(job, 1),
    // The next dataset's verdict does not depend on this one's.
    ActionOnFailure: 'CONTINUE',
    Jar: COMMAND_RUNNER,
    Args: stepCommand(options, job),
  }))
}

/**
 * `aws emr create-cluster` has no `--cli-input-json`, in neither version of the AWS CLI (aws-cli issue 1414): it is one of the
 * commands that are written by hand. So the settings of the cluster file are options here.
 */
function script(options: RenderOptions, jobs: readonly Job[]): string {
  const { cluster, logs, region } = options
  const groups = instanceGroups(cluster).map(({ InstanceRole, ...group }) => ({
    ...group,
    InstanceGroupType: InstanceRole,
  }))
  const ec2 = {
    InstanceProfile: cluster.instanceProfile,
    ...(cluster.subnet === undefined ? {} : { SubnetId: cluster.subnet }),
  }
  const words = [
    ['--name', clusterName(jobs)],
    ['--release-label', cluster.release],
    ['--applications', 'Name=Spark'],
    ['--instance-groups', JSON.stringify(groups)],
    ['--ec2-attributes', JSON.stringify(ec2)],
    ['--service-role', cluster.serviceRole],
    ...(logs === undefined ? [] : [['--log-uri', `${logs.replace(/\/+$/, '')}/`]]),
    ...(region === undefined ? [] : [['--region', region]]),
    ['--auto-terminate'],
    ['--no-termination-protected'],
    ['--steps', `file://${STEPS_FILE}`],
  ]
  const lines = words.map(([option = '', value]) => (value === undefined ? option : `${option} ${shellQuoted(value)}`))
  return [
    '#!/bin/sh',
    `# Makes the cluster of ${CLUSTER_FILE} and gives it the steps of ${STEPS_FILE}.`,
    '# aws emr create-cluster takes no --cli-input-json, so that the cluster is said here once more, in its options.',
    'set -eu',
    'cd "$(dirname "$0")"',
    `exec aws emr create-cluster \\\n  ${[...lines, '"$@"'].join(' \\\n  ')}`,
    '',
  ].join('\n')
}

function clusterName(jobs: readonly Job[]): string {
  return `lakeferry validation of ${[...new Set(jobs.map(({ dataset }) => dataset))].join(', ')}`.slice(0, 256)
}

function anyOf(jobs: readonly Job[]): Job {
  const job = jobs[0]
  if (job === undefined) throw new RangeError('there is no job to render')
  return job
}

function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
