import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { parseTimestamp } from '../domain/timestamp.js'

/*
 * Scalars say what kind of value travels; whether the value is a good one is the domain's to say, so that a mistake
 * comes back as a userError with a path and not as a failed request. A time alone is read here.
 */

function textScalar(name: string, description: string): GraphQLScalarType<string, string> {
  const read = (value: unknown): string => {
    if (typeof value === 'string') return value
    throw new GraphQLError(`${name} is text; found ${JSON.stringify(value)}.`)
  }
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: String,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : null),
  })
}

/** A duration as text. Given and taken as text; the domain parses it to ms. */
export const Duration = textScalar('Duration', 'A duration: `90s`, `5m`, `1h30m`, `30d`.')
export const Decimal = textScalar('Decimal', 'A decimal number as text, so that no digit is lost.')
export const BigIntText = textScalar('BigInt', 'A whole number as text.')
export const Url = textScalar('URL', 'An absolute URL.')

/** A time: Unix ms inside, RFC 3339 outside. Text given out is taken to be RFC 3339 already (nanoseconds of logs). */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'RFC 3339 in UTC, with up to nanoseconds.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => {
    if (typeof value === 'number') return new Date(value).toISOString()
    if (typeof value === 'string') return value
    throw new TypeError(`A time is Unix ms or RFC 3339 text; found ${typeof value}.`)
  },
  parseValue: readTime,
  parseLiteral: (node) => readTime(node.kind === Kind.STRING ? node.value : null),
})

function readTime(value: unknown): number {
  const ms = typeof value === 'string' ? parseTimestamp(value) : null
  if (ms !== null) return ms
  throw new GraphQLError(`A DateTime is RFC 3339 text such as 2026-01-31T12:00:00Z; found ${JSON.stringify(value)}.`)
}

/** Any JSON value; only ever given out. */
export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value, in the shape of the input that wrote it.',
  serialize: (value) => value,
})
