import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { TestContext } from 'vitest'

const run = promisify(execFile)

export interface MailServer {
  readonly port: number
  /** Of each mail, as it came over the line, with whom it is for. */
  readonly mails: readonly { readonly raw: string; readonly to: readonly string[]; readonly secure: boolean }[]
  /** How often somebody signed in. */
  readonly signIns: number
  /** Mails that were left without an answer so far. */
  readonly hanging: number
  /** From now on; `refusal` is answered to the content of a mail. */
  behave(mood: 'take' | 'hang' | 'reset' | { readonly code: number; readonly words: string }): void
  clear(): void
  stop(): Promise<void>
}

export interface MailServerOptions {
  readonly user?: { readonly name: string; readonly password: string }
  /** PEM. Without it there is neither TLS nor STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** TLS from the first byte. */
  readonly secure?: boolean
  /** What sign-in answers to a wrong password. */
  readonly refusal?: (given: { user: string; password: string }) => string
  /** Addresses that are refused. */
  readonly unknown?: readonly string[]
}

/** A mail server on the loopback that keeps what it gets. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { user, tls, secure = false, refusal, unknown = [] } = options
  let mood: Parameters<MailServer['behave']>[0] = 'take'
  const mails: { raw: string; to: string[]; secure: boolean }[] = []
  let signIns = 0
  let hanging = 0
  const sockets = new Map<string, { resetAndDestroy?: () => void; destroy: () => void }>()
  const config: SMTPServerOptions = {
    secure,
    logger: false,
    authOptional: user === undefined,
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(user === undefined ? ['AUTH'] : [])],
    // So that a test sees whether the client does it all the same.
    allowInsecureAuth: true,
    closeTimeout: 50,
    ...tls,
    onAuth({ username = '', password }, _session, callback) {
      if (username === user?.name && password === user.password) {
        signIns += 1
        callback(null, { user: username })
        return
      }
      const words = refusal?.({ user: username, password: password ?? '' }) ?? 'Authentication failed'
      callback(Object.assign(new Error(words), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, callback) {
      callback(unknown.includes(address) ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null)
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        if (mood === 'hang') {
          hanging += 1
          return
        }
        if (mood === 'reset') {
          // Not on a server with TLS: Node 20 does not survive the end of a connection below one.
          for (const socket of sockets.values()) socket.destroy()
          return
        }
        if (mood !== 'take') {
          callback(Object.assign(new Error(mood.words), { responseCode: mood.code }))
          return
        }
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ raw: Buffer.concat(chunks).toString('utf8'), to, secure: session.secure })
        callback()
      })
    },
  }
  const server = new SMTPServer(config)
  let connections = 0
  server.server.on('connection', socket => {
    const id = String(++connections)
    sockets.set(id, socket)
    socket.on('close', () => sockets.delete(id))
  })
  // A client that goes away in the middle is what some tests are for.
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port')
  return {
    port: address.port,
    mails,
    get signIns() {
      return signIns
    },
    get hanging() {
      return hanging
    },
    behave(next) {
      mood = next
    },
    clear() {
      mails.length = 0
    },
    async stop() {
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** A key and a certificate of 127.0.0.1 that nobody vouches for. Without openssl the test is skipped, with the reason. */
export async function selfSigned(context: Pick<TestContext, 'skip'>): Promise<{ key: string; cert: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'lakeferry-cert-'))
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
    await run('openssl', ['req', '-x509', ...made, '-days', '2', ...subject])
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
  } catch (error) {
    return context.skip(`needs openssl to make a certificate: ${(error as Error).message.split('\n')[0]}`)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
