import { type ColumnPath, EACH } from '../../../model/rule.js'
import { type Scope, valueAt } from './scope.js'

/** One place for a value in the elements of lists: the last name of the path in one object, or an element itself. */
export interface Place {
  readonly value: string
  /** The object around it; undefined when it is an element, which is there whenever the list is. */
  readonly around: string | undefined
}

/** A condition on a place that is TRUE or FALSE, never NULL. */
type OfPlace = (place: Place) => string

/** Whether the condition holds of one of the places, or of more. FALSE when there is none. */
export function somewhere(path: ColumnPath, scope: Scope, condition: OfPlace): string {
  const { list, rest } = atList(names => valueAt(names, scope), path)
  return some(list, rest, 0, scope, condition)
}

/** The values at the places where the condition holds, in order, in one list. */
export function valuesWhere(path: ColumnPath, scope: Scope, condition: OfPlace): string {
  const { list, rest } = atList(names => valueAt(names, scope), path)
  return values(list, rest, 0, scope, condition)
}

function some(list: string, rest: ColumnPath, depth: number, scope: Scope, condition: OfPlace): string {
  const { words, own } = scope
  const element = own(`e${depth}`)
  const inner = inElement(element, rest, scope)
  const holds = 'list' in inner ? some(inner.list, inner.rest, depth + 1, scope, condition) : condition(inner)
  return `coalesce(${words.some(list, element, holds)}, FALSE)`
}

function values(list: string, rest: ColumnPath, depth: number, scope: Scope, condition: OfPlace): string {
  const { words, own } = scope
  const element = own(`e${depth}`)
  const inner = inElement(element, rest, scope)
  if ('list' in inner) return words.flat(list, element, values(inner.list, inner.rest, depth + 1, scope, condition))
  const found = words.filter(list, element, condition(inner))
  return rest.length === 0 ? found : words.each(found, element, inner.value)
}

interface AtList {
  readonly list: string
  readonly rest: ColumnPath
}

function inElement(element: string, path: ColumnPath, { words }: Scope): AtList | Place {
  if (path.includes(EACH)) return atList(names => words.field(element, names), path)
  const around = path.length === 0 ? undefined : words.field(element, path.slice(0, -1))
  return { value: words.field(element, path), around }
}

function atList(valueIn: (path: ColumnPath) => string, path: ColumnPath): AtList {
  const at = path.indexOf(EACH)
  return { list: valueIn(path.slice(0, at)), rest: path.slice(at + 1) }
}
