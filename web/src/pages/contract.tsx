import type { ReactNode } from 'react'
import type { ContractView } from '../../../src/http/pipeline-contract.js'
import { contractPage, qualityPage } from '../data/paths.js'
import { useContract } from '../data/pipeline.js'
import { RequestFailed } from '../data/problem.js'
import { Fact, Facts } from '../parts/facts.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Table } from '../parts/table.js'
import { formatCount, formatNoun, formatSeconds, formatShare } from '../text/figures.js'
import { DatasetPage } from './dataset-page.js'

const RULE_COLUMNS = ['Column', 'What is expected', 'How many', 'Severity']
const COLUMN_COLUMNS = ['Column', 'Type', 'What it is']

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
          <Facts>
            <Fact name="Name">
              {view.name} {view.version} <small className="mono">{view.id}</small>
            </Fact>
            {view.description !== null && <Fact name="Description">{view.description}</Fact>}
            {view.freshnessSeconds !== null && (
              <Fact name="Freshness">promised within {formatSeconds(view.freshnessSeconds)}</Fact>
            )}
            <Fact name="Primary key" className="mono">
              {view.keyColumns.length === 0 ? '_id' : view.keyColumns.join(', ')}
            </Fact>
            <Fact name="Fingerprint" className="mono">
              {view.fingerprint}
            </Fact>
          </Facts>
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
      <Table caption="Rules of the contract, in its order" columns={RULE_COLUMNS}>
        {rules.map(({ id, column, severity, expects, message, description, threshold }) => (
          <tr key={id}>
            <th scope="row" className="mono">
              {column === '' ? 'the dataset' : column}
            </th>
            <td className="wide name">
              <b>{expects}</b>
              <small>Told as: {message}</small>
              {description !== null && <small>{description}</small>}
              <small className="mono">{id}</small>
            </td>
            <td data-label="How many">{threshold === 1 ? 'all' : `${formatShare(threshold, 1)} or more`}</td>
            <td>{severity}</td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

function Columns({ columns }: { readonly columns: ContractView['columns'] }): ReactNode {
  return (
    <section className="section" aria-labelledby="columns">
      <h2 id="columns">{formatNoun(columns.length, 'column')}</h2>
      <Table caption="Columns of the contract" columns={COLUMN_COLUMNS}>
        {columns.map(({ name, type, note }) => (
          <tr key={name}>
            <th scope="row" className="mono">
              {name}
            </th>
            <td className="mono">{type}</td>
            <td className="wide">{note}</td>
          </tr>
        ))}
      </Table>
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
