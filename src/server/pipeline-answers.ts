import { answers } from './route-answers.js'

/** Problems that every route of the pipeline may have beside the common ones: no token, or not the right one. */
const TOKENS = [401, 403] as const

/** Answers of a route whose body is the view of that name. @param problems - what may go wrong beside the common */
export function viewAnswers(
  view: string,
  description: string,
  ...problems: readonly number[]
): Readonly<Record<number, object>> {
  return answers({ 200: viewAnswer(view, description) }, ...TOKENS, ...problems)
}

export function viewAnswer(view: string, description: string): object {
  return { description, content: { 'application/json': { schema: { $ref: `${view}#` } } } }
}

/** The same of a body that is no JSON. */
export function textAnswers(
  types: readonly string[],
  description: string,
  ...problems: readonly number[]
): Readonly<Record<number, object>> {
  const content = Object.fromEntries(types.map(type => [type, { schema: { type: 'string' } }]))
  return answers({ 200: { description, content } }, ...TOKENS, ...problems)
}

/** @param good - answers of a route that has no body, or not 200 */
export function otherAnswers(
  good: Readonly<Record<number, object>>,
  ...problems: readonly number[]
): Readonly<Record<number, object>> {
  return answers(good, ...TOKENS, ...problems)
}
