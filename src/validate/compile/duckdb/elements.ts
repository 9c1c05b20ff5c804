import { type ColumnPath, EACH } from '../../../model/rule.js'
import { fieldOf, type OwnName, valueAt } from './identifier.js'

/** One place for a value in the elements of lists: the last name of the path in one object, or an element itself. */
export interface Place {
  readonly value: string
  /** The object around it; undefined when it is an element, which is there whenever the list is. */
  readonly around: string | undefined
}

/** A condition on a place that is TRUE or FALSE, never NULL. */
type OfPlace = (place: Place) => string

/** Whether the condition holds of one of the places, or of more. FALSE when there is none. */
export function somewhere(path: ColumnPath, own: OwnName, condition: OfPlace): string {
  const { list, rest } = atList(valueAt, path)
  return some(list, rest, 0, own, condition)
}

/** The values at the places where the condition holds, in order, in one list. */
export function valuesWhere(path: ColumnPath, own: OwnName, condition: OfPlace): string {
  const { list, rest } = atList(valueAt, path)
  return values(list, rest, 0, own, condition)
}

function some(list: string, rest: ColumnPath, depth: number, own: OwnName, condition: OfPlace): string {
  const element = own(`e${depth}`)
  const inner = inElement(element, rest)
  const holds = 'list' in inner ? some(inner.list, inner.rest, depth + 1, own, condition) : condition(inner)
  return `coalesce(len(list_filter(${list}, lambda ${element}: ${holds})) > 0, FALSE)`
}

function values(list: string, rest: ColumnPath, depth: number, own: OwnName, condition: OfPlace): string {
  const element = own(`e${depth}`)
  const inner = inElement(element, rest)
  if ('list' in inner)
    // What is no list is left out of a flattened one.
    return `flatten(list_transform(${list}, lambda ${element}: ${values(inner.list, inner.rest, depth + 1, own, condition)}))`
  const found = `list_filter(${list}, lambda ${element}: ${condition(inner)})`
  return rest.length === 0 ? found : `list_transform(${found}, lambda ${element}: ${inner.value})`
}

interface AtList {
  readonly list: string
  readonly rest: ColumnPath
}

function inElement(element: string, path: ColumnPath): AtList | Place {
  if (path.includes(EACH)) return atList(names => fieldOf(element, names), path)
  return { value: fieldOf(element, path), around: path.length === 0 ? undefined : fieldOf(element, path.slice(0, -1)) }
}

function atList(at: (path: ColumnPath) => string, path: ColumnPath): AtList {
  const each = path.indexOf(EACH)
  return { list: at(path.slice(0, each)), rest: path.slice(each + 1) }
}
