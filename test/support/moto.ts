import { freePorts } from '../../src/demo/free-port.js'
import { startGuarded } from '../../src/demo/guarded-process.js'
import { withPortRetry } from './port-retry.js'
import { motoProgram } from './programs.js'

const ACCOUNT = '123456789012'
const REGION = 'eu-central-1'

/** The stand-in for AWS's services, with what a test wants to know of SNS and SQS. */
export interface Moto {
  readonly endpoint: string
  readonly region: string
  /** Makes a topic and a queue that is subscribed to it; the same message twice is one where the names end in `.fifo`. */
  makeTopic(name: string): Promise<MotoTopic>
  stop(): Promise<void>
}

export interface MotoTopic {
  readonly arn: string
  /** What came to the queue since the last time, as SNS wraps it. */
  receive(): Promise<readonly SnsNotification[]>
}

export interface SnsNotification {
  readonly Type: string
  readonly TopicArn: string
  readonly Subject: string
  readonly Message: string
  readonly MessageAttributes: Readonly<Record<string, { Type: string; Value: string }>>
}

/** Installed into `.services/` the first time; started on a free port of the loopback, and taken down with this process. */
export async function startMoto(): Promise<Moto> {
  const program = await motoProgram()
  return withPortRetry(() => startOnce(program))
}

async function startOnce(program: string): Promise<Moto> {
  const [port] = await freePorts(1)
  const endpoint = `http://127.0.0.1:${port}`
  const { stop } = await startGuarded({
    name: 'moto',
    command: program,
    args: () => ['-H', '127.0.0.1', '-p', String(port)],
    ready: async () => ((await fetch(`${endpoint}/moto-api/`)).ok ? 'ready' : undefined),
    startWithinMs: 120_000,
  })
  return {
    endpoint,
    region: REGION,
    stop,
    makeTopic: name => makeTopic(endpoint, name),
  }
}

async function makeTopic(endpoint: string, name: string): Promise<MotoTopic> {
  const fifo = name.endsWith('.fifo')
  const attributes: Record<string, string> = fifo
    ? { 'Attributes.entry.1.key': 'FifoTopic', 'Attributes.entry.1.value': 'true' }
    : {}
  const arn = xmlText(await ask(endpoint, 'sns', { Action: 'CreateTopic', Name: name, ...attributes }), 'TopicArn')
  const queueAttributes: Record<string, string> = fifo
    ? { 'Attribute.1.Name': 'FifoQueue', 'Attribute.1.Value': 'true' }
    : {}
  const queue = { Action: 'CreateQueue', QueueName: name, ...queueAttributes }
  const QueueUrl = xmlText(await ask(endpoint, 'sqs', queue), 'QueueUrl')
  const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`
  await ask(endpoint, 'sns', { Action: 'Subscribe', TopicArn: arn, Protocol: 'sqs', Endpoint })
  return {
    arn,
    async receive() {
      const query = { Action: 'ReceiveMessage', QueueUrl, MaxNumberOfMessages: '10', WaitTimeSeconds: '0' }
      const xml = await ask(endpoint, 'sqs', query)
      for (const [, handle = ''] of xml.matchAll(/<ReceiptHandle>([^<]*)<\/ReceiptHandle>/g)) {
        await ask(endpoint, 'sqs', { Action: 'DeleteMessage', QueueUrl, ReceiptHandle: handle })
      }
      return [...xml.matchAll(/<Body>([^<]*)<\/Body>/g)].map(([, body = '']) => JSON.parse(unescapeXml(body)))
    },
  }
}

/** The query protocol of SNS and SQS. moto reads the service and region off the signature, and does not check it. */
async function ask(endpoint: string, service: string, query: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20261122/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams(query).toString(),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`moto: ${query['Action']}: HTTP ${response.status}: ${text}`)
  return text
}

function xmlText(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  if (text === undefined) throw new Error(`moto: no ${name} in ${xml}`)
  return unescapeXml(text)
}

function unescapeXml(text: string): string {
  return text
    .replaceAll(/&#(x?)([0-9a-fA-F]+);/g, (_, hex: string, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, hex === '' ? 10 : 16)),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
