type Query = Readonly<Record<string, string | undefined>>

/** `/api/pipeline/runs?dataset=papers`; what is undefined is left out. */
export function pipelinePath(path: string, query: Query = {}): string {
  return `/api/pipeline/${path}${queryText(query)}`
}

/** Of a run, or of something of it. */
export function runPath(dataset: string, runId: string, what?: string, query: Query = {}): string {
  const run = `runs/${encodeURIComponent(dataset)}/${encodeURIComponent(runId)}`
  return pipelinePath(what === undefined ? run : `${run}/${what}`, query)
}

/** The page of a run, or of an attempt that never came to be one. */
export function runPage(dataset: string, key: string): string {
  return `/runs/${encodeURIComponent(dataset)}/${encodeURIComponent(key)}`
}

export function runsPage(dataset: string): string {
  return `/runs?dataset=${encodeURIComponent(dataset)}`
}

export function qualityPage(dataset: string, query: Query = {}): string {
  return `/quality/${encodeURIComponent(dataset)}${queryText(query)}`
}

export function contractPage(dataset: string): string {
  return `/contract/${encodeURIComponent(dataset)}`
}

export function paperPage(id: string): string {
  return `/papers/${encodeURIComponent(id)}`
}

export function paperEditPage(id: string): string {
  return `${paperPage(id)}/edit`
}

/** No paper has the id of two words that its page would be taken for. */
export const NEW_PAPER_PAGE = '/papers/-/new'

/** Of a paper, or of something of it. */
export function paperPath(id: string, what?: string): string {
  const paper = `/api/iclr/${encodeURIComponent(id)}`
  return what === undefined ? paper : `${paper}/${what}`
}

export function commentPath(id: string): string {
  return `/api/comments/${encodeURIComponent(id)}`
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value)
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
