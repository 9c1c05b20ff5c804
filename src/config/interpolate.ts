import { LakeferryError } from '../errors.js'

/** `$${` for a literal `${`; then a whole reference; then a beginning of one that is no reference. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{/g

/**
 * Replaces `${NAME}` and `${NAME:-default}`. As in a shell, the default also stands in for a variable that is empty.
 * `$${` gives `${`. What is put in is not looked at again.
 *
 * @throws {@link LakeferryError} `CONFIG_ENVIRONMENT` when a variable is not set and there is no default,
 * `CONFIG_INVALID` for a `${` that is neither
 */
export function interpolate(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  where: { file: string; key: string },
): { text: string; variables: string[] } {
  const variables: string[] = []
  const replaced = text.replaceAll(
    REFERENCE,
    (match, name: string | undefined, fallback: string | undefined, at: number) => {
      if (match === '$${') return '${'
      if (name === undefined) {
        const got = JSON.stringify(text.slice(at, at + 20))
        throw new LakeferryError('CONFIG_INVALID', { ...where, wanted: `\${NAME} or \${NAME:-default}`, got })
      }
      variables.push(name)
      const value = env[name]
      if (fallback !== undefined) return value || fallback
      if (value === undefined) throw new LakeferryError('CONFIG_ENVIRONMENT', { ...where, name })
      return value
    },
  )
  return { text: replaced, variables }
}

/** ` from ${A}, ${B}`, or nothing. */
export function variableText(variables: readonly string[]): string {
  return variables.length === 0 ? '' : ` from ${variables.map(name => `\${${name}}`).join(', ')}`
}
