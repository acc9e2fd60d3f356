import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nanosecondsText, readTimestamp } from './timestamp.js'

test.each<[value: string | number, ms: number, ns: number]>([
  ['2026-11-21T03:20:15Z', Date.UTC(2026, 10, 21, 3, 20, 15), 0],
  ['2026-11-21t03:20:15z', Date.UTC(2026, 10, 21, 3, 20, 15), 0],
  ['2026-11-21 03:20:15.5Z', Date.UTC(2026, 10, 21, 3, 20, 15, 500), 0],
  ['2026-11-21T03:20:15.123456789Z', Date.UTC(2026, 10, 21, 3, 20, 15, 123), 456_789],
  ['2026-11-21T03:20:15.1234567899Z', Date.UTC(2026, 10, 21, 3, 20, 15, 123), 456_789],
  ['2026-11-21T03:20:15.000000001+05:30', Date.UTC(2026, 10, 20, 21, 50, 15), 1],
  ['2026-11-21T03:20:15-08:00', Date.UTC(2026, 10, 21, 11, 20, 15), 0],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29), 0],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1), 0],
  [1_795_231_369, 1_795_231_369_000, 0],
  [1_795_231_369.5, 1_795_231_369_500, 0],
  [1_795_231_369_462, 1_795_231_369_462, 0],
  [1_795_231_369_462.25, 1_795_231_369_462, 250_000],
  [1_795_231_369_462_017, 1_795_231_369_462, 17_000],
  [Number('1795231369462017024'), 1_795_231_369_462, 17_024],
  ['1795231369462017001', 1_795_231_369_462, 17_001],
  ['1795231369462', 1_795_231_369_462, 0],
  [0, 0, 0],
])('%s names an instant', (value, ms, ns) => {
  expect(readTimestamp(value)).toEqual({ ms, ns })
})

test.each([
  '',
  'now',
  '2026-11-21',
  '2026-11-21T03:20:15',
  '2026-13-21T03:20:15Z',
  '2026-02-29T03:20:15Z',
  '2100-02-29T03:20:15Z',
  '2026-11-31T03:20:15Z',
  '2026-11-00T03:20:15Z',
  '2026-11-21T24:20:15Z',
  '2026-11-21T03:60:15Z',
  '2026-11-21T03:20:61Z',
  '2026-11-21T03:20:15.Z',
  '2026-11-21T03:20:15+0530',
  '2026-11-21T03:20:15+24:00',
  '2026-11-21T03:20:15Zx',
  '2026/11/21T03:20:15Z',
  '2026-11-21T03:2x:15Z',
  '99999999999999999999',
  -1,
  Number.NaN,
  Infinity,
  1e19,
  true,
  null,
  {},
])('%s names none', (value) => {
  expect(readTimestamp(value)).toBeNull()
})

test('what Date writes is read as Date means it', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2200-01-01') }), (date) => {
      expect(readTimestamp(date.toISOString())).toEqual({ ms: date.getTime(), ns: 0 })
    }),
  )
})

test('nanoseconds of digits and of RFC 3339 text are kept to the last', () => {
  const instants = fc.tuple(fc.integer({ min: 1_000_000_000_000, max: 9_000_000_000_000 }), fc.nat(999_999))
  fc.assert(
    fc.property(instants, ([ms, ns]) => {
      const text = nanosecondsText(ms, ns)
      expect(text).toHaveLength(19)
      expect(readTimestamp(text)).toEqual({ ms, ns })
      const rfc = `${new Date(ms).toISOString().slice(0, -1)}${String(ns).padStart(6, '0')}Z`
      expect(readTimestamp(rfc)).toEqual({ ms, ns })
    }),
  )
})
