import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseError } from '../../test/promqltest/written.js'
import type { Expr } from './ast.js'
import { PromqlError, parsePromql } from './index.js'

/** The expression with all its parentheses. */
function show(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return String(expr.value)
    case 'string':
      return JSON.stringify(expr.value)
    case 'vectorSelector':
      return `${expr.matchers[0]?.value ?? ''}${shift(expr)}`
    case 'matrixSelector':
      return `${show(expr.selector)}[]`
    case 'subquery':
      return `${show(expr.expr)}[:]${shift(expr)}`
    case 'call':
      return `${expr.name}(${expr.args.map(show).join(' ')})`
    case 'aggregation':
      return `${expr.op}(${show(expr.expr)})`
    case 'binary':
      return `(${show(expr.left)} ${expr.op} ${show(expr.right)})`
    case 'unary':
      return `(${expr.op}${show(expr.expr)})`
    case 'paren':
      return show(expr.expr)
  }
}

function shift({ offset, at }: { offset: unknown; at: unknown }): string {
  return `${offset === null ? '' : '~'}${at === null ? '' : '@'}`
}

describe('precedence', () => {
  it.each([
    ['a + b * c', '(a + (b * c))'],
    ['a * b + c', '((a * b) + c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['a or b and c unless d', '(a or ((b and c) unless d))'],
    ['a == b + c > d', '((a == (b + c)) > d)'],
    ['-a ^ b', '(-(a ^ b))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ -b * c', '((a ^ (-b)) * c)'],
    ['-2 ^ 2', '(-(2 ^ 2))'],
    ['a + b offset 5m * c', '(a + (b~ * c))'],
    ['sum_over_time(a[5m] offset 5m @ 100) - c == d', '((sum_over_time(a~@[]) - c) == d)'],
    ['sum_over_time((a + b)[5m:] offset 1m)', 'sum_over_time((a + b)[:]~)'],
    ['-a @ start()', '(-a@)'],
    ['a atan2 b % c', '((a atan2 b) % c)'],
    ['sum by (x) (a) / on (x) group_left b', '(sum(a) / b)'],
  ])('of %s', (text, expected) => {
    expect(show(parsePromql(text).expr)).toBe(expected)
  })
})

describe('min_of and max_of', () => {
  it.each([
    ['max_of(a_of(), 1)', 'the unknown function'],
    ['a offset max_of(1m, 2m) + max_of(1, 2)', '(a~ + max_of(1 2))'],
    ['a offset 5m + (Max_of(1, 2))', '(a~ + max_of(1 2))'],
    ['a offset -(1m + min_of(1m, max_of(1, 2)))', 'a~'],
    ['sum_over_time(a[max_of(1m, 2m):min_of(1m, 2m)]) + min_of(1, 2)', '(sum_over_time(a[:]) + min_of(1 2))'],
    ['sum by (offset) (a * max_of(1, 2))', 'sum((a * max_of(1 2)))'],
    ['sum by (offset) (max_of)', 'sum(max_of)'],
    ['a{offset="1"} + min_of(1, 2) # offset', '(a + min_of(1 2))'],
    ['min_of + max_of # [', '(min_of + max_of)'],
  ])('%s', (text, expected) => {
    if (expected.startsWith('the')) expect(() => parsePromql(text)).toThrow(expected)
    else expect(show(parsePromql(text).expr)).toBe(expected)
  })
})

describe('a fault of form', () => {
  it.each([
    ['', 1, 1, 'the end of the query', 'an expression'],
    ['a +', 1, 4, 'the end of the query', 'an expression after the operator'],
    ['sum(a', 1, 6, 'the end of the query', 'an expression, "," or ")"'],
    ['a{b=c}', 1, 5, '"c"', 'a matcher such as name="value"'],
    ['a{b="c"', 1, 8, 'the end of the query', 'a matcher such as name="value", "," or "}"'],
    ['rate(a[5m)', 1, 10, '")"', 'a duration such as 5m, or "]"'],
    ['rate(\n  a[5q])', 2, 6, '"q"', 'a duration such as 5m, or "]"'],
    ['a b', 1, 3, '"b"', 'an operator, a modifier or the end of the query'],
    ['a{b="c}', 1, 5, '"', 'a string that is closed by another "'],
    ['foo(a)', 1, 1, 'the unknown function "foo"', 'a function or an aggregation of PromQL'],
    ['1 + RATE(a[5m])', 1, 5, 'the unknown function "RATE"', 'a function or an aggregation of PromQL, such as "rate"'],
    ['# nothing', 1, 10, 'the end of the query', 'an expression'],
    ['1 + ()', 1, 6, '")"', 'an expression'],
    ['rate(a[])', 1, 8, '"]"', 'a duration such as 5m'],
    ['a + fill(x) b', 1, 10, '"x"', 'a number in parentheses'],
    ['sum(a) by (b) without (c)', 1, 15, '"without"', 'an operator, a modifier or the end of the query'],
    ['a + 🦀', 1, 5, '"🦀"', 'an expression after the operator'],
    ['a{b="\\q"}', 1, 5, '"\\q"', 'a string whose escapes are valid, such as "\\\\d+"'],
  ])('in %j is told with its place', (text, line, column, found, expected) => {
    const error = parseError(text)
    expect({ ...error }).toMatchObject({ line, column, found, expected, code: 'QUERY_INVALID' })
    expect(error.message).toBe(`Line ${line}, column ${column}: found ${found}, expected ${expected}.`)
  })
})

describe('a fault of meaning', () => {
  it.each([
    ['1 + rate(a[-5m])', 10, 'expected a duration above zero and of at most 292 years, found -300 s'],
    ['sum_over_time(a[1h:0])', 15, 'expected a duration above zero and of at most 292 years, found 0 s'],
    ['a offset (1m / 0)', 1, 'expected an offset of at most 292 years, found NaN s'],
    ['rate(a)', 6, 'expected a range vector in a call of rate, found an instant vector'],
    ['sum(a[5m])', 5, 'expected an instant vector in sum, found a range vector'],
    ['round(a, 1, 2)', 1, 'round has 3 arguments, expected 1 to 2'],
    ['label_join(a)', 1, 'label_join has 1 arguments, expected at least 3'],
    ['topk(a)', 1, 'topk has 1 arguments, expected 2'],
    ['1 > 2', 1, 'comparisons between scalars must have the bool modifier'],
    ['a + bool b', 1, 'bool stands with +, expected a comparison'],
    ['a and 1', 1, 'and needs an instant vector on both sides'],
    ['a and on(x) group_left b', 1, 'group_left stands with and, which matches many to many'],
    ['a + on(x) 1', 1, 'matching labels stand between operands that are not both instant vectors'],
    ['a * on(x) group_left(x) b', 1, 'the label "x" stands in on and in group_left; expected one of them'],
    ['{a=""}', 1, 'a selector must contain at least one matcher that does not match the empty text'],
    ['a{__name__="b"}', 3, 'the metric is named twice, "a" and "b"; expected one name'],
    ['a offset 1m offset 2m', 1, 'offset stands more than once on one selector'],
    ['rate(a offset 1m [5m])', 6, 'offset and @ must follow the range in brackets, not stand before it'],
    ['sum(a) offset 5m', 1, 'offset must follow a selector or a subquery'],
    ['a{b=~"("}', 6, 'wrong regular expression: '],
    ['histogram_count(a)', 1, 'histogram_count needs native histograms, which are not supported'],
    ['a </ 5', 3, '</ needs native histograms, which are not supported'],
    ['a anchored', 1, 'anchored must follow a selector with a range'],
    ['sum(a) smoothed', 1, 'smoothed must follow a selector'],
    ['increase(a[5m] anchored smoothed)', 10, 'smoothed follows anchored; expected one of them'],
    ['1 + deriv(a[5m] smoothed)', 5, 'smoothed modifier can only be used with: delta, increase, rate - not with deriv'],
    ['(a[5m] anchored)', 1, 'anchored stands outside of a call of changes, delta, increase, rate, resets'],
  ])('in %j is told with its place', (text, column, sentence) => {
    const error = parseError(text)
    expect(error.sentence).toContain(sentence)
    expect(error.column).toBe(column)
  })
})

describe('any text', () => {
  const pieces = [
    'a',
    'sum',
    '(',
    ')',
    '[',
    '5m',
    ':',
    ']',
    '{',
    '}',
    '=',
    '"x"',
    '+',
    '-',
    ' by ',
    ',',
    '1',
    ' offset ',
    '@',
    '\n',
    '#',
    '`',
    '.',
  ]
  it('parses or is refused as the user’s mistake', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        try {
          parsePromql(parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('of great depth is refused, not a broken stack', () => {
    expect(parseError(`${'('.repeat(5_000)}a${')'.repeat(5_000)}`).expected).toBe('at most 500 levels')
    expect(parseError('a + '.repeat(5_000).concat('a')).expected).toBe('at most 500 levels')
  })
})
