import { Decimal128 } from 'bson'
import type { ConditionTest } from '../../src/model/condition.js'
import type { Rule } from '../../src/model/rule.js'

/** Rules and tests that ask something of one value that is there. */
export type ValueRule =
  | Exclude<ConditionTest, { kind: 'present' | 'notEmpty' }>
  | Extract<
      Rule,
      {
        kind:
          | 'pattern'
          | 'minimum'
          | 'maximum'
          | 'multipleOf'
          | 'minLength'
          | 'maxLength'
          | 'minItems'
          | 'maxItems'
          | 'enum'
          | 'uniqueItems'
      }
    >

export function satisfies(rule: ValueRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'pattern':
      return new RegExp(`^(?:${rule.pattern})$`, 'u').test(value as string)
    case 'minimum':
      return compare(rule.exclusive ? '>' : '>=', value, boundOf(rule.bound, value))
    case 'maximum':
      return compare(rule.exclusive ? '<' : '<=', value, boundOf(rule.bound, value))
    case 'multipleOf':
      return thousandths(value) % thousandths(rule.bound) === 0n
    case 'minLength':
      return [...(value as string)].length >= rule.bound
    case 'maxLength':
      return [...(value as string)].length <= rule.bound
    case 'minItems':
      return (value as unknown[]).length >= rule.bound
    case 'maxItems':
      return (value as unknown[]).length <= rule.bound
    case 'uniqueItems': {
      const items = (value as unknown[]).filter(item => item !== null)
      return new Set(items).size === items.length
    }
    case 'enum':
      return rule.values.some(item => item === plainOf(value))
  }
}

function boundOf(bound: number | string, value: unknown): unknown {
  return value instanceof Date ? new Date(bound) : bound
}

/** By value, whatever the types. NaN is neither equal to anything nor different from it. */
export function compare(operator: '<' | '<=' | '=' | '<>' | '>=' | '>', one: unknown, other: unknown): boolean {
  const [left, right] = [plainOf(one), plainOf(other)]
  if (Number.isNaN(left) || Number.isNaN(right)) return false
  const order =
    typeof left === 'string'
      ? Buffer.compare(Buffer.from(left), Buffer.from(right as string))
      : (left as number) < (right as number)
        ? -1
        : (left as number) > (right as number)
          ? 1
          : 0
  return { '<': order < 0, '<=': order <= 0, '=': order === 0, '<>': order !== 0, '>=': order >= 0, '>': order > 0 }[
    operator
  ]
}

/** Of JavaScript's own, in which equal values are the same; int64 beyond a number's reach stay bigint. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (value instanceof Decimal128) return Number(value.toString())
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return Object.is(value, -0) ? 0 : value
}

/** The decimals of these tests have two digits, and bounds three. */
function thousandths(value: unknown): bigint {
  return typeof value === 'bigint' ? value * 1000n : BigInt(Math.round(Number(String(value)) * 1000))
}
