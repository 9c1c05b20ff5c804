import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSparkSubmit, type SparkOptions } from '../../src/adapters/spark/spark-submit-runner.js'
import type { Job } from '../../src/ports/job-runner.js'

const JOB: Job = {
  id: '0123456789abcdef',
  name: 'lakeferry papers 20260102T030405.678Z-0a1b2c',
  dataset: 'papers',
  runId: '20260102T030405.678Z-0a1b2c',
  folder: '_lakeferry/jobs/papers/run=20260102T030405.678Z-0a1b2c/0123456789abcdef/',
  bytes: 1,
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-submit-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A program of that name in a folder `bin` of the test's own. */
async function program(path: string, script: string): Promise<string> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return file
}

/** Runs a job by a `spark-submit` that is a shell script: for what the driver does, not for what Spark does. */
async function submit(script: string, options: Partial<SparkOptions> = {}, signal?: AbortSignal) {
  const file = await program('spark/bin/spark-submit', script)
  await program('bin/java', 'exit 0')
  const runner = openSparkSubmit({
    submit: file,
    lake: { url: 'file:/lake' },
    program: pathToFileURL('/x/job.py'),
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
    ...options,
  })
  return runner.run(JOB, signal ? { signal } : {})
}

describe('spark-submit', () => {
  const java = { PATH: '' }

  it('is looked for as configured, in SPARK_HOME and on the PATH; the error lists the places and says what to do', async () => {
    const run = (options: Partial<SparkOptions>) =>
      openSparkSubmit({ lake: { url: 'file:/lake' }, program: pathToFileURL('/x/job.py'), ...options }).run(JOB, {})
    await expect(run({ submit: '/nowhere/spark-submit', env: java })).rejects.toMatchObject({
      code: 'JOB_UNAVAILABLE',
      message: 'spark could not start the job: Spark is not installed; looked for /nowhere/spark-submit (spark.submit)',
      hint: expect.stringMatching(/pip install pyspark==4\.0\.2.*spark\.submit.*--engine duckdb/),
      exitCode: 3,
    })
    await expect(run({ env: { PATH: folder, SPARK_HOME: '/nowhere' } })).rejects.toMatchObject({
      message: expect.stringContaining(
        'looked for /nowhere/bin/spark-submit (SPARK_HOME), then spark-submit on the PATH',
      ),
    })
    await expect(run({ env: { PATH: folder } })).rejects.toMatchObject({
      message: expect.stringContaining('looked for SPARK_HOME (not set), then spark-submit on the PATH'),
    })
  })

  it('is not started where Java is missing', async () => {
    await expect(submit('exit 0', { env: { PATH: '/nowhere' } })).rejects.toMatchObject({
      code: 'JOB_UNAVAILABLE',
      message: 'spark could not start the job: Java is missing; looked for JAVA_HOME (not set), then java on the PATH',
      hint: expect.stringContaining('Install Java 17'),
    })
    await expect(submit('exit 0', { env: { PATH: '/bin', JAVA_HOME: '/nowhere' } })).rejects.toMatchObject({
      message: expect.stringContaining('looked for /nowhere/bin/java (JAVA_HOME)'),
    })
  })

  it('is not started where the Python that was named is missing', async () => {
    const env = { PATH: `${join(folder, 'bin')}:/bin`, PYSPARK_PYTHON: '/nowhere/python3' }
    await expect(submit('exit 0', { env })).rejects.toMatchObject({
      code: 'JOB_UNAVAILABLE',
      message: expect.stringContaining('Python is missing: PYSPARK_PYTHON names /nowhere/python3'),
      hint: expect.stringContaining('Install Python 3.9'),
    })
  })

  it('is told the master, the job and the settings, and no secret; those are in its environment', async () => {
    const credentials = async () => ({ accessKeyId: 'AKID', secretAccessKey: 'hunter2', sessionToken: 'hunter3' })
    const lake = { url: 's3://bucket/a b', endpoint: 'http://127.0.0.1:9000' }
    const told = join(folder, 'told')
    const script = `{ for word; do echo "$word"; done; echo "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"
      echo "$SPARK_LOCAL_IP"; echo "$PYSPARK_PYTHON"; echo "\${AWS_PROFILE-none}"; pwd; } > ${told}`
    const env = {
      PATH: `${join(folder, 'bin')}:/bin`,
      AWS_PROFILE: 'other',
      AWS_SESSION_TOKEN: 'old',
      PYSPARK_PYTHON: '/bin/sh',
    }
    const conf = {
      'spark.driver.extraClassPath': '/own.jar',
      'spark.driver.extraJavaOptions': '-Dx=y',
      'spark.ui.enabled': 'true',
    }
    const outcome = await submit(script, { lake, credentials, env, conf, jars: ['/a.jar', '/b.jar'] })
    expect(outcome.facts).toMatchObject({ master: 'local[*]' })
    const lines = (await readFile(told, 'utf8')).trimEnd().split('\n')
    const cwd = lines.pop() ?? ''
    expect(lines.splice(-4)).toEqual(['AKID hunter2 hunter3', '127.0.0.1', '/bin/sh', 'none'])
    expect(lines.slice(0, 4)).toEqual(['--master', 'local[*]', '--name', JOB.name])
    expect(lines.slice(-5)).toEqual(['/x/job.py', '--lake', 's3a://bucket/a b/', '--folder', JOB.folder])
    expect(lines).toContain('spark.driver.extraClassPath=/a.jar:/b.jar:/own.jar')
    expect(lines).toContain('spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:9000')
    expect(lines).toContain('spark.hadoop.fs.s3a.path.style.access=true')
    expect(lines).toContain('spark.ui.enabled=true')
    expect(lines).toContain('spark.driver.extraJavaOptions=-Xss256m -Dx=y')
    expect(lines.join('\n')).not.toMatch(/hunter|AKID/)
    // What Spark leaves where it was started has gone.
    await expect(readdir(cwd)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('leaves the loopback, and takes the jars to the executors, where the master is elsewhere', async () => {
    const told = join(folder, 'told')
    await submit(`{ echo "$*"; echo "ip:$SPARK_LOCAL_IP"; } > ${told}`, { master: 'spark://h:7077', jars: ['/a.jar'] })
    const text = await readFile(told, 'utf8')
    expect(text).toContain('spark.executor.extraClassPath=/a.jar')
    expect(text).toContain('spark.executor.extraJavaOptions=-Xss256m')
    expect(text).toMatch(/^ip:$/m)
    expect(text).not.toContain('spark.ui.enabled')
  })

  it('runs the Spark that is asked for by its path, whatever SPARK_HOME says', async () => {
    const told = join(folder, 'told')
    const env = { PATH: `${join(folder, 'bin')}:/bin`, SPARK_HOME: '/other' }
    await submit(`echo "home:$SPARK_HOME" > ${told}`, { env })
    expect(await readFile(told, 'utf8')).toBe('home:\n')
    await submit(`echo "home:$SPARK_HOME" > ${told}`, { env: { ...env, SPARK_HOME: join(folder, 'spark') } })
    expect(await readFile(told, 'utf8')).toBe(`home:${join(folder, 'spark')}\n`)
  })
})

describe('a driver that ends badly', () => {
  const says = (text: string, exit = 1): string => `cat >&2 <<'END'\n${text}\nEND\nexit ${exit}`

  it.each([
    [
      'no S3A',
      'java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found',
      'JOB_UNAVAILABLE',
      /has no S3A/,
      /spark\.jars/,
    ],
    [
      'no AWS SDK',
      'java.lang.NoClassDefFoundError: software/amazon/awssdk/core/exception/SdkException',
      'JOB_UNAVAILABLE',
      /has no S3A/,
      /spark\.jars/,
    ],
    [
      'jars of another version',
      "java.lang.NoSuchMethodError: 'void org.apache.hadoop.util.X.y()'",
      'JOB_UNAVAILABLE',
      /NoSuchMethodError/,
      /do not fit/,
    ],
    [
      'wrong credentials',
      'py4j: java.nio.file.AccessDeniedException: s3a://b/k: getFileStatus: (Service: S3, Status Code: 403)',
      'JOB_FAILED',
      /AccessDenied/,
      /lake\.credentials/,
    ],
    [
      'no Python',
      'java.io.IOException: Cannot run program "python3": error=2, No such file or directory',
      'JOB_UNAVAILABLE',
      /Python is missing/,
      /PYSPARK_PYTHON/,
    ],
    [
      'an old Java',
      'Error: java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main',
      'JOB_UNAVAILABLE',
      /too old/,
      /Java 17/,
    ],
    [
      'no memory',
      'java.lang.OutOfMemoryError: Java heap space',
      'JOB_FAILED',
      /ran out of memory/,
      /spark\.driver\.memory/,
    ],
    [
      'no cluster',
      '26/11/22 10:00:00 ERROR StandaloneSchedulerBackend: All masters are unresponsive! Giving up.',
      'JOB_UNAVAILABLE',
      /^spark could not start the job: All masters/,
      /spark\.master/,
    ],
    ['a full disk', 'java.io.IOException: No space left on device', 'JOB_FAILED', /No space left/, /SPARK_LOCAL_DIRS/],
  ])('says of %s what it is and what to do', async (_, text, code, message, hint) => {
    const log = `26/11/22 10:00:00 INFO SparkContext: Running Spark version 4.0.2\n${text}\n\tat java.base/x(Y.java:1)`
    await expect(submit(says(log))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it('is told by its own last cause, and by the exit code', async () => {
    const log =
      'Exception in thread "main" java.lang.RuntimeException: outer\n\tat x\nCaused by: java.lang.IllegalStateException: the inner\n\tat y'
    await expect(submit(says(log, 7))).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: 'the spark job 0123456789abcdef ended with exit code 7: java.lang.IllegalStateException: the inner',
    })
    await expect(submit('exit 3')).rejects.toMatchObject({ message: expect.stringContaining('it said nothing') })
    const chatter = '26/11/22 10:00:00 INFO ShutdownHookManager: Deleting directory /tmp/x'
    await expect(submit(says(chatter))).rejects.toMatchObject({ message: expect.stringContaining('it said nothing') })
    const py4j = `py4j.protocol.Py4JJavaError: An error occurred\n: org.apache.spark.SparkException: told\n\tat x\n${chatter}`
    await expect(submit(says(py4j))).rejects.toMatchObject({
      message: expect.stringMatching(/1: org\.apache.*: told$/),
    })
    await expect(submit('kill -KILL $$')).rejects.toMatchObject({ message: expect.stringContaining('too much memory') })
  })

  it('gives no secret away', async () => {
    const credentials = async () => ({ accessKeyId: 'AKID', secretAccessKey: 'hunter2' })
    const lake = { url: 's3://b' }
    const script = says('java.lang.Error: hunter2 at http://me:hunter9@host/').replace("'END'", 'END')
    const error = await submit(script, { lake, credentials }).catch(error => error)
    expect(error.message).toContain('java.lang.Error: *** at http://***@host/')
  })

  it('may say any amount first: only the end is kept', async () => {
    const script =
      'i=0; while [ $i -lt 20000 ]; do echo "0123456789012345678901234567890123456789" >&2; i=$((i+1)); done; echo "java.lang.Error: at last" >&2; exit 1'
    const before = process.memoryUsage().arrayBuffers
    await expect(submit(script)).rejects.toMatchObject({ message: expect.stringContaining('at last') })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })
})

describe('a job that is not wanted any more', () => {
  /** A driver that starts another process and stays, as the JVM does with Python. `trap` as `sh` has it. */
  const driver = (pids: string, trap = ''): string =>
    `${trap} sh -c '${trap} echo $$ >> ${pids}; while :; do sleep 0.1; done' & echo $$ >> ${pids}; while :; do sleep 0.1; done`

  it('ends with all that it has started', { timeout: 180_000 }, async () => {
    const pids = join(folder, 'pids')
    const stopping = new AbortController()
    const outcome = submit(driver(pids), {}, stopping.signal).catch(error => error)
    const started = await pidsIn(pids, 2)
    stopping.abort('SIGTERM')
    expect(await outcome).toMatchObject({ code: 'INTERRUPTED' })
    // A process may be seen for a moment after it has let go of its output.
    await expect.poll(() => running(started), { timeout: 5_000 }).toEqual([])
  })

  it.each([
    // dash has a word for the `sleep` that was ended, and the pipe to us has ended, too.
    ['heeds SIGTERM', (heard: string) => `exec 2>/dev/null; trap "echo TERM >> ${heard}; exit" TERM;`, 'TERM\nTERM\n'],
    ['does not heed it, some seconds later,', () => 'trap "" TERM;', ''],
  ])('ends when we are killed; one that %s too', { timeout: 300_000 }, async (_, trapOf, heeded) => {
    const pids = join(folder, 'pids')
    const heard = join(folder, 'heard')
    await writeFile(heard, '')
    const trap = trapOf(heard)
    const file = await program('spark/bin/spark-submit', `pwd > ${join(folder, 'cwd')}; ${driver(pids, trap)}`)
    await program('bin/java', 'exit 0')
    const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }
    const module = new URL('../../src/adapters/spark/spark-submit-runner.ts', import.meta.url).pathname
    const script = `
      import { runnerImport } from 'vite'
      const { module } = await runnerImport(${JSON.stringify(module)}, { logLevel: 'error' })
      const options = { submit: ${JSON.stringify(file)}, lake: { url: 'file:/lake' }, program: new URL('file:///x/job.py') }
      await module.openSparkSubmit({ ...options, env: ${JSON.stringify(env)} }).run(${JSON.stringify(JOB)}, {})`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
    const started = await pidsIn(pids, 2)
    owner.kill('SIGKILL')
    const cwd = (await readFile(join(folder, 'cwd'), 'utf8')).trim()
    // Spark has its blocks there, which may be many.
    const left = async (): Promise<unknown[]> => [...(await running(started)), ...(existsSync(cwd) ? [cwd] : [])]
    await expect.poll(left, { timeout: 120_000 }).toEqual([])
    // Its own end, and not the one that was made of it 10 s later.
    expect(await readFile(heard, 'utf8')).toBe(heeded)
  })

  it('is not started when it is not wanted from the beginning', async () => {
    const told = join(folder, 'told')
    await expect(submit(`touch ${told}`, {}, AbortSignal.abort('SIGINT'))).rejects.toBeTruthy()
    expect(await readdir(folder)).not.toContain('told')
  })
})

async function pidsIn(file: string, count: number): Promise<number[]> {
  for (const until = Date.now() + 120_000; Date.now() < until; await new Promise(resolve => setTimeout(resolve, 20))) {
    const pids = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number)
    if (pids.length >= count) return pids
  }
  throw new Error(`no ${count} processes in ${file}`)
}

/** Those of the processes that still run: orphans that have ended may wait for process 1 for ever. */
async function running(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,stat='])
  const states = new Map(
    stdout.split('\n').map(line => [Number(line.trim().split(/\s+/)[0]), line.trim().split(/\s+/)[1]]),
  )
  return pids.filter(pid => states.has(pid) && !states.get(pid)?.startsWith('Z'))
}
