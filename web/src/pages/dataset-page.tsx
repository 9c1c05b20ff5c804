import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useStatus } from '../data/pipeline.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { DatasetChoice } from './dataset-choice.js'

interface DatasetPageProps {
  /** Undefined: the first of the configuration. */
  readonly named: string | undefined
  /** `Quality`, and `Quality of papers` with a dataset. */
  readonly title: string
  readonly lead: string
  /** The address of this page for a dataset. */
  readonly address: (dataset: string) => string
  /** The page about the same dataset that is looked at next. */
  readonly other: { readonly text: string; readonly address: (dataset: string) => string }
  readonly children: (dataset: string) => ReactNode
}

/** A page about one dataset, with the choice of another. */
export function DatasetPage({ named, title, lead, address, other, children }: DatasetPageProps): ReactNode {
  const status = useStatus()
  const [, navigate] = useLocation()
  const datasets = status.data?.datasets.map(({ dataset }) => dataset) ?? []
  const dataset = named ?? datasets[0]
  return (
    <Page
      title={dataset === undefined ? title : `${title} of ${dataset}`}
      lead={lead}
      actions={
        dataset !== undefined && (
          <>
            <DatasetChoice datasets={datasets} chosen={dataset} onChoose={name => navigate(address(name))} />
            <Link href={other.address(dataset)} className="button">
              {other.text}
            </Link>
          </>
        )
      }
    >
      {dataset === undefined ? (
        <Loaded query={status} waiting={<SkeletonRows rows={8} />}>
          {() => <Empty title="No dataset is configured" />}
        </Loaded>
      ) : (
        children(dataset)
      )}
    </Page>
  )
}
