import { LakeferryError } from '../../errors.js'
import { redactUris } from '../../model/redact-uri.js'
import { JAVA_HINT, PYTHON_HINT, unavailable } from './find-spark.js'
import type { ProcessEnd } from './process-group.js'

const RUNNER = 'spark'

export const S3A_HINT =
  'Name the jars hadoop-aws and the AWS SDK bundle, of the versions of your Spark, in spark.jars (or LAKEFERRY_SPARK_JARS): docs/configuration.md, "spark".'

interface Symptom {
  readonly seen: RegExp
  /** Whether the job never began: then it is the set-up that failed, and not the job. */
  readonly before?: true
  readonly reason?: string
  readonly next: string
}

/** What drivers say that have a known reason, the most telling first. */
const SYMPTOMS: readonly Symptom[] = [
  {
    seen: /S3AFileSystem not found|No FileSystem for scheme "?s3a?|NoClassDefFoundError: (software\/amazon\/awssdk|com\/amazonaws)/,
    before: true,
    reason: 'Spark has no S3A to read an s3:// lake with',
    next: S3A_HINT,
  },
  {
    seen: /NoSuchMethodError|NoSuchFieldError|ClassNotFoundException: .*hadoop/,
    before: true,
    next: 'The jars of spark.jars do not fit this Spark: docs/configuration.md, "spark", has the versions.',
  },
  {
    seen: /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|InvalidToken|ExpiredToken|Status Code: 403|\b403 Forbidden|NoAuthWithAWSException|NoAwsCredentialsException|Unable to load credentials/,
    next: 'Spark was refused by the lake: check lake.credentials and AWS_…, and that nothing in spark.conf or spark-defaults.conf sets others.',
  },
  {
    seen: /JAVA_HOME is not set|java: (command )?not found|exec: .*java.*(not found|No such file)/,
    before: true,
    reason: 'Java is missing',
    next: JAVA_HINT,
  },
  {
    seen: /UnsupportedClassVersionError|UnsupportedClassVersion|Unrecognized option: --add-opens/,
    before: true,
    reason: 'this Java is too old for this Spark',
    next: JAVA_HINT,
  },
  {
    seen: /Cannot run program "[^"]*python[^"]*"|python\S*: (command )?not found|python\S*: No such file/,
    before: true,
    reason: 'Python is missing where the job runs',
    next: PYTHON_HINT,
  },
  {
    seen: /PYTHON_VERSION_MISMATCH|Python in worker has different version/,
    next: 'Give driver and executors the same Python with PYSPARK_PYTHON and PYSPARK_DRIVER_PYTHON.',
  },
  {
    seen: /OutOfMemoryError|insufficient memory for the Java Runtime|Cannot allocate memory|Container killed .* exceeding memory|Java heap space/,
    reason: 'Spark ran out of memory',
    next: 'Raise spark.driver.memory (for a local master) or spark.executor.memory in spark.conf: {spark.driver.memory: 4g}.',
  },
  {
    seen: /StackOverflowError/,
    reason: 'a pattern needs more of the stack than Java has',
    next: 'Raise -Xss in spark.driver.extraJavaOptions and spark.executor.extraJavaOptions of spark.conf; docs/spark.md, "Limits".',
  },
  {
    seen: /All masters are unresponsive|Failed to connect to master|Could not parse Master URL|Master must either be/,
    before: true,
    next: 'Is the cluster of spark.master running, and is its address right?',
  },
  {
    seen: /No space left on device/,
    next: 'Make room, or give Spark another disk with SPARK_LOCAL_DIRS.',
  },
]

const NEXT = 'Nothing was written. Run again with --verbose; docs/configuration.md, "spark", has what Spark needs.'

/** What a driver that ended badly died of, in Lakeferry's words, with its own. */
export function driverFailure(jobId: string, end: ProcessEnd, secrets: readonly string[]): LakeferryError {
  const log = masked(`${end.stdout}\n${end.stderr}`, secrets)
  const said = sentence(log)
  const symptom = SYMPTOMS.find(({ seen }) => seen.test(log)) ?? killed(end)
  const reason = [symptom?.reason, symptom?.seen.exec(log) ? lineOf(log, symptom.seen) : said]
    .filter(Boolean)
    .join(': ')
  if (symptom?.before) return unavailable(reason, symptom.next)
  return new LakeferryError('JOB_FAILED', {
    runner: RUNNER,
    job: jobId,
    state: `with ${end.how}`,
    reason: reason || 'it said nothing',
    next: symptom?.next ?? NEXT,
  })
}

/** The kernel's out-of-memory killer leaves no word. */
function killed({ how, code }: ProcessEnd): Symptom | undefined {
  if (code !== 137 && how !== 'signal SIGKILL') return undefined
  return {
    seen: /(?!)/,
    reason: 'it was killed, as the system does to a process that takes too much memory',
    next: 'Make spark.driver.memory smaller, or give the machine more.',
  }
}

const LONGEST = 400

/** The line that tells most: the last cause, else the last exception or error, else the last that is no chatter. */
function sentence(log: string): string {
  const lines = log.split('\n').filter(line => line.trim() !== '' && !/^\s+at |^[\d/: .-]+(INFO|DEBUG) /.test(line))
  const told =
    lines.findLast(line => /^\s*Caused by: /.test(line)) ??
    lines.findLast(line => /\b\w*(Exception|Error)\b.*:/.test(line)) ??
    lines.at(-1) ??
    ''
  return cut(told)
}

function lineOf(log: string, seen: RegExp): string {
  return cut(log.split('\n').find(line => seen.test(line)) ?? '')
}

function cut(line: string): string {
  // The time, the level and the class that logs: not what it says.
  const text = line
    .trim()
    .replace(/^\d\d[\d/: .-]+(INFO|WARN|ERROR|FATAL)\s+\S+\s+/, '')
    .replace(/^(Caused by)?: /, '')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function masked(log: string, secrets: readonly string[]): string {
  return redactUris(
    secrets.filter(secret => secret !== '').reduce((text, secret) => text.replaceAll(secret, '***'), log),
  )
}
