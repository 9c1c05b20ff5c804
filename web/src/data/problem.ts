import type { Problem } from '../../../src/http/problem.js'
import { formatCount } from '../text/figures.js'

/** An answer that is an error, or none at all (`status` 0): what every failed request is raised as. */
export class RequestFailed extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }

  get isConnectionLost(): boolean {
    return this.problem.status === 0
  }

  get needsToken(): boolean {
    return this.problem.status === 401 || this.problem.status === 403
  }

  /** Asking again may help: nobody there, somebody busy, or a failure of the moment. */
  get mayPass(): boolean {
    const { status } = this.problem
    return status === 0 || status === 429 || status >= 500
  }
}

export const CONNECTION_LOST: Problem = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  detail: 'The server does not answer.',
  hint: 'It is asked again by itself, and the page goes on where it was.',
}

/** The problem that an answer tells, or one made of its status where something in between answered for the server. */
export async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text().catch(() => '')
  try {
    const value: unknown = JSON.parse(text)
    if (isProblem(value)) return value
  } catch {
    // Told below: a proxy's page is nothing to show.
  }
  return {
    type: 'about:blank',
    title: answer.statusText || 'Error',
    status: answer.status,
    detail: `The server answered with status ${answer.status}.`,
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value && 'status' in value
}

/** What is wrong at one field of a form, by the JSON pointers of the answer: `/text`; an absent field is told at its parent. */
export function fieldProblems(problem: Problem, fields: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { pointer, detail } of problem.errors ?? []) {
    const name =
      pointer.split('/')[1] || fields.find(field => detail.includes(`'${field}'`) || detail.includes(`"${field}"`))
    if (name !== undefined && fields.includes(name)) found[name] ??= plainly(detail)
  }
  return found
}

/** What the validator says, as people do; the rest is the server's own sentences. */
const PLAIN: readonly (readonly [said: RegExp, plainly: (value: string) => string])[] = [
  [/^must NOT have fewer than 1 characters$|^must have required property/, () => 'It is needed.'],
  [/^must NOT have fewer than (\d+) (?:characters|items)$/, least => `At least ${least}.`],
  [/^must NOT have more than (\d+) characters$/, most => `At most ${formatCount(Number(most))} characters.`],
  [/^must NOT have more than (\d+) items$/, most => `At most ${formatCount(Number(most))}.`],
  [/^must be >= (-?[\d.]+)$/, least => `At least ${least}.`],
  [/^must be <= (-?[\d.]+)$/, most => `At most ${most}.`],
  [/^must be integer(?:,null)?$/, () => 'A whole number is wanted.'],
  [/^must be number(?:,null)?$/, () => 'A number is wanted.'],
  [/^must match pattern /, () => 'It has a form or a character that cannot be.'],
]

export function plainly(detail: string): string {
  for (const [said, text] of PLAIN) {
    const found = said.exec(detail)
    if (found !== null) return text(found[1] ?? '')
  }
  return detail
}
