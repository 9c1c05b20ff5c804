import type { Comment } from '../../../src/http/papers.js'

export interface Thread {
  readonly comment: Comment
  readonly replies: readonly Thread[]
}

/** By what a comment is replied to: its public id, else its key. */
export function commentKey({ id, _id }: Comment): string {
  return id ?? _id
}

/**
 * Comments as a tree, each list oldest first. A reply to what is not there stands at the top; so does what would be its own
 * ancestor, which only documents that did not come through the API can be.
 */
export function threadsOf(comments: readonly Comment[]): readonly Thread[] {
  const byKey = new Map(comments.map(comment => [commentKey(comment), comment]))
  const children = new Map<string | undefined, Comment[]>()
  for (const comment of comments) {
    const parent = parentOf(comment, byKey)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [comment])
    else siblings.push(comment)
  }
  const build = (parent: string | undefined): readonly Thread[] =>
    (children.get(parent) ?? [])
      .toSorted(
        (a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? '') || commentKey(a).localeCompare(commentKey(b)),
      )
      .map(comment => ({ comment, replies: build(commentKey(comment)) }))
  return build(undefined)
}

function parentOf(comment: Comment, byKey: ReadonlyMap<string, Comment>): string | undefined {
  const { replyTo } = comment
  if (replyTo === undefined || !byKey.has(replyTo)) return undefined
  const seen = new Set([commentKey(comment)])
  for (let at: string | undefined = replyTo; at !== undefined && byKey.has(at); at = byKey.get(at)?.replyTo) {
    if (seen.has(at)) return undefined
    seen.add(at)
  }
  return replyTo
}

/** The list with one more, or with its newer version in its place. */
export function withComment(comments: readonly Comment[], comment: Comment): readonly Comment[] {
  const at = comments.findIndex(({ _id }) => _id === comment._id)
  return at < 0 ? [...comments, comment] : comments.with(at, comment)
}
