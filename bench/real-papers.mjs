import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Double, Int32 } from 'bson'
import { objectId, publicId } from '../dist/demo/generated-collection.js'
import { Random } from '../dist/demo/random.js'

const MOST_RATING = 10
const SHUFFLED = new Set(['title', 'abstract', 'tldr'])

/**
 * Papers made from real ones, `papers*.jsonl` of a folder, one JSON object a line. Repeating the real ones would make
 * dictionaries and compression look too good, so each document is its own: a new id wherever it stands, other numbers
 * (those in `;` lists too, and their averages), lists in another order, the words of title and abstract shuffled. What
 * stays: which fields there are, their lengths, their words.
 */
export function realPapers(folder, seed) {
  const files = readdirSync(folder)
    .filter(name => /^papers.*\.jsonl$/.test(name))
    .sort()
  const papers = files.flatMap(name =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line)),
  )
  if (papers.length === 0) throw new Error(`no papers*.jsonl with a paper in it in ${folder}`)
  const doubles = fractionalFields(papers)
  // Years and shapes mixed, as ids mix them, and not one year after another.
  const templates = new Random(`${seed}/templates`).shuffled(papers)
  return {
    distinct: papers.length,
    document: index => {
      const random = new Random(`${seed}/paper/${index}`)
      return paperLike(templates[index % templates.length], { seed, index, random, doubles })
    },
  }
}

function paperLike(template, { seed, index, random, doubles }) {
  const id = publicId('papers', seed, index)
  const paper = { _id: objectId('papers', seed, index) }
  const means = {}
  for (const [field, value] of Object.entries(template)) {
    if (typeof value === 'number') continue
    if (typeof value !== 'string') throw new Error(`${field} is neither text nor a number`)
    const { text, mean } = otherText(field, value, { id, template, random })
    paper[field] = text
    if (mean !== undefined) means[`${field}_avg`] = mean
  }
  for (const [field, value] of Object.entries(template)) {
    if (typeof value !== 'number') continue
    const number = means[field] ?? otherNumber(field, value, random)
    paper[field] = doubles.has(field) ? new Double(number) : new Int32(Math.round(number))
  }
  const submitted = Date.UTC(Number(paper.year) - 1, 8, 20) + random.integer(0, 8 * 86_400_000)
  paper.submittedAt = new Date(submitted)
  paper.updatedAt = new Date(submitted + random.integer(0, 200 * 86_400_000))
  return paper
}

function otherText(field, value, { id, template, random }) {
  if (field === 'id') return { text: id }
  if (SHUFFLED.has(field)) return { text: random.shuffled(value.split(' ')).join(' ') }
  const text = value.replaceAll(template.id, id)
  if (!text.includes(';')) return { text }
  const items = random.shuffled(text.split(';'))
  if (!items.every(item => /^\d+$/.test(item))) return { text: items.join(';') }
  const numbers = items.map(item => Math.min(MOST_RATING, Math.max(1, Number(item) + random.integer(-1, 1))))
  return { text: numbers.join(';'), mean: numbers.reduce((sum, number) => sum + number, 0) / numbers.length }
}

/** 0 and -1 stand for "none" in these records, and stay. */
function otherNumber(field, value, random) {
  if (field === 'year') return random.integer(2013, 2024)
  if (value === 0 || value === -1) return value
  if (Number.isInteger(value)) return value + random.integer(0, 9)
  return random.integer(-1_000_000, 1_000_000) / 1_000_000
}

/** A number that has a fraction in one paper is a double in all: JSON does not say which kind a 6 is. */
function fractionalFields(papers) {
  const fields = new Set()
  for (const paper of papers)
    for (const [field, value] of Object.entries(paper))
      if (typeof value === 'number' && !Number.isInteger(value)) fields.add(field)
  return fields
}
