import type { ReactNode } from 'react'

interface RemovalButtonProps {
  readonly removal: { readonly isPending: boolean; readonly mutate: () => void }
  readonly text: string
}

/** Removes what a dialog asked about, once however often it is pressed. */
export function RemovalButton({ removal: { isPending, mutate }, text }: RemovalButtonProps): ReactNode {
  return (
    <button type="button" className="button danger" aria-disabled={isPending} onClick={() => isPending || mutate()}>
      {isPending ? 'Removing…' : text}
    </button>
  )
}
