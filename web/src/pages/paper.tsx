import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Paper as PaperDocument } from '../../../src/http/papers.js'
import { writeSearch } from '../data/paper-search.js'
import { usePaper } from '../data/papers.js'
import { paperEditPage } from '../data/paths.js'
import { Fact, Facts } from '../parts/facts.js'
import { Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { Time } from '../parts/time.js'
import { authorsOf, keyOf, listOf, otherFields, ratingOf, textOf, titleOf } from '../text/paper-fields.js'
import { Comments } from './comments.js'
import { PaperRemoval } from './paper-removal.js'

const NO_SEARCH = { q: '', year: '', status: '', author: '', keyword: '', ratingMin: '', sort: '', page: 1 }

export function Paper({ id }: { readonly id: string }): ReactNode {
  const paper = usePaper(id)
  const [removing, setRemoving] = useState(false)
  const isStored = paper.data !== undefined && !paper.isPlaceholderData
  const title = paper.data === undefined ? (paper.isError ? 'Paper' : '…') : titleOf(paper.data.document)
  return (
    <Page
      title={title}
      crumbs={<Link href="/papers">Papers</Link>}
      // What will be there has its place before it is.
      lead={paper.data === undefined ? '\u00a0' : authorsOf(paper.data.document).join(', ')}
      actions={
        !paper.isError && (
          <>
            <Link href={paperEditPage(id)} className="button">
              Edit
            </Link>
            <button
              type="button"
              className="button"
              aria-disabled={!isStored}
              onClick={() => {
                if (isStored) setRemoving(true)
              }}
            >
              Remove…
            </button>
          </>
        )
      }
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
        {({ document }) => (
          <div className="paper">
            <div>
              <Text paper={document} />
              <Comments paperId={keyOf(document)} />
            </div>
            <aside aria-label="About the paper">
              <About paper={document} />
            </aside>
          </div>
        )}
      </Loaded>
      {removing && paper.data !== undefined && (
        <PaperRemoval id={id} stored={paper.data} onClose={() => setRemoving(false)} />
      )}
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

function About({ paper }: { readonly paper: PaperDocument }): ReactNode {
  const rating = ratingOf(paper)
  const submitted = textOf(paper, 'submittedAt')
  const keywords = listOf(paper, 'keywords')
  const status = textOf(paper, 'status')
  const year = textOf(paper, 'year')
  return (
    <Facts>
      {status !== undefined && (
        <Fact name="Status">
          <Link href={`/papers?${writeSearch({ ...NO_SEARCH, status })}`}>{status}</Link>
        </Fact>
      )}
      {year !== undefined && (
        <Fact name="Year">
          <Link href={`/papers?${writeSearch({ ...NO_SEARCH, year })}`}>{year}</Link>
        </Fact>
      )}
      {textOf(paper, 'track') !== undefined && <Fact name="Track">{textOf(paper, 'track')}</Fact>}
      {rating !== undefined && <Fact name="Mean rating">{rating.toFixed(2)}</Fact>}
      {submitted !== undefined && (
        <Fact name="Submitted">
          <Time at={submitted} exact />
        </Fact>
      )}
      {keywords.length > 0 && (
        <Fact name="Keywords" className="row tags">
          {keywords.map(keyword => (
            <Link key={keyword} className="tag" href={`/papers?${writeSearch({ ...NO_SEARCH, keyword })}`}>
              {keyword}
            </Link>
          ))}
        </Fact>
      )}
      <Fact name="Id" className="mono">
        {keyOf(paper)}
      </Fact>
      {otherFields(paper).map(([name, text]) => (
        <Fact key={name} name={name} className="small">
          {text}
        </Fact>
      ))}
    </Facts>
  )
}
