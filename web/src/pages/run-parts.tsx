import type { ReactNode } from 'react'
import { runPath } from '../data/paths.js'
import { useParts } from '../data/pipeline.js'
import { FileButton } from '../parts/file-button.js'
import { Loaded, SkeletonRows } from '../parts/loaded.js'
import { Figure, Table } from '../parts/table.js'
import { formatBytes, formatCount } from '../text/figures.js'

const COLUMNS = [
  'Part',
  'Format',
  { name: 'Documents', number: true },
  { name: 'Size', number: true },
  { name: 'Download', unseen: true },
]

/** The objects of a run, to download. */
export function RunParts({ dataset, runId }: { readonly dataset: string; readonly runId: string }): ReactNode {
  const parts = useParts(dataset, runId)
  return (
    <section className="section" aria-labelledby="parts">
      <h2 id="parts">Parts</h2>
      <Loaded query={parts} waiting={<SkeletonRows rows={3} />}>
        {({ parts: lines }) => (
          <Table caption="Objects of the run" columns={COLUMNS}>
            {lines.map(({ path, format, documents, bytes, sha256 }) => (
              <tr key={path}>
                <th scope="row" className="name">
                  <span className="mono">{path}</span>
                  <small className="mono">SHA-256 {sha256.slice(0, 16)}…</small>
                </th>
                <td>{format}</td>
                <Figure name="Documents" value={documents} format={formatCount} />
                <Figure name="Size" value={bytes} format={formatBytes} />
                <td className="n">
                  <FileButton
                    small
                    path={runPath(dataset, runId, `parts/${path.split('/').map(encodeURIComponent).join('/')}`)}
                    name={path.split('/').at(-1) ?? path}
                  >
                    Download<span className="sr"> {path}</span>
                  </FileButton>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </section>
  )
}
