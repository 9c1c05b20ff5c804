import type { Severity } from '../model/rule.js'
import { nearest, refuseType, text, type YamlValue } from './yaml-file.js'

/** ODCS names error, warning and info as examples and leaves the word open: these are those in use. */
const WORDS: Readonly<Record<string, Severity>> = {
  error: 'error',
  critical: 'error',
  fatal: 'error',
  high: 'error',
  major: 'error',
  warning: 'warning',
  warn: 'warning',
  medium: 'warning',
  minor: 'warning',
  info: 'info',
  information: 'info',
  low: 'info',
}

export function severity(value: YamlValue): Severity {
  const word = text(value, 'error, warning or info')
  const found = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined
  if (found) return found
  const near = nearest(word, Object.keys(WORDS))
  return refuseType(value, 'error, warning or info', near && `Did you mean ${near}?`)
}
