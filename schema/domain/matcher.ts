import type { Labels } from './labels.js'

/** How a matcher compares: equal, not equal, matches the anchored regular expression, does not match it. */
export type MatcherOp = '=' | '!=' | '=~' | '!~'

/** A condition on one label; an absent label counts as the empty string. */
export interface Matcher {
  readonly name: string
  readonly op: MatcherOp
  readonly value: string
}

/** Whether labels meet one matcher. Regular expressions are anchored at both ends and `.` matches line breaks. */
export function matches(matcher: Matcher, labels: Labels): boolean {
  const value = labels[matcher.name] ?? ''
  switch (matcher.op) {
    case '=':
      return value === matcher.value
    case '!=':
      return value !== matcher.value
    case '=~':
      return new RegExp(`^(?:${matcher.value})$`, 's').test(value)
    case '!~':
      return !new RegExp(`^(?:${matcher.value})$`, 's').test(value)
  }
}
