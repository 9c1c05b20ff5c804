import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { SCRATCH, USER } from '../../infra/export-task.js'
import { SETTING_NAMES } from '../../infra/settings.js'
import { loadConfig } from '../../src/config/load-config.js'
import { complaint, copies, instructions, invocations, taken } from './deploy-texts.js'
import { only, synthesize } from './synthesized.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const deploy = join(root, 'docs/deploy')
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter(name => name !== 'systemd')
const read = (name: string): string => readFileSync(join(deploy, name), 'utf8')
const units = files.filter(name => /\.(service|timer)$/.test(name))
const services = units.filter(name => name.endsWith('.service'))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

async function withConfig<T>(yaml: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lakeferry-deploy-'))
  try {
    await writeFile(join(directory, 'lakeferry.yaml'), yaml)
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

describe('docs/deploy', () => {
  it.each(files)('%s calls commands that there are, with options that they have', async name => {
    for (const words of invocations(name, read(name))) {
      expect(await complaint(words), `lakeferry ${words.join(' ')}`).toBeUndefined()
    }
  })

  it('calls commands at all, so that the test above has something to say', () => {
    const all = files.flatMap(name => invocations(name, read(name))).map(words => words.join(' '))
    expect(all).toEqual(
      expect.arrayContaining(['schedule --once --quiet', 'schedule --json', 'doctor', 'run --json', 'gc --quiet']),
    )
  })

  it('notices a command or an option that there is not', async () => {
    expect(await complaint(['exprot'])).toBeDefined()
    expect(await complaint(['schedule', '--ones'])).toBeDefined()
    expect(await complaint(['gc', 'papers', '--dryrun'])).toBeDefined()
  })

  it.each(files.filter(name => name.endsWith('.md')))('%s links to what there is', name => {
    for (const [, path] of read(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(join(deploy, path!)), path).toBe(true)
    }
  })

  it('names scripts and settings that there are', () => {
    const texts = [...files.map(read), readFileSync(join(root, 'infra/README.md'), 'utf8')].join('\n')
    for (const [, script] of texts.matchAll(/npm run (\S+)/g)) {
      expect(manifest.scripts, script).toHaveProperty(script!.replace(/[`;]+$/, ''))
    }
    const quoted = [...read('aws.md').matchAll(/"(\w+)": (?:"|\[|true|false)/g)].map(([, name]) => name!)
    for (const name of quoted.filter(word => word !== 'SLACK_WEBHOOK')) expect(SETTING_NAMES).toContain(name)
  })

  it('has shell that a shell can read', () => {
    const blocks = files.flatMap(name => [...read(name).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!))
    expect(blocks.length).toBeGreaterThan(5)
    for (const block of blocks) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' })
      expect(status, `${block}${stderr}`).toBe(0)
    }
  })

  it('is in the package', () => {
    expect(manifest.files).toContain('docs')
  })
})

describe('lakeferry.yaml of the AWS guide', () => {
  it('is one, in the environment that the stack gives the task', async () => {
    const [container] = only(synthesize(), 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions
    const known = [...container.Environment, ...container.Secrets] as { Name: string }[]
    const values: Record<string, string> = {
      LAKEFERRY_LAKE_URL: 's3://bucket/lake',
      LAKEFERRY_EMR_APPLICATION: '00f1abcdefghij01',
      LAKEFERRY_TELEMETRY_LOG: 'json',
      LAKEFERRY_EMR_LOGS: 's3://bucket/emr-logs',
      LAKEFERRY_EMR_ROLE: 'arn:aws:iam::123456789012:role/job',
      MONGODB_URI: 'mongodb://db/',
      ALERTS_TOPIC: 'arn:aws:sns:us-east-1:123456789012:alerts',
    }
    const env = Object.fromEntries(known.map(({ Name }) => [Name, values[Name] ?? 'us-east-1']))
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(read('aws.md')) ?? []
    const { config } = await withConfig(yaml, cwd => loadConfig({ env, cwd }))
    expect(config.lake.url).toBe('s3://bucket/lake')
    expect(config.emr).toMatchObject({ role: values['LAKEFERRY_EMR_ROLE'], logs: values['LAKEFERRY_EMR_LOGS'] })
    expect(config.alerts).toMatchObject([{ kind: 'sns', topic: values['ALERTS_TOPIC'] }])
    expect(config.engine).toMatchObject({ kind: 'auto', large: 'emr-serverless' })
  })
})

describe('systemd units', () => {
  it.each(services)('%s runs as a user of its own, shut in, and is stopped gently', name => {
    const unit = read(name)
    for (const line of [
      'User=lakeferry',
      'EnvironmentFile=/etc/lakeferry/environment',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'PrivateTmp=yes',
      'KillMode=mixed',
      'TimeoutStopSec=120',
      'CapabilityBoundingSet=',
    ]) {
      expect(unit.split('\n'), line).toContain(line)
    }
    // Node writes machine code into memory.
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m)
  })

  it('take a verdict about the data for work that was done, and nothing else', () => {
    for (const name of services.filter(service => read(service).includes('Type=oneshot'))) {
      expect(read(name)).toMatch(/^SuccessExitStatus=1 4$/m)
    }
    expect(read('systemd/lakeferry-schedule.service')).not.toMatch(/^SuccessExitStatus/m)
    expect(read('systemd/lakeferry-schedule.service')).toMatch(/^Restart=always$/m)
  })

  it('the timer wakes a unit that there is', () => {
    const [, unit = ''] = /^Unit=(.*)$/m.exec(read('systemd/lakeferry-once.timer')) ?? []
    expect(units).toContain(`systemd/${unit}`)
  })

  const systemd = spawnSync('systemd-analyze', ['--version']).status === 0
  it.skipIf(!systemd)('are ones to systemd, where it is installed', () => {
    const paths = units.map(name => join(deploy, name))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })
    expect(stderr.split('\n').filter(line => line.includes('lakeferry'))).toEqual([])
    expect(status).toBe(0)
  })
})

describe('Containerfile', () => {
  const lines = instructions(read('Containerfile'))
  const of = (name: string): string[] => lines.filter(([word]) => word === name).map(([, text]) => text)

  it('copies what there is, and what its ignore file lets through', () => {
    const sources = copies(lines).flatMap(({ from, sources }) => (from === undefined ? sources : []))
    expect(sources.length).toBeGreaterThan(5)
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true)
      expect(taken(read('Containerfile.dockerignore'), source), source).toBe(true)
    }
    for (const path of ['.git', 'node_modules', '.services', 'lakeferry.yaml', '.env', 'test']) {
      expect(taken(read('Containerfile.dockerignore'), path), path).toBe(false)
    }
  })

  it('has in the image what the package has that runs, and nothing that it has not', () => {
    const last = lines.findLastIndex(([word]) => word === 'FROM')
    const paths = copies(lines.slice(last)).flatMap(({ sources }) => sources.map(path => path.replace('/build/', '')))
    const always = ['package.json', 'LICENSE', 'node_modules']
    const forPeople = ['docs', 'examples', 'observability', 'CHANGELOG.md']
    const running = manifest.files.filter((path: string) => !forPeople.includes(path))
    expect(paths.sort()).toEqual([...always, ...running].sort())
  })

  it('has a base that the native packages load on, by its short name', () => {
    for (const base of of('FROM')) {
      expect(base).toMatch(/^node:(\d+)-slim( AS \w+)?$/)
      expect(Number(/\d+/.exec(base)?.[0])).toBeGreaterThanOrEqual(Number(/\d+/.exec(manifest.engines.node)?.[0]))
    }
  })

  it('runs as the task on Fargate and the pod expect it: this user, this folder to write to', () => {
    expect(of('USER')).toEqual([USER])
    expect(of('VOLUME')).toEqual([JSON.stringify([SCRATCH])])
    expect(of('ENV').join(' ')).toContain(`TMPDIR=${SCRATCH}`)
    const [entry] = of('ENTRYPOINT')
    expect(`./${JSON.parse(entry!)[1].replace('/app/', '')}`).toBe(manifest.bin.lakeferry)
  })

  it('is healthy as /healthz says, or when there is none', async () => {
    const [, program = ''] = /CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0]!) ?? []
    const [, ...args] = JSON.parse(program) as string[]
    const check = (port?: number): Promise<number | null> =>
      new Promise(done => {
        const env = port === undefined ? {} : { LAKEFERRY_SCHEDULE_PORT: String(port) }
        spawn(process.execPath, args, { env, stdio: 'ignore' }).on('exit', done)
      })
    let status = 200
    const server = createServer((request, answer) => {
      answer.writeHead(request.url === '/healthz' ? status : 404).end()
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    expect(await check(port)).toBe(0)
    status = 503
    expect(await check(port)).toBe(1)
    await new Promise(done => server.close(done))
    expect(await check(port)).toBe(1)
    expect(await check()).toBe(0)
  })
})

describe('kubernetes-cronjob.yaml', () => {
  // biome-ignore lint/suspicious/noExplicitAny: Kubernetes has a thousand shapes
  const [config, account, job] = parseAllDocuments(read('kubernetes-cronjob.yaml')).map(one => one.toJS() as any)
  const pod = job.spec.jobTemplate.spec.template.spec
  const [container] = pod.containers

  it('has a configuration that is one', async () => {
    const env = { MONGODB_URI: 'mongodb://db/' }
    const loaded = await withConfig(config.data['lakeferry.yaml'], cwd => loadConfig({ env, cwd }))
    expect(loaded.config.datasets.map(({ name }) => name)).toEqual(['papers'])
  })

  it('runs one at a time, shut in as the image is, and does not repeat a verdict', () => {
    expect(job.spec.concurrencyPolicy).toBe('Forbid')
    expect(`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`).toBe(USER)
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([
      '/etc/lakeferry',
      SCRATCH,
    ])
    expect(pod.serviceAccountName).toBe(account.metadata.name)
    expect(job.spec.jobTemplate.spec.podFailurePolicy.rules[0].onExitCodes.values).toEqual([1, 2, 4])
    expect(pod.restartPolicy).toBe('Never')
  })
})
