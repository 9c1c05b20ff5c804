import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Paper as PaperDocument } from '../../../src/http/papers.js'
import { writeSearch } from '../data/paper-search.js'
import { usePaper } from '../data/papers.js'
import { Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { Time } from '../parts/time.js'
import { keyOf, listOf, numberOf, otherFields, textOf, titleOf } from '../text/paper-fields.js'
import { Comments } from './comments.js'

const NO_SEARCH = { q: '', year: '', status: '', author: '', keyword: '', ratingMin: '', sort: '', page: 1 }

export function Paper({ id }: { readonly id: string }): ReactNode {
  const paper = usePaper(id)
  const title = paper.data === undefined ? (paper.isError ? 'Paper' : '…') : titleOf(paper.data)
  return (
    <Page
      title={title}
      crumbs={<Link href="/papers">Papers</Link>}
      lead={paper.data && listOf(paper.data, 'authors').join(', ')}
    >
      <Loaded
        query={paper}
        waiting={
          <div className="paper">
            <SkeletonRows rows={4} height="4rem" />
            <Skeleton height="14rem" />
          </div>
        }
      >
        {document => (
          <div className="paper">
            <div>
              <Text paper={document} />
              <Comments paperId={keyOf(document)} />
            </div>
            <aside aria-label="About the paper">
              <Facts paper={document} />
            </aside>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Text({ paper }: { readonly paper: PaperDocument }): ReactNode {
  const [tldr, abstract] = [textOf(paper, 'tldr'), textOf(paper, 'abstract')]
  return (
    <section className="stack" aria-labelledby="abstract">
      <h2 id="abstract">Abstract</h2>
      {tldr !== undefined && <p className="note prose">{tldr}</p>}
      {abstract === undefined ? <p className="quiet">None.</p> : <p className="prose">{abstract}</p>}
    </section>
  )
}

function Facts({ paper }: { readonly paper: PaperDocument }): ReactNode {
  const rating = numberOf(paper, 'rating_avg')
  const submitted = textOf(paper, 'submittedAt')
  const keywords = listOf(paper, 'keywords')
  const status = textOf(paper, 'status')
  const year = textOf(paper, 'year')
  return (
    <dl className="facts">
      {status !== undefined && (
        <div>
          <dt>Status</dt>
          <dd>
            <Link href={`/papers?${writeSearch({ ...NO_SEARCH, status })}`}>{status}</Link>
          </dd>
        </div>
      )}
      {year !== undefined && (
        <div>
          <dt>Year</dt>
          <dd>
            <Link href={`/papers?${writeSearch({ ...NO_SEARCH, year })}`}>{year}</Link>
          </dd>
        </div>
      )}
      {textOf(paper, 'track') !== undefined && (
        <div>
          <dt>Track</dt>
          <dd>{textOf(paper, 'track')}</dd>
        </div>
      )}
      {rating !== undefined && (
        <div>
          <dt>Mean rating</dt>
          <dd>{rating.toFixed(2)}</dd>
        </div>
      )}
      {submitted !== undefined && (
        <div>
          <dt>Submitted</dt>
          <dd>
            <Time at={submitted} exact />
          </dd>
        </div>
      )}
      {keywords.length > 0 && (
        <div>
          <dt>Keywords</dt>
          <dd className="row" style={{ gap: '0.35rem' }}>
            {keywords.map(keyword => (
              <Link key={keyword} className="tag" href={`/papers?${writeSearch({ ...NO_SEARCH, keyword })}`}>
                {keyword}
              </Link>
            ))}
          </dd>
        </div>
      )}
      <div>
        <dt>Id</dt>
        <dd className="mono">{keyOf(paper)}</dd>
      </div>
      {otherFields(paper).map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="small">{text}</dd>
        </div>
      ))}
    </dl>
  )
}
