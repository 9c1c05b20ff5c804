/** A number's shortest decimal text without exponent: `1e-7` is `0.0000001`. */
export function plainNumber(value: number): string {
  const written = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value))
  if (!written) throw new RangeError(`${value} has no decimal text`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = written
  const digits = `${whole}${fraction}`
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
