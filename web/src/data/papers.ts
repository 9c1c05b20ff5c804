import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { Comment, CommentWrite, Paper } from '../../../src/http/papers.js'
import { keyOf } from '../text/paper-fields.js'
import { readDraft } from './draft.js'
import { parseLinks } from './link-header.js'
import { type PaperSearch, searchPath } from './paper-search.js'
import { commentPath, paperPath } from './paths.js'
import { ask, request } from './request.js'
import { askStored, type Stored } from './stored.js'
import { commentKey, withComment } from './thread.js'

export interface PaperPage {
  readonly papers: readonly Paper[]
  readonly total: number
}

/** Of a thread; beyond it the page tells how many there are. */
const MOST_COMMENTS = 2_000
const COMMENTS_AT_ONCE = 500

export interface CommentList {
  readonly comments: readonly Comment[]
  readonly total: number
}

export function usePapers(search: PaperSearch): UseQueryResult<PaperPage> {
  const path = searchPath(search)
  return useQuery({
    queryKey: ['papers', path],
    queryFn: async ({ signal }) => {
      const { body, headers } = await request<readonly Paper[]>(path, { signal })
      return { papers: body, total: Number(headers.get('x-total-count') ?? body.length) }
    },
    placeholderData: keepPreviousData,
  })
}

/** @param options - `fresh`: it is asked for even if it has just been */
export function usePaper(id: string, { fresh = false }: { fresh?: boolean } = {}): UseQueryResult<Stored<Paper>> {
  const client = useQueryClient()
  return useQuery({
    queryKey: ['paper', id],
    queryFn: ({ signal }) => askStored<Paper>(paperPath(id), { signal }),
    refetchOnMount: fresh ? 'always' : true,
    // Whoever comes from the list sees at once what that had of it.
    placeholderData: (): Stored<Paper> | undefined => {
      const lists = client.getQueriesData<PaperPage>({ queryKey: ['papers'] })
      const known = lists.flatMap(([, list]) => list?.papers ?? []).find(paper => keyOf(paper) === id)
      return known === undefined ? undefined : { document: known, etag: undefined }
    },
  })
}

/** One comment with its version, to be edited. */
export function useStoredComment(id: string): UseQueryResult<Stored<Comment>> {
  return useQuery({
    queryKey: ['comment', id],
    queryFn: ({ signal }) => askStored<Comment>(commentPath(id), { signal }),
    // As it was when the form was opened: what comes later is told when it is saved.
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0 },
  })
}

export function useComments(id: string): UseQueryResult<CommentList> {
  return useQuery({
    queryKey: ['comments', id],
    queryFn: async ({ signal }): Promise<CommentList> => {
      let path: string | undefined = `${paperPath(id, 'comments')}?limit=${COMMENTS_AT_ONCE}`
      let comments: readonly Comment[] = []
      let total = 0
      while (path !== undefined && comments.length < MOST_COMMENTS) {
        const { body, headers }: { body: readonly Comment[]; headers: Headers } = await request(path, { signal })
        comments = [...comments, ...body]
        total = Number(headers.get('x-total-count') ?? comments.length)
        path = parseLinks(headers.get('link'))['next']
      }
      return { comments, total }
    },
  })
}

/** What events and answers tell of a comment, put into the list that is on the page. */
export function useCommentChanges(id: string): {
  readonly put: (comment: Comment) => void
  readonly remove: (key: string) => void
  readonly refetch: () => void
} {
  const client = useQueryClient()
  const queryKey = ['comments', id]
  const change = (to: (comments: readonly Comment[]) => readonly Comment[]): void => {
    client.setQueryData<CommentList>(queryKey, list => {
      if (list === undefined) return list
      const comments = to(list.comments)
      return { comments, total: list.total + comments.length - list.comments.length }
    })
    // An answer on its way may be of before, and would take this back: it is asked for anew.
    if (client.isFetching({ queryKey }) > 0) void client.invalidateQueries({ queryKey })
  }
  return {
    put: comment => change(comments => withComment(comments, comment)),
    // What is being typed over it here is not taken from under somebody's hands: saving tells that it is gone.
    remove: key =>
      change(comments =>
        comments.filter(one => one._id !== key || readDraft(commentPath(commentKey(one))) !== undefined),
      ),
    refetch: () => void client.invalidateQueries({ queryKey }),
  }
}

export interface NewComment {
  readonly comment: CommentWrite
  /** The same for every attempt, so that the second makes nothing twice. */
  readonly idempotencyKey: string
}

export function usePostComment(): UseMutationResult<Comment, Error, NewComment> {
  return useMutation({
    mutationFn: ({ comment, idempotencyKey }) =>
      ask<Comment>('/api/comments', {
        method: 'POST',
        body: comment,
        headers: { 'idempotency-key': idempotencyKey },
      }),
  })
}
