import { isAt, NAMED_SIZE, setName } from './field-name'

/**
 * One path of the census: its counts, and what came next the last time, so that a document like the one before is counted
 * by comparing bytes alone. Begins with a field's name.
 */
export const FIRST: usize = NAMED_SIZE // the child that the last document began with: a guess
export const NEXT: usize = NAMED_SIZE + 4 // the sibling that followed this one: a guess
export const ELEMENT: usize = NAMED_SIZE + 8 // the path of an array's elements
export const STAMP: usize = NAMED_SIZE + 12 // the container that the name was last met in, so that it is told there twice
export const PATH_SIZE: usize = NAMED_SIZE + 16 // about the bytes of its path as text
export const PARENT: usize = NAMED_SIZE + 20
export const HASH: usize = NAMED_SIZE + 24
export const CHAIN: usize = NAMED_SIZE + 28 // another node of its slot
export const CHILD: usize = NAMED_SIZE + 32 // the last child that was made
export const SIBLING: usize = NAMED_SIZE + 36 // the child of its parent that was made before it
export const COUNTS: usize = NAMED_SIZE + 40 // by type: 0xff in slot 0, the others in that of their low five bits
const NODE_SIZE: usize = COUNTS + 4 * 32

/** Twice as many as there may be paths, or nearly. */
const SLOTS: u32 = 8192
const slots: usize = heap.alloc(4 * SLOTS)
memory.fill(slots, 0, 4 * SLOTS)

const NAMELESS: usize = memory.data<u64>([0])

// @ts-ignore: a decorator of AssemblyScript
@inline
function slotOf(parent: usize, hash: u32): usize {
  const mixed = hash ^ (<u32>parent * 0x9e3779b1)
  return slots + 4 * ((mixed ^ (mixed >> 15)) & (SLOTS - 1))
}

/** A node that nobody finds by its name: the root, and elements. */
export function newNode(parent: usize, name: usize = NAMELESS, size: i32 = 1): usize {
  const node = heap.alloc(NODE_SIZE + size)
  memory.fill(node, 0, NODE_SIZE)
  setName(node, node + NODE_SIZE, name, size)
  store<u32>(node, <u32>parent, PARENT)
  return node
}

/** The child with the name that stands at `name` and hashes so; 0 when there is none yet. */
export function childOf(parent: usize, name: usize, limit: usize, hash: u32): usize {
  let node: usize = load<u32>(slotOf(parent, hash))
  while (node != 0 && (load<u32>(node, PARENT) != <u32>parent || !isAt(node, name, limit))) node = load<u32>(node, CHAIN)
  return node
}

/** @param size - of the name with its NUL */
export function addChild(parent: usize, name: usize, size: i32, hash: u32): usize {
  const node = newNode(parent, name, size)
  const slot = slotOf(parent, hash)
  store<u32>(node, hash, HASH)
  store<u32>(node, load<u32>(slot), CHAIN)
  store<u32>(slot, <u32>node)
  store<u32>(node, load<u32>(parent, CHILD), SIBLING)
  store<u32>(parent, <u32>node, CHILD)
  return node
}

/** Takes the node back that was the last to be made, of its parent's children and of its slot. */
export function removeNode(node: usize): void {
  const parent: usize = load<u32>(node, PARENT)
  if (load<u32>(parent, ELEMENT) == <u32>node) store<u32>(parent, 0, ELEMENT)
  else {
    store<u32>(slotOf(parent, load<u32>(node, HASH)), load<u32>(node, CHAIN))
    store<u32>(parent, load<u32>(node, SIBLING), CHILD)
  }
  heap.free(node)
}

/** Forgets what came next, here and below: some of it may be no path any more. */
export function forgetGuesses(node: usize): void {
  store<u32>(node, 0, FIRST)
  store<u32>(node, 0, NEXT)
  const element: usize = load<u32>(node, ELEMENT)
  if (element != 0) forgetGuesses(element)
  for (let child: usize = load<u32>(node, CHILD); child != 0; child = load<u32>(child, SIBLING)) forgetGuesses(child)
}

/** Frees the node and all below. */
export function freeNodes(node: usize): void {
  const element: usize = load<u32>(node, ELEMENT)
  if (element != 0) freeNodes(element)
  let child: usize = load<u32>(node, CHILD)
  while (child != 0) {
    const sibling: usize = load<u32>(child, SIBLING)
    freeNodes(child)
    child = sibling
  }
  heap.free(node)
}

/** Nothing is found any more. */
export function forgetNames(): void {
  memory.fill(slots, 0, 4 * SLOTS)
}
