/** How a matcher compares: equal, not equal, matches the anchored regular expression, does not match it. */
export type MatcherOp = '=' | '!=' | '=~' | '!~'

/** A condition on one label; an absent label counts as the empty string. */
export interface Matcher {
  readonly name: string
  readonly op: MatcherOp
  readonly value: string
}
