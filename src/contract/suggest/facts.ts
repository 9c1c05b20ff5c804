import type { TextPattern } from './text-patterns.js'

/** What the values of one place are like, all of them counted. */
export interface Facts {
  /** Values that could be read as the place's type. */
  readonly values: number
  /** Of texts, in code points. */
  readonly lengths?: Ends
  /** Texts without a character, and the lengths of the others. */
  readonly empty?: number
  readonly filledLengths?: Ends
  /** Texts with a NUL character, which no literal of a statement can have. */
  readonly withNul?: number
  /** Of numbers; of instants in milliseconds since 1970. Undefined where a value is NaN or infinite. */
  readonly range?: Ends
  /** Of lists. */
  readonly items?: Ends
  /** Lists of two elements or more, and those of them in which one is there twice. */
  readonly longer?: number
  readonly repeating?: number
  /** Different values, exactly; undefined where nobody had a use for it. */
  readonly distinct?: number
  /** All values with their counts, the most frequent first; undefined where there are many. */
  readonly listed?: readonly ListedValue[]
  /** The narrowest form that every text has, the empty ones left out. */
  readonly form?: TextPattern
}

export interface Ends {
  readonly min: number
  readonly max: number
}

export interface ListedValue {
  readonly value: string | number
  readonly count: number
}

/** From so many values on, that all of them are alike is no chance. */
export const ENOUGH_VALUES = 20

/** More values than this make no list that people would read. */
export const MAX_LISTED_VALUES = 25

/** Longer texts are no names of states or kinds, and may be what somebody wrote. */
export const MAX_LISTED_LENGTH = 60

/** Longer texts are not expected to differ from each other by design. */
export const MAX_UNIQUE_LENGTH = 200
