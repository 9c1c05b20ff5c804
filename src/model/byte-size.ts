const UNITS: Readonly<Record<string, number>> = { MB: 1024 ** 2, GB: 1024 ** 3 }

/** `16MB` in bytes; undefined when it is no size. Powers of 1,024, as memory is sold. */
export function parseByteSize(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,5})(MB|GB)$/.exec(text) ?? []
  const bytes = UNITS[unit]
  return count === undefined || bytes === undefined ? undefined : Number(count) * bytes
}
