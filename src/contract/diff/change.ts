/** Who has to act: writers of documents, whose documents may fail now; readers of the lake, who may meet what they did not before. */
export type Party = 'writers' | 'readers'

export type ChangeKind =
  | 'columnAdded'
  | 'columnRemoved'
  | 'typeChanged'
  | 'orderChanged'
  | 'ruleAdded'
  | 'ruleRemoved'
  | 'ruleTightened'
  | 'ruleLoosened'
  | 'ruleChanged'
  | 'severityChanged'
  | 'keyChanged'
  | 'freshnessChanged'
  | 'description'

/** One thing that is different. */
export interface Change {
  readonly kind: ChangeKind
  /** A column (`venue.city`, `authors[]`), a rule's id, or `contract`. */
  readonly subject: string
  /** Empty: nobody has to act. */
  readonly breaks: readonly Party[]
  /** What was, what is, and why it breaks whom or nobody. */
  readonly text: string
}

export type Verdict = 'identical' | 'compatible' | 'breaking'
