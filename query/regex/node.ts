/**
 * The tree of a regular expression in RE2's syntax. Flags are resolved while parsing, so a node means the same wherever
 * it stands.
 */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly at: Assertion }
  | { readonly kind: 'concat'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly parts: readonly RegexNode[] }
  | {
      readonly kind: 'repeat'
      readonly of: RegexNode
      readonly min: number
      /** `Infinity` when unbounded. */
      readonly max: number
      readonly greedy: boolean
    }
  /** A capturing group; `name` is null when it only has a number. */
  | { readonly kind: 'group'; readonly of: RegexNode; readonly name: string | null }

/** A place that consumes nothing. Words are ASCII words, as in RE2. */
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordEdge' | 'noWordEdge'

/** One character out of a set of Unicode code points. */
export interface CharSet {
  readonly items: readonly CharItem[]
  readonly negated: boolean
  /** Whether letter case is ignored (simple Unicode case folding). */
  readonly fold: boolean
}

/** Code points from `low` to `high`, both included. */
export interface CharRange {
  readonly low: number
  readonly high: number
}

/** A range, a named class such as `d` or `alpha`, or a Unicode category or script under its RE2 name. */
export type CharItem =
  | CharRange
  | { readonly named: string; readonly negated: boolean }
  | { readonly property: string; readonly negated: boolean }

/** A text that is no regular expression of RE2; `offset` is in UTF-16 code units from the start of the expression. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}
