import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../schema/domain/telemetry.js'
import { commaSeparated, JSON_LINES } from './formats.js'

const record = (more: Partial<LogRecord> = {}): LogRecord => ({
  id: 'r1',
  at: '2026-03-01T12:00:00.000Z',
  service: 'api',
  level: 'error',
  message: 'timeout',
  traceId: null,
  spanId: null,
  attributes: {},
  ...more,
})

/** Cells of one record, read as RFC 4180 says. */
function cells(line: string): string[] {
  const found = [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|$)/g)]
  return found.map(([, inQuotes, bare]) => inQuotes?.replaceAll('""', '"') ?? bare ?? '')
}

describe('commaSeparated', () => {
  it.each([
    ['nothing to quote', 'plain text', 'plain text'],
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'say "hi"', '"say ""hi"""'],
    ['line breaks', 'a\r\nb\nc', '"a\r\nb\nc"'],
    ['unicode', 'größe 😀 中文', 'größe 😀 中文'],
    ['a formula', '=HYPERLINK("http://evil","x")', `"'=HYPERLINK(""http://evil"",""x"")"`],
    ['a plus', '+1', "'+1"],
    ['a minus', '-1', "'-1"],
    ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab', '\t=1', "'\t=1"],
    ['an equals sign within', 'a=1', 'a=1'],
  ])('writes %s', (_name, message, cell) => {
    expect(commaSeparated('escape').line(record({ message }))).toBe(
      `2026-03-01T12:00:00.000Z,api,error,${cell},,,{},r1\r\n`,
    )
  })

  it('leaves formulas when asked to', () => {
    expect(commaSeparated('keep').line(record({ message: '=1' }))).toContain(',=1,')
  })

  it('can be read again, whatever a line holds', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (service, message) => {
        const read = cells(commaSeparated('keep').line(record({ service, message, attributes: { a: message } })))
        expect(read).toEqual([
          ...['2026-03-01T12:00:00.000Z', service, 'error', message, '', ''],
          ...[JSON.stringify({ a: message }), 'r1'],
        ])
      }),
    )
  })

  it('names its columns, and says why it was cut', () => {
    const format = commaSeparated('escape')
    expect(format.head).toBe('at,service,level,message,trace_id,span_id,attributes,id\r\n')
    expect(format.cut('TOO_BROAD', 'Too much, really.', 'c1')).toBe('#error,TOO_BROAD,"Too much, really.",c1\r\n')
  })
})

describe('JSON_LINES', () => {
  it('writes a record on one line', () => {
    const line = JSON_LINES.line(record({ message: 'a\nb "c" 😀' }))
    expect(line.endsWith('\n')).toBe(true)
    expect(line.split('\n')).toHaveLength(2)
    expect(JSON.parse(line)).toEqual(record({ message: 'a\nb "c" 😀' }))
  })

  it('says why it was cut', () => {
    expect(JSON.parse(JSON_LINES.cut('TOO_BROAD', 'Too much.', null))).toEqual({
      error: { code: 'TOO_BROAD', message: 'Too much.', after: null },
    })
  })
})
