import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import { useRuns, useStatus } from '../data/pipeline.js'
import { useRunWork } from '../data/run-work.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { NextPage } from '../parts/next-page.js'
import { Page } from '../parts/page.js'
import { DatasetChoice } from './dataset-choice.js'
import { RunProgress } from './run-progress.js'
import { RunTable } from './run-table.js'

export function Runs(): ReactNode {
  const [parameters, setParameters] = useSearchParams()
  const dataset = parameters.get('dataset') ?? ''
  const { current } = useRunWork()
  const runs = useRuns(dataset === '' ? undefined : dataset)
  const datasets = useStatus().data?.datasets.map(({ dataset: name }) => name) ?? []
  return (
    <Page
      title="Runs"
      lead="Every export, the newest first, whatever became of it."
      actions={
        <DatasetChoice
          datasets={datasets}
          chosen={dataset}
          all="All datasets"
          onChoose={name => setParameters(name === '' ? {} : { dataset: name })}
        />
      }
    >
      {current !== null && <RunProgress current={current} />}
      <section className="section" aria-label="List of runs">
        <Loaded query={runs} waiting={<SkeletonRows rows={10} />}>
          {({ pages }) => {
            const lines = pages.flatMap(page => page.runs)
            const problems = [...new Set(pages.flatMap(page => page.problems))]
            const notes = problems.map(problem => (
              <p key={problem} className="note">
                {problem}
              </p>
            ))
            if (lines.length === 0)
              return (
                <>
                  {notes}
                  <Empty title="No run yet">
                    The first one is begun with “Run now” on the <Link href="/">overview</Link>, or with{' '}
                    <code>lakeferry run</code>.
                  </Empty>
                </>
              )
            return (
              <>
                {notes}
                <RunTable runs={lines} />
                <NextPage query={runs} text="Older runs" />
              </>
            )
          }}
        </Loaded>
      </section>
    </Page>
  )
}
