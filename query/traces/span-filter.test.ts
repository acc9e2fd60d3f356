import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueryError } from '../../schema/domain/query-error.js'
import { createParamSink } from '../logql/index.js'
import { undotted } from './dotted-names.js'
import { compileSpanFilter, parseSpanSelector } from './index.js'

function compiled(selector: string): { sql: string; values: Readonly<Record<string, string>> } {
  const params = createParamSink()
  return { sql: compileSpanFilter(parseSpanSelector(selector), params), values: params.values }
}

describe('a selector of spans', () => {
  it('compares columns as they are, and a dotted name by its key alone', () => {
    const { sql, values } = compiled('{service="api", http.route=~"/x.*"} | kind="client"')
    expect(sql).toContain('(service = {p0:String} AND match(')
    expect(sql).toContain('kind = ')
    expect(Object.values(values)).toEqual(expect.arrayContaining(['api', 'http.route', 'client']))
    expect(Object.values(values).some((value) => value.includes('http_route'))).toBe(false)
  })

  it('compares a span’s time as a number of ns', () => {
    expect(compiled('{} | duration > 1.5s')).toEqual({
      sql: '(duration_ns > {p0:Float64})',
      values: { p0: '1500000000' },
    })
    expect(compiled('{} | duration == 20us or status="error"').sql).toBe(
      '(((duration_ns = {p0:Float64}) OR (status = {p1:String})))',
    )
  })

  it('means every span by {}', () => {
    expect(compiled('{}').sql).toBe('(true)')
  })

  it.each([
    ['{http.route=}', 1, 13],
    ['{a="b"} |= "x"', 1, 9],
    ['{} | duration > 5', 1, 1],
    ['{duration=~"5.*"}', 1, 1],
    ['count_over_time({}[5m])', 1, 1],
  ])('refuses %s where it is wrong', (selector, line, column) => {
    let error: unknown
    try {
      parseSpanSelector(selector)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(QueryError)
    expect([(error as QueryError).line, (error as QueryError).column]).toEqual([line, column])
  })
})

describe('undotted', () => {
  it('leaves texts, comments and numbers as they are', () => {
    const selector = '{a.b="x.y", c=`d.e`} | f.g > 1.5s # h.i'
    const { text, original } = undotted(selector)
    expect(text).toBe('{a_b="x.y", c=`d.e`} | f_g > 1.5s # h.i')
    expect([original('a_b'), original('f_g'), original('c'), original('z_z')]).toEqual(['a.b', 'f.g', 'c', 'z_z'])
  })

  it('leaves a name alone that is written in two ways', () => {
    expect(undotted('{a.b="x", a_b="y"}').original('a_b')).toBe('a_b')
    expect(undotted('{a.b_c="x", a_b.c="y"}').original('a_b_c')).toBe('a_b_c')
    expect(undotted('{a.b="x", a.b!="y"}').original('a_b')).toBe('a.b')
  })

  it('keeps every place in the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab._"`\\# \n{}=1'), maxLength: 40 }), (selector) => {
        const { text } = undotted(selector)
        expect(text).toHaveLength(selector.length)
        for (let i = 0; i < text.length; i++)
          if (text[i] !== selector[i]) expect([selector[i], text[i]]).toEqual(['.', '_'])
      }),
    )
  })
})
