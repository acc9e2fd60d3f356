import type { FastifyRequest } from 'fastify'
import { parseGoFloat } from '../../query/promql/go-number.js'
import { parsePromql } from '../../query/promql/index.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { parseTimestamp } from '../../schema/domain/timestamp.js'
import type { SeriesRange } from '../../schema/ports/series.js'
import { checkedMatchers } from '../promql/checked-matchers.js'
import { badParameter } from './answers.js'

/** Times that are taken, Unix ms: years 1 to 9999, which every store can compare. */
const EARLIEST = -62_135_596_800_000
const LATEST = 253_402_300_799_999

/** Parameters of a request: those of a form before those of the address. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const [, query = ''] = request.raw.url?.split('?', 2) ?? []
  for (const [name, value] of new URLSearchParams(query)) form.append(name, value)
  for (const [name, value] of form)
    if (value.includes('\0')) throw badParameter(name, 'found the character U+0000; expected text without it')
  return form
}

/** A time as Unix ms, from seconds or RFC 3339; null when it is not given. */
export function readTime(parameters: URLSearchParams, name: string): number | null {
  const text = parameters.get(name)
  if (text === null || text === '') return null
  const seconds = parseGoFloat(text)
  const ms = seconds === null ? parseTimestamp(text) : Math.round(seconds * 1_000)
  if (ms === null || Number.isNaN(ms))
    throw badParameter(name, `found ${quoted(text)}; expected Unix seconds or RFC 3339, such as 2026-01-31T12:00:00Z`)
  if (ms < EARLIEST || ms > LATEST) throw badParameter(name, `found ${quoted(text)}; expected a year from 1 to 9999`)
  return ms
}

export function requireTime(parameters: URLSearchParams, name: string): number {
  const time = readTime(parameters, name)
  if (time !== null) return time
  throw badParameter(name, 'it is not given; expected Unix seconds or RFC 3339')
}

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const UNITS_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1]

/** A duration in ms, from seconds or a text such as `1m30s`; null when it is not given. */
export function readDuration(parameters: URLSearchParams, name: string): number | null {
  const text = parameters.get(name)
  if (text === null || text === '') return null
  const seconds = parseGoFloat(text)
  const match = DURATION.exec(text)
  const ms =
    seconds !== null
      ? Math.round(seconds * 1_000)
      : match === null
        ? Number.NaN
        : UNITS_MS.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0)
  if (Number.isSafeInteger(ms)) return ms
  throw badParameter(name, `found ${quoted(text)}; expected seconds or a duration such as 15s or 1m30s`)
}

/** A count of at least zero; null when it is not given. */
export function readCount(parameters: URLSearchParams, name: string): number | null {
  const text = parameters.get(name)
  if (text === null || text === '') return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw badParameter(name, `found ${quoted(text)}; expected a whole number of at least 0`)
}

/** The range of a question for series; null when neither end is given. */
export function readSeriesRange(parameters: URLSearchParams): SeriesRange | null {
  const [start, end] = [readTime(parameters, 'start'), readTime(parameters, 'end')]
  if (start === null && end === null) return null
  if (start !== null && end !== null && end < start) throw badParameter('end', 'it is before the start')
  return { start: start ?? EARLIEST, end: end ?? LATEST }
}

/** The selectors of `match[]`. */
export function readSelectors(parameters: URLSearchParams): readonly (readonly Matcher[])[] {
  return parameters.getAll('match[]').map((text) => {
    try {
      const { expr } = parsePromql(text)
      if (expr.kind === 'vectorSelector') return checkedMatchers(expr.matchers)
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      throw badParameter('match[]', error.message)
    }
    throw badParameter('match[]', `found ${quoted(text)}; expected a selector such as up{job="api"}`)
  })
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
