import type { ReactNode } from 'react'
import type { ContractView } from '../../../src/http/pipeline-contract.js'
import { contractPage, qualityPage } from '../data/paths.js'
import { useContract } from '../data/pipeline.js'
import { RequestFailed } from '../data/problem.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { SeverityPill } from '../parts/pill.js'
import { formatCount, formatNoun, formatSeconds, formatShare } from '../text/figures.js'
import { DatasetPage } from './dataset-page.js'

export function Contract({ dataset }: { readonly dataset: string | undefined }): ReactNode {
  return (
    <DatasetPage
      named={dataset}
      title="Contract"
      lead="What the data promises, and what each run is held to."
      address={contractPage}
      other={{ text: 'How it is kept', address: qualityPage }}
    >
      {name => <DatasetContract dataset={name} />}
    </DatasetPage>
  )
}

function DatasetContract({ dataset }: { readonly dataset: string }): ReactNode {
  const contract = useContract(dataset)
  if (contract.error instanceof RequestFailed && contract.error.problem.status === 404) {
    return (
      <Empty title="This dataset has no contract">
        {contract.error.problem.hint ?? 'A first one can be suggested from its data: lakeferry contract suggest.'}
      </Empty>
    )
  }
  return (
    <Loaded query={contract} waiting={<SkeletonRows rows={10} />}>
      {view => (
        <>
          <dl className="facts">
            <div>
              <dt>Name</dt>
              <dd>
                {view.name} {view.version} <small className="mono">{view.id}</small>
              </dd>
            </div>
            {view.description !== null && (
              <div>
                <dt>Description</dt>
                <dd>{view.description}</dd>
              </div>
            )}
            {view.freshnessSeconds !== null && (
              <div>
                <dt>Freshness</dt>
                <dd>promised within {formatSeconds(view.freshnessSeconds)}</dd>
              </div>
            )}
            <div>
              <dt>Primary key</dt>
              <dd className="mono">{view.keyColumns.length === 0 ? '_id' : view.keyColumns.join(', ')}</dd>
            </div>
            <div>
              <dt>Fingerprint</dt>
              <dd className="mono">{view.fingerprint}</dd>
            </div>
          </dl>
          <Rules rules={view.rules} />
          <Columns columns={view.columns} />
          {view.source !== null && <Source text={view.source} />}
        </>
      )}
    </Loaded>
  )
}

function Rules({ rules }: { readonly rules: ContractView['rules'] }): ReactNode {
  return (
    <section className="section" aria-labelledby="rules">
      <h2 id="rules">{formatNoun(rules.length, 'rule')}</h2>
      <table className="cards">
        <caption className="sr">Rules of the contract, in its order</caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">What is expected</th>
            <th scope="col">How many</th>
            <th scope="col">Severity</th>
          </tr>
        </thead>
        <tbody>
          {rules.map(({ id, column, severity, expects, message, description, threshold }) => (
            <tr key={id}>
              <th scope="row" className="mono">
                {column === '' ? 'the data set' : column}
              </th>
              <td className="wide name">
                <b>{expects}</b>
                <small>Told as: {message}</small>
                {description !== null && <small>{description}</small>}
                <small className="mono">{id}</small>
              </td>
              <td data-label="How many">{threshold === 1 ? 'all' : `${formatShare(threshold, 1)} or more`}</td>
              <td>
                <SeverityPill severity={severity} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Columns({ columns }: { readonly columns: ContractView['columns'] }): ReactNode {
  return (
    <section className="section" aria-labelledby="columns">
      <h2 id="columns">{formatNoun(columns.length, 'column')}</h2>
      <table className="cards">
        <caption className="sr">Columns of the contract</caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, type, note }) => (
            <tr key={name}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="mono">{type}</td>
              <td className="wide">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The file as it is; its comments, where a suggestion wrote down what it saw in the data, stand out. */
function Source({ text }: { readonly text: string }): ReactNode {
  const lines = text.split('\n')
  return (
    <section className="section" aria-labelledby="source">
      <h2 id="source">The file</h2>
      <p className="quiet">
        {formatCount(lines.length)} lines. Comments are the evidence that a suggested rule was made from.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className="source" tabIndex={0} aria-label="The contract’s file">
        {lines.map((line, at) => {
          const comment = commentAt(line)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <div key={at}>
              {line.slice(0, comment)}
              <span className="evidence">{line.slice(comment)}</span>
              {line === '' && '\u00a0'}
            </div>
          )
        })}
      </section>
    </section>
  )
}

/** Where YAML's comment begins in a line; its end when there is none. Quotes hide a `#`. */
export function commentAt(line: string): number {
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if ((character === '"' || character === "'") && (at === 0 || /[\s[{,:-]/.test(line[at - 1]!)))
      quote = character
    else if (character === '#' && (at === 0 || /\s/.test(line[at - 1]!))) return at
  }
  return line.length
}
