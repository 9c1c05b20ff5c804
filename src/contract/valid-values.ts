import { type ColumnType, typeText } from '../model/column.js'
import { readBound } from './bound.js'
import { gotText, refuse, refuseType, scalar, type YamlValue } from './yaml-file.js'

type Value = string | number | boolean

const MAX_VALUES = 10_000

/** Values for a column of this type, no two the same. Null is told apart, for those who may list it. */
export function readValues(
  items: readonly YamlValue[],
  type: ColumnType,
): { readonly values: readonly Value[]; readonly nulls: YamlValue | undefined } {
  if (items.length > MAX_VALUES)
    refuse(items[MAX_VALUES]!, `${items.length} values; ${MAX_VALUES} are allowed`, 'Use a pattern.')
  const values: Value[] = []
  let nulls: YamlValue | undefined
  for (const item of items) {
    if (scalar(item).value === null) {
      nulls = item
      continue
    }
    const read = readValue(item, type)
    if (values.includes(read)) refuse(item, `${gotText(item)} is listed twice`, 'Leave one of them out.')
    values.push(read)
  }
  return { values, nulls }
}

function readValue(item: YamlValue, type: ColumnType): Value {
  const { value } = scalar(item)
  switch (type.kind) {
    case 'string':
    case 'objectId':
      if (typeof value !== 'string') return refuseType(item, 'text', 'Put it in quotes.')
      // DuckDB and Spark take texts as far as a NUL in a statement, or not at all.
      if (value.includes('\0'))
        return refuse(item, 'a text with a NUL character cannot be compared with', 'Leave it out.')
      return value
    case 'boolean':
      return typeof value === 'boolean' ? value : refuseType(item, 'true or false')
    case 'int32':
    case 'int64':
      if (typeof value !== 'number' || !Number.isInteger(value)) return refuseType(item, 'a whole number')
      return readBound(item, type) as number
    case 'double':
    case 'decimal':
      return readBound(item, type) as number
    default:
      return refuse(item, `values of ${typeText(type)} cannot be listed`, 'Use another rule, or another type.')
  }
}
