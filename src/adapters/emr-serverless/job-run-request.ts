import type { StartJobRunCommandInput } from '@aws-sdk/client-emr-serverless'
import type { Job } from '../../ports/job-runner.js'
import { confArguments, jobArguments, jobProgram } from '../../remote-job/spark-arguments.js'
import { attemptName } from '../../remote-job/submission.js'
import type { EmrServerlessOptions } from './serverless-options.js'

/** EMR Serverless ends a job run itself after this long, in case nobody is there who would. */
const LONGEST_MINUTES = 10_080

export function jobRunRequest(
  { lakeUrl, conf, application, role, logs, timeoutMs }: EmrServerlessOptions,
  job: Job,
  attempt: number,
): StartJobRunCommandInput {
  const parameters = confArguments(conf).map(quoted).join(' ')
  return {
    applicationId: application,
    executionRoleArn: role,
    // The same token twice is the same job run: who died before the answer asks again without harm.
    clientToken: `${job.id}-${attempt}`,
    name: attemptName(job, attempt),
    jobDriver: {
      sparkSubmit: {
        entryPoint: jobProgram(lakeUrl, job),
        entryPointArguments: jobArguments(lakeUrl, job),
        ...(parameters === '' ? {} : { sparkSubmitParameters: parameters }),
      },
    },
    ...(logs === undefined
      ? {}
      : {
          configurationOverrides: {
            monitoringConfiguration: { s3MonitoringConfiguration: { logUri: `${logs.replace(/\/+$/, '')}/` } },
          },
        }),
    executionTimeoutMinutes: Math.min(Math.max(Math.ceil(timeoutMs / 60_000), 5), LONGEST_MINUTES),
    tags: { 'lakeferry:job': job.id, 'lakeferry:dataset': job.dataset, 'lakeferry:run': job.runId },
  }
}

/** One line is split into words as a shell does it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./*[\]-]+$/.test(word) ? word : `"${word.replaceAll(/(["\\$`])/g, '\\$1')}"`
}
