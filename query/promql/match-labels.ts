import type { Labels } from '../../schema/domain/labels.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import { labelOf } from './label-set.js'
import { compilePattern } from './pattern.js'

/**
 * Makes a test of labels from matchers, for sources that hold series in memory. Regular expressions are RE2's, anchored,
 * and run in time linear in the value. Throws a RegexError for what RE2 refuses.
 */
export function compileMatchers(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map(({ name, op, value }) => {
    const pattern = op === '=~' || op === '!~' ? compilePattern(value) : null
    const wanted = op === '=' || op === '=~'
    return (labels: Labels) => {
      const found = labelOf(labels, name)
      return (pattern === null ? found === value : pattern.match(found) !== null) === wanted
    }
  })
  return (labels) => tests.every((test) => test(labels))
}

/** Whether a matcher keeps out series that lack the label. */
export function excludesEmpty({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value !== ''
    case '!=':
      return value === ''
    case '=~':
      return compilePattern(value).match('') === null
    case '!~':
      return compilePattern(value).match('') !== null
  }
}
