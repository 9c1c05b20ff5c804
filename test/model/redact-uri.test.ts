import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactUri, redactUris } from '../../src/model/redact-uri.js'

describe('a connection string', () => {
  it.each([
    ['mongodb://127.0.0.1:27017/db?tls=true', 'mongodb://127.0.0.1:27017/db?tls=true'],
    ['mongodb://user:secret@a:1,b:2/db', 'mongodb://***@a:1,b:2/db'],
    ['mongodb+srv://user:secret@host', 'mongodb+srv://***@host'],
    ['mongodb://user:sec@ret@host', 'mongodb://***@host'],
    ['mongodb://user:sec/ret?x@host', 'mongodb://***@host'],
    [
      'mongodb://h/?tlsCertificateKeyFilePassword=secret&tls=true',
      'mongodb://h/?tlsCertificateKeyFilePassword=***&tls=true',
    ],
    ['mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:secret', 'mongodb://h/?authMechanismProperties=***'],
    ['user:secret', 'user:secret'],
  ])('%s is shown as %s', (uri, shown) => {
    expect(redactUri(uri)).toBe(shown)
  })

  it('never shows its password, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), password => {
        fc.pre(!'mongodb://user:host/db***'.includes(password))
        expect(redactUri(`mongodb://user:${password}@host/db`)).toBe('mongodb://***@host/db')
      }),
    )
  })
})

describe('a text', () => {
  it('has every address in it masked, and nothing else changed', () => {
    const text = 'cannot reach mongodb://u:secret@h:1/, nor "https://k:secret@s3/x?token=secret", mail me@example.org'
    expect(redactUris(text)).toBe(
      'cannot reach mongodb://***@h:1/, nor "https://***@s3/x?token=***", mail me@example.org',
    )
  })
})
