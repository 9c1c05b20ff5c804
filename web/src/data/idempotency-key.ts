import { useRef } from 'react'

/** Another body is another request; the same again, after a lost answer, is the same, so that nothing is made twice. */
export function useIdempotencyKey(): (body: string) => string {
  const last = useRef({ body: '', key: '' })
  return body => {
    if (last.current.body !== body) last.current = { body, key: newKey() }
    return last.current.key
  }
}

/** `randomUUID` is there on https and localhost only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
