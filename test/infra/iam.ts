import type { Synthesized } from './synthesized.js'

/**
 * Enough of IAM to ask a policy a question: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
 * Conditions that it does not know are an error, never an answer.
 */
export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Principal?: unknown
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type Context = Readonly<Record<string, string | readonly string[]>>

/** References as text: a bucket's ARN as S3 has it, all others by the logical id. */
export function resolve({ resources }: Synthesized, value: unknown): string {
  if (typeof value !== 'object') return String(value)
  const [[name, argument] = ['', undefined]] = Object.entries(value as object)
  if (name === 'Ref') return String(argument).startsWith('AWS::') ? String(argument).slice(5) : `ref:${argument}`
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string]
    if (attribute !== 'Arn') return `${attribute}:${id}`
    return resources[id]?.Type === 'AWS::S3::Bucket' ? `arn:aws:s3:::${id}` : `arn:${id}`
  }
  if (name === 'Fn::Join') {
    const [between, parts] = argument as [string, unknown[]]
    return parts.map(part => resolve({ resources } as Synthesized, part)).join(between)
  }
  throw new Error(`a test that knows nothing of ${name}`)
}

export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}

/** Statements of every policy that is attached to a role. */
export function statementsOf(synthesized: Synthesized, roleId: string): Statement[] {
  const { resources } = synthesized
  return Object.values(resources)
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes(roleId))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
}

/** Actions that some statement allows. */
export function granted(statements: readonly Statement[]): string[] {
  return [
    ...new Set(statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => list(Action))),
  ].sort()
}

/** Whether a request is allowed: by one statement at least, and denied by none. */
export function allows(
  synthesized: Synthesized,
  statements: readonly Statement[],
  request: { readonly action: string; readonly resource: string; readonly context?: Context },
): boolean {
  const about = statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      list(Action).some(action => matches(action.toLowerCase(), request.action.toLowerCase())) &&
      list(Resource).some(resource => matches(resolve(synthesized, resource), request.resource)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) =>
          holds(
            operator,
            list(wanted as string).map(value => resolve(synthesized, value)),
            request.context?.[key],
          ),
        ),
      ),
  )
  return about.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny')
}

function holds(operator: string, wanted: readonly string[], found: string | readonly string[] | undefined): boolean {
  const values = list(found as string | undefined)
  const any = (same: (pattern: string, value: string) => boolean): boolean =>
    values.some(value => wanted.some(pattern => same(pattern, value)))
  switch (operator) {
    case 'Null':
      return wanted.includes(String(found === undefined))
    case 'Bool':
    case 'StringEquals':
    case 'ArnEquals':
      return any((pattern, value) => pattern === value)
    case 'ArnLike':
      return any(matches)
    case 'NumericLessThan':
      return values.some(value => Number(value) < Number(wanted[0]))
    case 'ForAllValues:StringLike':
      return values.every(value => wanted.some(pattern => matches(pattern, value)))
    default:
      throw new Error(`a test that knows nothing of the condition ${operator}`)
  }
}

/** `*` is any text, slashes included; `?` any character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
