import { ObjectId } from 'mongodb'
import { choosePlaces, type Defect, type PlantedDefects, plantedDefects } from './planted.js'
import { Random } from './random.js'

export interface GeneratedCollection<D> {
  readonly count: number
  readonly planted: PlantedDefects
  /** The document with this index, 0 to `count - 1`: always the same one. */
  document(index: number): D
}

export interface CollectionRecipe<D> {
  readonly name: string
  readonly count: number
  readonly seed: number
  readonly defects: readonly Defect<D>[]
  /** A document without a defect. */
  readonly make: (index: number, random: Random) => D
}

/** Documents that are a function of the seed and their index, with the recipe's defects in some of them. */
export function generateCollection<D extends { _id: ObjectId }>(recipe: CollectionRecipe<D>): GeneratedCollection<D> {
  const { name, count, seed, defects } = recipe
  const places = choosePlaces(defects, count, new Random(`${seed}/${name}/places`))
  const planted = plantedDefects(defects, places, index => objectId(name, seed, index).toHexString())
  const document = (index: number): D => {
    if (!(index >= 0 && index < count)) throw new RangeError(`no document ${index} of ${count}`)
    const random = new Random(`${seed}/${name}/${index}`)
    const made = recipe.make(index, random)
    const place = places.get(index)
    place?.defect.plant(made, place.turn, random)
    return made
  }
  return { count, planted, document }
}

/** 2024-01-01T00:00:00Z: the ids claim to be from the time after it, one second apart. */
const FIRST_ID_SECONDS = 1_704_067_200

/** As a driver would have made them: a time, five bytes of the process, a counter. Ascending with the index. */
export function objectId(name: string, seed: number, index: number): ObjectId {
  const process = new Random(`${seed}/${name}/process`).text('0123456789abcdef', 10)
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  return new ObjectId(hex(FIRST_ID_SECONDS + index, 8) + process + hex(index % 0x100_0000, 6))
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Ten letters and digits that name a paper or a comment in public. */
export function publicId(name: string, seed: number, key: number | string): string {
  return new Random(`${seed}/${name}/public/${key}`).text(ID_ALPHABET, 10)
}
