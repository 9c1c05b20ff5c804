/** A field name as it stands in a path of the census: `.`, `[` and `\` escaped with `\`. */
export function escapeName(name: string): string {
  return name.replaceAll(/[.[\\]/g, '\\$&')
}
