import type { Clock } from '../ports/clock.js'
import type { LiveDatabase } from '../ports/live-database.js'
import type {
  JsonObject,
  PaperPage,
  PaperQuery,
  PaperStore,
  Repeatable,
  StoredJson,
  WriteOutcome,
} from '../ports/paper-store.js'
import { listPage } from './list-page.js'
import { paperFilter, type RatingField, readsAll } from './paper-filter.js'
import { rankedPage } from './ranked-page.js'
import { remember, reserve } from './repeated-requests.js'
import { SharedReads } from './shared-reads.js'
import { changeDocument, findDocument, removeDocument, storedJson } from './stored-document.js'
import { type Field, fieldOf, mergeFields, textOf, writeFields } from './stored-fields.js'
import type { TextSearch } from './text-search.js'
import { Totals } from './totals.js'
import { searchWords } from './words.js'

export interface PapersOptions {
  readonly database: LiveDatabase
  readonly collection: string
  readonly search: TextSearch
  readonly rating: RatingField
  readonly clock: Clock
}

export class Papers implements PaperStore {
  readonly #database: LiveDatabase
  readonly #collection: string
  readonly #search: TextSearch
  readonly #rating: RatingField
  readonly #clock: Clock
  readonly #totals = new Totals()
  readonly #shared = new SharedReads<PaperPage | 'bad-cursor'>()

  constructor({ database, collection, search, rating, clock }: PapersOptions) {
    this.#database = database
    this.#collection = collection
    this.#search = search
    this.#rating = rating
    this.#clock = clock
  }

  list(query: PaperQuery, signal?: AbortSignal): Promise<PaperPage | 'bad-cursor'> {
    if (signal !== undefined) return this.#list(query, signal)
    return this.#shared.read(JSON.stringify(query), () => this.#list(query))
  }

  async #list(query: PaperQuery, signal?: AbortSignal): Promise<PaperPage | 'bad-cursor'> {
    const filter = paperFilter(query, this.#rating)
    const order = query.sort.map(({ field, descending }) => ({
      field: field === 'rating_avg' ? this.#rating : field,
      descending,
    }))
    const words = query.q === undefined ? [] : searchWords(query.q)
    if (query.q !== undefined) {
      const [database, collection] = [this.#database, this.#collection]
      const hits = await this.#search.hits(words, signal)
      return rankedPage({ database, collection, hits, words, filter, order, page: query, signal })
    }
    return listPage({
      ...{ database: this.#database, collection: this.#collection, totals: this.#totals },
      ...{ filter, readsAll: readsAll(query), order, page: query, signal },
    })
  }

  async get(id: string, signal?: AbortSignal): Promise<StoredJson | undefined> {
    const found = await findDocument(this.#database, this.#collection, id, signal)
    return found === undefined ? undefined : storedJson(found)
  }

  async insert(paper: JsonObject, repeatable?: Repeatable): Promise<StoredJson | 'exists' | 'other-body'> {
    const now = this.#clock.now()
    const purpose = `POST ${this.#collection}`
    const reserved = await reserve(this.#database, purpose, repeatable, now)
    if (reserved === 'other-body') return reserved
    if (reserved.answer !== undefined) return reserved.answer
    const given = typeof paper['id'] === 'string' ? paper['id'] : undefined
    const id = given ?? reserved.id
    const fields: Field[] = [{ name: '_id', type: 0x07, value: reserved._id.id }, fieldOf('id', id)]
    for (const [name, value] of Object.entries(paper))
      if (name !== '_id' && name !== 'id') fields.push(fieldOf(name, value))
    const document = writeFields(fields)
    const own = reserved._id.toHexString()
    // Where ids are not held to be unique, duplicates being there, this finds all but those of the same moment.
    const rival = given === undefined ? undefined : await findDocument(this.#database, this.#collection, given)
    if (rival !== undefined && storedId(rival) !== own) return 'exists'
    if ((await this.#database.insert(this.#collection, document)) === 'duplicate') {
      // Of this very request, that came before or at the same time; or of another paper of that id.
      const there = await findDocument(this.#database, this.#collection, own)
      if (there === undefined) return 'exists'
    }
    this.#written(document)
    const answer = storedJson(document)
    if (repeatable !== undefined) await remember(this.#database, purpose, repeatable, reserved, answer)
    return answer
  }

  replace(id: string, paper: JsonObject, ifMatch?: string): Promise<WriteOutcome | 'other-id'> {
    return this.#change(
      id,
      ifMatch,
      fields => {
        const stored = new Map(fields.map(field => [field.name, field]))
        const kept = fields.filter(({ name }) => name === '_id' || (name === 'id' && !Object.hasOwn(paper, 'id')))
        const sent = Object.entries(paper).filter(([name]) => name !== '_id')
        return [...kept, ...sent.map(([name, value]) => fieldOf(name, value, stored.get(name)))]
      },
      paper,
    )
  }

  patch(id: string, changes: JsonObject, ifMatch?: string): Promise<WriteOutcome | 'other-id'> {
    const { _id, ...others } = changes
    return this.#change(id, ifMatch, fields => mergeFields(fields, others), changes)
  }

  async remove(id: string, ifMatch?: string): Promise<'removed' | 'missing' | 'changed'> {
    const removed = await removeDocument(this.#database, this.#collection, id, ifMatch)
    if (typeof removed === 'string') return removed
    this.#totals.forget()
    this.#search.removed(removed)
    return 'removed'
  }

  async #change(
    id: string,
    ifMatch: string | undefined,
    change: (fields: readonly Field[]) => readonly Field[],
    sent: JsonObject,
  ): Promise<WriteOutcome | 'other-id'> {
    const changed = await changeDocument<'other-id'>(
      ...([this.#database, this.#collection, id, ifMatch] as const),
      (fields, document) => {
        if ('_id' in sent && sent['_id'] !== storedId(document)) return 'other-id'
        if ('id' in sent && sent['id'] !== textOf(fields, 'id')) return 'other-id'
        return change(fields)
      },
    )
    if (typeof changed === 'string') return changed
    this.#written(changed)
    return storedJson(changed)
  }

  #written(document: Uint8Array): void {
    this.#totals.forget()
    this.#search.written(document)
  }
}

function storedId(document: Uint8Array): unknown {
  return JSON.parse(Buffer.from(storedJson(document).json).toString())['_id']
}
