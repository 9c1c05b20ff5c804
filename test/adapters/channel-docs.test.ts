import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { slackMessage } from '../../src/adapters/slack/slack-message.js'
import { webhookHeaders } from '../../src/adapters/webhook/signature.js'
import { alertEventJson } from '../../src/model/alert-event.js'
import { plainAlert } from '../../src/model/alert-text.js'
import { OPENED, REMINDED } from '../ports/alert-channel-suite.js'

const docs = readFileSync(new URL('../../docs/channels.md', import.meta.url), 'utf8')

function example(name: string): string {
  const [, text] = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w*\\n([^]*?)\`\`\``).exec(docs) ?? []
  return text ?? expect.fail(`docs/channels.md has no example ${name}`)
}

describe('docs/channels.md', () => {
  it('shows what arrives', () => {
    expect(JSON.parse(example('slack'))).toEqual(slackMessage(OPENED))
    expect(JSON.parse(example('webhook'))).toEqual(JSON.parse(alertEventJson(OPENED)))
    expect(example('text')).toBe(plainAlert(OPENED))
  })

  it('has a row for every member of the JSON, and no other', () => {
    const { data, ...outer } = JSON.parse(alertEventJson(REMINDED))
    const members = [...Object.keys(outer), ...Object.keys(data).map(name => `data.${name}`)]
    const rows = [...docs.matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \| [a-z ]+ \| /gm)]
      .flatMap(([, cell = '']) => cell.split(', '))
      .map(cell => cell.replaceAll('`', ''))
    expect(rows.toSorted()).toEqual(members.toSorted())
  })

  it('has a function in Python that tells our messages from others', async context => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
    const body = alertEventJson({ ...OPENED, title: 'données “périmées”' })
    const headers = webhookHeaders(OPENED.id, new Date(), body, secret)
    const old = webhookHeaders(OPENED.id, new Date(Date.now() - 600_000), body, secret)
    const cases = [
      { secret, headers, body },
      { secret, headers, body: `${body} ` },
      { secret: `whsec_${Buffer.alloc(32, 6).toString('base64')}`, headers, body },
      { secret, headers: { ...headers, 'webhook-id': 'another' }, body },
      { secret, headers: old, body },
    ]
    const program = `${example('verify.py')}
import json, sys
print(json.dumps([verify(c["secret"], c["headers"], c["body"].encode()) for c in json.load(sys.stdin)]))`
    const output = await python(program, JSON.stringify(cases)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return context.skip('needs python3')
      throw error
    })
    expect(JSON.parse(String(output))).toEqual([true, false, false, false, false])
  })
})

function python(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('python3', ['-c', program], (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end(input)
  })
}
