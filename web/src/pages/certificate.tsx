import type { ReactNode } from 'react'
import type { CertificateView } from '../../../src/http/pipeline-certificate.js'

/** What the run vouches for, in the words of its certificate. */
export function Certificate({ text }: { readonly text: CertificateView }): ReactNode {
  return (
    <div className="card stack">
      <p>
        <b>{text.statement}</b>
      </p>
      <dl className="facts">
        {text.figures.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <b>{value}</b>
            </dd>
          </div>
        ))}
        {text.facts.map(({ name, text: words, literal }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {words} {literal !== undefined && <span className="mono">{literal}</span>}
            </dd>
          </div>
        ))}
        {text.digests.map(({ name, digest }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{digest.match(/.{1,8}/g)?.join(' ')}</dd>
          </div>
        ))}
        <div>
          <dt>Manifest</dt>
          <dd className="mono">
            {text.manifest.key}
            <br />
            SHA-256 {text.manifest.sha256}
          </dd>
        </div>
      </dl>
      <h3>Check it yourself</h3>
      <dl className="stack">
        {text.checks.map(({ text: words, literal }) => (
          <div key={literal}>
            <dt>{words}</dt>
            <dd className="mono">{literal}</dd>
          </div>
        ))}
      </dl>
      <p>
        <small>{text.caution}</small>
      </p>
    </div>
  )
}
