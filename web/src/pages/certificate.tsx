import type { ReactNode } from 'react'
import type { CertificateView } from '../../../src/http/pipeline-certificate.js'
import { Fact, Facts } from '../parts/facts.js'

/** What the run vouches for, in the words of its certificate. */
export function Certificate({ text }: { readonly text: CertificateView }): ReactNode {
  return (
    <div className="card stack">
      <p>
        <b>{text.statement}</b>
      </p>
      <Facts>
        {text.figures.map(({ name, value }) => (
          <Fact key={name} name={name}>
            <b>{value}</b>
          </Fact>
        ))}
        {text.facts.map(({ name, text: words, literal }) => (
          <Fact key={name} name={name}>
            {words} {literal !== undefined && <span className="mono">{literal}</span>}
          </Fact>
        ))}
        {text.digests.map(({ name, digest }) => (
          <Fact key={name} name={name} className="mono">
            {digest.match(/.{1,8}/g)?.join(' ')}
          </Fact>
        ))}
        <Fact name="Manifest" className="mono">
          {text.manifest.key}
          <br />
          SHA-256 {text.manifest.sha256}
        </Fact>
      </Facts>
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
