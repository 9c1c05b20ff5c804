import type { ReactNode } from 'react'

export function Facts({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="facts">{children}</dl>
}

export interface FactProps {
  readonly name: string
  /** `mono` for what a machine reads. */
  readonly className?: string
  readonly children: ReactNode
}

export function Fact({ name, className, children }: FactProps): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={className}>{children}</dd>
    </div>
  )
}
