/** A dataset as OpenLineage names it: https://openlineage.io/docs/spec/naming. */
export interface LineageName {
  readonly namespace: string
  readonly name: string
}

/**
 * `mongodb://host:27017` and `database.collection`, without user, password and options; every host of a replica set is told, in
 * the order given. Of a backup, `file` and the path of it, with the collection behind a `#`.
 */
export function collectionName(uri: string, database: string, collection: string): LineageName {
  if (uri.startsWith('file:'))
    return { namespace: 'file', name: `${uri.slice('file:'.length)}#${database}.${collection}` }
  // The last @: an unescaped one in a password must not end up among the hosts.
  const [, scheme = 'mongodb', rest = ''] = /^(mongodb(?:\+srv)?):\/\/(.*)$/s.exec(uri) ?? []
  const hosts = (rest.slice(rest.lastIndexOf('@') + 1).match(/^[^/?]*/)?.[0] ?? '').split(',')
  const port = scheme === 'mongodb' ? ':27017' : ''
  const full = hosts.map(host => (/:\d+$/.test(host) ? host : `${host}${port}`))
  return { namespace: `${scheme}://${full.join(',')}`, name: `${database}.${collection}` }
}

/** `s3://bucket` and `prefix/papers`, or `file` and the absolute path. */
export function lakeDatasetName(lakeUrl: string, dataset: string): LineageName {
  const s3 = /^s3:\/\/([^/]+)\/?(.*?)\/*$/s.exec(lakeUrl)
  if (s3 !== null) {
    const [, bucket = '', prefix = ''] = s3
    return { namespace: `s3://${bucket}`, name: prefix === '' ? dataset : `${prefix}/${dataset}` }
  }
  return { namespace: 'file', name: `${lakeUrl.replace(/^file:(\/\/(?=\/))?/, '').replace(/\/+$/, '')}/${dataset}` }
}
