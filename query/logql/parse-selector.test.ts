import { describe, expect, it } from 'vitest'
import { QueryError } from '../../schema/domain/query-error.js'
import { compileEventFilter, createParamSink, parseEventSelector, parseLogSelector } from './index.js'

/** A wrong query, where it is wrong, and words its message must hold. */
const WRONG: readonly (readonly [query: string, place: string, words: readonly string[]])[] = [
  ['', '1:1', ['found the end of the query', 'expected a selector such as {service="api"}']],
  ['   ', '1:4', ['the end of the query']],
  ['timeout', '1:1', ['found "timeout"', 'expected a selector']],
  ['{service="api"', '1:15', ['found the end of the query', '"}"']],
  ['{service="api",}', '1:16', ['found "}"', 'another label matcher']],
  ['{service}', '1:9', ['found "}"', 'one of =, !=, =~, !~']],
  ['{service=}', '1:10', ['found "}"', 'a value in double quotes or backticks']],
  ["{service='api'}", '1:10', ['double quotes or backticks']],
  ['{service="api}', '1:10', ['"api}', 'double quotes or backticks']],
  ['{service == "api"}', '1:10', ['found "=="', 'one of =, !=, =~, !~']],
  ['{"service"="api"}', '1:2', ['found "service"', 'a label name without quotes']],
  ['{http.route="x"}', '1:6', ['found ".route"', 'underscores']],
  ['{json="x"}', '1:2', ['found "json"', 'no word of LogQL']],
  ['{service="api"} |=', '1:19', ['found the end of the query', 'a text in double quotes or backticks']],
  ['{service="api"} |= timeout', '1:20', ['found "timeout"', 'a text in double quotes or backticks']],
  ['{service="api"} timeout', '1:17', ['found "timeout"', 'a line filter such as |= "text"']],
  ['{service="api"}\n  |= "a"\n  |', '3:4', ['found the end of the query', 'a stage']],
  ['{service="api"} | unwrap bytes', '1:19', ['found "unwrap"', 'range aggregation']],
  ['{a="b"}{c="d"}', '1:8', ['found "{"']],
  ['{a="b"} | x > ', '1:15', ['the end of the query']],
  ['{a="b"} | x="1" y="2"', '1:17', ['found "y"']],
  ['{a="\\d"}', '1:5', ['\\d is no escape', 'backticks']],
  ['{a="x"} |= "tab\\q"', '1:16', ['\\q is no escape']],
  ['{a="\\xff"}', '1:4', ['no valid UTF-8']],
  ['{a="\\ud800"}', '1:5', ['no character']],
  ['{a="\\400"}', '1:5', ['more than one byte']],
  ['{a=~"("}', '1:6', ['a "(" that is never closed', 'RE2']],
  ['{a=~"a**"}', '1:8', ['two repeats in a row']],
  ['{} |~ "(?=a)"', '1:8', ['a lookaround, which RE2 does not have']],
  ['{} |~ "ab(?<!a)"', '1:10', ['a lookaround, which RE2 does not have']],
  ['{} |~ `(a)\\1`', '1:11', ['a backreference, which RE2 does not have']],
  ['{} |~ "(a)\\\\1"', '1:11', ['a backreference']],
  ['{} |~ "x" or "["', '1:15', ['a "[" that is never closed']],
  ['{} !~ "a{1001}"', '1:9', ['at most 1000']],
  ['{} | x=~"a{2,1}"', '1:11', ['smaller number first']],
  ['{} |= ip("10.0.0.0/8")', '1:7', ['ip() is not supported']],
  ['{} |= "x" or ip("10.0.0.0/8")', '1:14', ['ip() is not supported']],
  ['{} | addr=ip("10.0.0.0/8")', '1:6', ['ip() is not supported']],
  ['{} |> "<_> x"', '1:4', ['|> is not supported', 'one of |=, !=, |~, !~']],
  ['{} !> "<_> x"', '1:4', ['!> is not supported']],
  ['{} | unpack', '1:6', ['| unpack is not supported']],
  ['{} | decolorize', '1:6', ['| decolorize is not supported']],
  ['count_over_time({a="b"}[5m])', '1:1', ['found "count_over_time"', 'a metric query', 'expected a log query']],
  ['sum by (x) (rate({}[1m]))', '1:1', ['found "sum"', 'a metric query']],
  ['1 + 1', '1:1', ['a metric query']],
]

describe('a wrong log query', () => {
  it.each(WRONG)('%j is refused at %s', (query, place, words) => {
    const error = caught(() => parseLogSelector(query))
    expect(error).toBeInstanceOf(QueryError)
    if (!(error instanceof QueryError)) return
    expect(error.code).toBe('QUERY_INVALID')
    expect(`${error.line}:${error.column} ${error.message}`).toContain(place)
    expect(`${error.line}:${error.column}`).toBe(place)
    for (const each of words) expect(error.message).toContain(each)
  })

  it('is refused when it is too long, without being read', () => {
    expect(() => parseLogSelector(`{a="${'x'.repeat(9_000)}"}`)).toThrow('at most 8192')
  })

  it('is refused when a pattern would be too large', () => {
    expect(() => parseLogSelector('{} |~ "(?:[^a]{30}){30}\\\\pL{200}"')).toThrow('too large')
    expect(() => parseLogSelector(`{} |~ "${'('.repeat(200)}${')'.repeat(200)}"`)).toThrow('nested deeper')
  })
})

function caught(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

describe('a selector of spans or browser events', () => {
  it('takes matchers and label filters', () => {
    const { matchers, filters } = parseEventSelector('{page="/cart", type=~"v.*"} | value > 2500 or rating = "poor"')
    expect(matchers.map(({ name, op }) => name + op)).toEqual(['page=', 'type=~'])
    expect(filters.map(({ kind }) => kind)).toEqual(['or'])
  })

  it.each([
    ['{} |= "x"', '1:4', '|= is not supported here; expected label filters'],
    ['{type="vital"} !~ "x"', '1:16', '!~ is not supported here'],
    ['{} | json', '1:6', '| json is not supported here'],
    ['{} | logfmt | a="b"', '1:6', '| logfmt is not supported here'],
    ['{} | line_format "x"', '1:6', '| line_format is not supported here'],
    ['count_over_time({}[5m])', '1:1', 'a metric query; expected a selector such as {page="/cart"}'],
  ])('refuses what needs a line: %s', (query, place, words) => {
    const error = caught(() => parseEventSelector(query)) as QueryError
    expect(error).toBeInstanceOf(QueryError)
    expect([`${error.line}:${error.column}`, error.message]).toEqual([place, expect.stringContaining(words)])
  })

  it('compares columns as they are and looks for all others among the attributes', () => {
    const params = createParamSink()
    const columns = new Map([['page', 'page']])
    const sql = compileEventFilter(parseEventSelector('{page="/a", plan="pro"} | page != "/b"'), columns, params)
    expect(sql).toBe(
      '(page = {p0:String} AND attributes_string[{p2:String}] = {p1:String} AND NOT (page = {p3:String}))',
    )
    expect(params.values).toEqual({ p0: '/a', p1: 'pro', p2: 'plan', p3: '/b' })
    expect(compileEventFilter(parseEventSelector('{}'), columns, params)).toBe('(true)')
  })
})
