export const CONFIG_FILE = 'lakeferry.yaml'

/** The configuration that the flag names, else the environment; undefined where neither does. */
export function namedConfig(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return flag ?? (env['LAKEFERRY_CONFIG'] || undefined)
}
