// The checks of bench/papers.odcs.yaml as somebody would write them by hand for DuckDB: the same counts of each rule, and
// every failing document in a file. `node bare-duckdb.mjs VIOLATIONS PART…`
import { DuckDBInstance } from '@duckdb/node-api'

const [out, ...parts] = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
const literal = text => `'${text.replaceAll("'", "''")}'`
const name = text => `"${text.replaceAll('"', '""')}"`
await connection.run("SET TimeZone = 'UTC'")
await connection.run(
  `CREATE VIEW papers AS FROM read_parquet([${parts.map(literal).join(', ')}], hive_partitioning = false)`,
)
const columns = (await connection.run('FROM papers LIMIT 0'))
  .columnNames()
  .filter(column => !['_id', '_extra', '_misfit'].includes(column))

/** A value of another type is in `_misfit`, where a null is, too. */
const misfit = column => `coalesce(json_type(_misfit, ${literal(`$.${name(column)}`)}), 'NULL') <> 'NULL'`
const missing = column => `(${name(column)} IS NULL AND NOT ${misfit(column)})`
const rules = {
  ...Object.fromEntries(columns.map(column => [`${column}.type`, `_misfit IS NOT NULL AND ${misfit(column)}`])),
  'id.required': missing('id'),
  'id.pattern': "id IS NOT NULL AND NOT regexp_full_match(id, '[A-Za-z0-9]{10}')",
  'id.unique': 'id IN (SELECT id FROM papers WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1)',
  'title.notEmpty': "title IS NOT NULL AND trim(title, ' ') = ''",
  'status.required': missing('status'),
  'rating_avg.minimum': 'rating_avg < -1',
  'rating_avg.maximum': 'rating_avg > 10',
  'year.minimum': 'year < 2013',
  'year.maximum': 'year > 2030',
  'submittedAt.required': missing('submittedAt'),
}
const list = Object.entries(rules)

// Those of one document by themselves, in one scan; uniqueness by an aggregation of its own.
const counted = list.filter(([rule]) => rule !== 'id.unique')
const facts = await connection.runAndReadAll(
  `SELECT count(*), ${counted.map(([, sql]) => `count(*) FILTER (WHERE ${sql})`).join(', ')} FROM papers`,
)
const [documents, ...violated] = facts.getRows()[0].map(Number)
const unique = await connection.runAndReadAll(
  'SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM papers WHERE id IS NOT NULL GROUP BY id HAVING n > 1)',
)
const counts = Object.fromEntries(counted.map(([rule], index) => [rule, violated[index]]))
counts['id.unique'] = Number(unique.getRows()[0][0])

const failed = list.filter(([rule]) => counts[rule] > 0)
if (failed.length > 0) {
  const reasons = failed.map(([rule, sql]) => `CASE WHEN ${sql} THEN ${literal(rule)} END`)
  await connection.run(
    `COPY (SELECT * FROM (SELECT _id, unnest(list_filter([${reasons.join(', ')}], lambda rule: rule IS NOT NULL)) AS rule FROM papers) ORDER BY _id, rule)
     TO ${literal(out)} (FORMAT json, COMPRESSION gzip)`,
  )
}
connection.closeSync()
instance.closeSync()
process.stdout.write(JSON.stringify({ documents, violated: counts }))
