import { type ReactNode, useId } from 'react'

export interface FormFieldProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** What the server has against it. */
  readonly wrong?: string | undefined
  /** Below it, for everybody. */
  readonly hint?: ReactNode
  /** Values, or values with their texts. */
  readonly choices?: readonly (string | readonly [value: string, text: string])[]
  /** Lines to begin with: a text of more than one line. */
  readonly lines?: number
  readonly type?: 'text' | 'datetime-local'
  readonly mode?: 'text' | 'numeric' | 'decimal'
  readonly autoComplete?: string
  readonly className?: string
}

/** A field with its label, and with what is wrong with it. */
export function FormField(props: FormFieldProps): ReactNode {
  const { name, label, value, onChange, wrong, hint, choices, lines, type = 'text', mode, className = '' } = props
  const id = useId()
  const described = [wrong === undefined ? [] : `${id}-wrong`, hint === undefined ? [] : `${id}-hint`].flat()
  const attributes = {
    ...{ id, name, value },
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
    ...(wrong === undefined ? {} : { 'aria-invalid': true }),
    ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
  }
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      {choices !== undefined ? (
        <select {...attributes}>
          {choices.map(choice => {
            const [of, text] = typeof choice === 'string' ? [choice, choice] : choice
            return (
              <option key={of} value={of}>
                {text}
              </option>
            )
          })}
        </select>
      ) : lines !== undefined ? (
        <textarea {...attributes} rows={lines} />
      ) : (
        <input
          {...attributes}
          type={type}
          autoComplete={props.autoComplete ?? 'off'}
          {...(mode === undefined ? {} : { inputMode: mode })}
        />
      )}
      {wrong !== undefined && (
        <span className="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}
