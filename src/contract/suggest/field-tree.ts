import type { Census } from '../../model/census.js'

/** One path of a census with the paths below it. */
export interface FieldNode {
  /** The field's name; of an array's elements, that of the array. */
  readonly name: string
  /** By type alias. */
  readonly counts: Readonly<Record<string, number>>
  readonly fields: ReadonlyMap<string, FieldNode>
  readonly element: FieldNode | undefined
}

interface GrowingNode extends FieldNode {
  counts: Readonly<Record<string, number>>
  readonly fields: Map<string, GrowingNode>
  element: GrowingNode | undefined
}

/** The paths of a census as a tree, fields at the top by name. */
export function fieldTree(census: Census): ReadonlyMap<string, FieldNode> {
  const root = newNode('')
  for (const path of Object.keys(census.fields)) {
    let node = root
    for (const step of stepsOf(path)) node = below(node, step)
    node.counts = census.fields[path]!
  }
  return root.fields
}

/** Values that are there and not null. */
export function valuesOf(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [type, count]) => (type === 'null' ? sum : sum + count), 0)
}

/** BSON types that a path has, null left out, the most frequent first. */
export function typesOf({ counts }: Pick<FieldNode, 'counts'>): readonly string[] {
  return Object.entries(counts)
    .filter(([type, count]) => type !== 'null' && count > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([type]) => type)
}

function newNode(name: string): GrowingNode {
  return { name, counts: {}, fields: new Map(), element: undefined }
}

type Step = { readonly field: string } | { readonly element: true }

function below(node: GrowingNode, step: Step): GrowingNode {
  if ('element' in step) {
    node.element ??= newNode(node.name)
    return node.element
  }
  const found = node.fields.get(step.field) ?? newNode(step.field)
  node.fields.set(step.field, found)
  return found
}

/** `a.b[].c`: `\` escapes a point, a bracket or itself within a name. The empty name is a name. */
function stepsOf(path: string): Step[] {
  const steps: Step[] = []
  let name = ''
  let open = true
  for (let at = 0; at < path.length; at++) {
    const sign = path[at]!
    if (sign === '\\') name += path[++at] ?? ''
    else if (sign === '.' || path.startsWith('[]', at)) {
      if (open) steps.push({ field: name })
      name = ''
      open = sign === '.'
      if (!open) {
        steps.push({ element: true })
        at += 1
      }
    } else name += sign
  }
  if (open) steps.push({ field: name })
  return steps
}
