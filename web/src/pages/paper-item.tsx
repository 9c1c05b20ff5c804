import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Paper } from '../../../src/http/papers.js'
import { paperPage } from '../data/paths.js'
import { authorsOf, keyOf, ratingOf, textOf, titleOf } from '../text/paper-fields.js'

/** A paper in the list of what was found. */
export function PaperItem({ paper }: { readonly paper: Paper }): ReactNode {
  const rating = ratingOf(paper)
  const authors = authorsOf(paper)
  const status = textOf(paper, 'status')
  const text = textOf(paper, 'tldr') ?? textOf(paper, 'abstract')
  return (
    <li>
      <h2>
        <Link href={paperPage(keyOf(paper))}>{titleOf(paper)}</Link>
      </h2>
      <p className="quiet">
        {[
          authors.slice(0, 6).join(', ') + (authors.length > 6 ? ` and ${authors.length - 6} more` : ''),
          textOf(paper, 'year'),
          status,
        ]
          .filter(Boolean)
          .join(' · ')}
        {rating !== undefined && ` · rating ${rating.toFixed(1)}`}
      </p>
      {text !== undefined && <p className="clamp">{text}</p>}
    </li>
  )
}
