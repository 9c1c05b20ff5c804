import { isMap, isScalar, isSeq, parseDocument } from 'yaml'

/** The names of the objects under `schema`, in their order; as far as the text can be read, whatever else is wrong with it. */
export function objectNames(text: string): readonly string[] {
  const root = parseDocument(text, { prettyErrors: false }).contents
  const schema = isMap(root) ? root.get('schema', true) : undefined
  if (!isSeq(schema)) return []
  return schema.items.flatMap(item => {
    const name = isMap(item) ? item.get('name', true) : undefined
    return isScalar(name) && typeof name.value === 'string' ? [name.value] : []
  })
}
