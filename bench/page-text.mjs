import { cpus, totalmem } from 'node:os'

const whole = value => Math.round(value).toLocaleString('en-US')

/** What was read, and how it was made. */
export function methodText({ papers, real, fields, runs }) {
  const { documents, bytes, distinct } = papers
  const made = real
    ? `made from ${whole(distinct)} real ones (ICLR submissions of 2013 to 2024, which are not part of this project). Each is
its own, because repeated documents make dictionaries and compression look too good: ids, numbers and averages are
changed, lists rearranged, and the words of title and abstract shuffled, by a seed`
    : `made of word lists (\`bench/made-papers.mjs\`) in the shape of real ones; each has ids, numbers and sentences of its
own, but of few words, so that sizes and compression flatter`
  return `${whole(documents)} papers ${made}. ${whole(bytes / 1e6)} MB of BSON,
${whole(bytes / documents)} bytes a document, ${fields} fields in all. Quoted is the median of ${runs} counted ${runs === 1 ? 'round' : 'rounds'} after one that is not counted; in each round
all take their turn, beginning with another one.`
}

/** On what, and what is in a figure. */
export function machineText({ server, version }) {
  return `Server: ${server}, on the same machine: ${cpus().length} × ${cpus()[0].model.trim()}, ${whole(totalmem() / 2 ** 30)} GiB, ${process.platform},
Node ${process.versions.node}. Lakeferry ${version}, lake \`file:\`. Whole processes from start to exit, start-up included; the server
works on the same cores meanwhile, for everybody alike. CPU is that of the process without the server's.`
}

/** So that nobody takes two things for the same because they stand in one table. */
export const PEERS_DO_NOT = `They do less, which is worth knowing when comparing. \`mongodump\` does not transcode: it is the time that a copy takes.
\`mongoexport\` writes one uncompressed text file. Both leave the half of a file behind when they are broken off, where
the next reader looks, and neither says what it has read but for a count. Rivet writes Parquet, but the whole document
as one column of JSON text, which an engine has to parse to get at a field; it marks a finished run and has checksums
of its files and columns. None of them has a digest that the source can be held against, or a census of fields and
types. Lakeferry's Parquet has a typed column for each field, and each format comes with SHA-256 sums, digest, census
and a manifest, the writing of which is the commit.
`
