import { describe, expect, it } from 'vitest'
import { canonicalLogSelector, filterLabelNames, parseLogSelector } from './index.js'

const canonical = (query: string) => canonicalLogSelector(parseLogSelector(query))

describe('the canonical text', () => {
  it.each([
    ['{ }', '{}'],
    ['({service=`web`})', '{service="web"}'],
    ['{b="1",a="2"} # why', '{a="2", b="1"}'],
    ['{a="1", a="1"}', '{a="1"}'],
    ['{traceId="x", spanId!="y"}', '{span_id!="y", trace_id="x"}'],
    ['{} |= `a"b`', '{} |= "a\\"b"'],
    ['{} |= "b" or "a" or "b"', '{} |= "a" or "b"'],
    ['{} != "b" or "a"', '{} != "a" != "b"'],
    ['{} |= "z" |= "a"', '{} |= "a" |= "z"'],
    ['{} | x="1" |= "a"', '{} |= "a" | x="1"'],
    ['{} | y="2", x="1"', '{} | x="1" | y="2"'],
    ['{} | y="2" and x="1" | x="1"', '{} | x="1" | y="2"'],
    ['{} | y="2" or x="1"', '{} | (x="1" or y="2")'],
    ['{} | (a="1" and b="2") or (b="2" and a="1")', '{} | a="1" | b="2"'],
    ['{} | took > 1m', '{} | took > 60000000000ns'],
    ['{} | took > 60s', '{} | took > 60000000000ns'],
    ['{} | size = 1KiB', '{} | size == 1024B'],
    ['{} | n = 1e0', '{} | n == 1'],
  ])('of %s is %s', (query, expected) => {
    expect(canonical(query)).toBe(expected)
  })

  it('keeps apart what means different things', () => {
    const queries = [
      '{a="1"}',
      '{a!="1"}',
      '{a=~"1"}',
      '{} |= "1"',
      '{} |~ "1"',
      '{} | a="1"',
      '{} | a=1',
      '{} | a==1ns',
      '{} |= "a" or "b"',
      '{} |= "a" |= "b"',
    ]
    expect(new Set(queries.map(canonical)).size).toBe(queries.length)
  })
})

describe('the label names of a filter', () => {
  it('come once each, from matchers and label filters', () => {
    expect(filterLabelNames(parseLogSelector('{b="1", a="2"} |= "x" | c > 1 or (a="3" and d="4")'))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
  })
})
