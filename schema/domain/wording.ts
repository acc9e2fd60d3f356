import type { z } from 'zod'

/** Of a wrong text, no more is shown than this many UTF-16 units. */
const MOST_SHOWN = 60

/** Of a closed set, this many values are told. */
const MOST_VALUES = 12

/** What zod's own checks say, in our words: what was expected, and what was found. Undefined leaves zod's. */
export const inputWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input == null
        ? `expected ${withArticle(issue.expected)}, found nothing`
        : `expected ${withArticle(issue.expected)}, found ${shown(issue.input)}`
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.input)
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.input)
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String))}, found ${shown(issue.input)}`
    case 'invalid_format':
      return `expected ${FORMATS[issue.format] ?? `a text in the form ${issue.format}`}, found ${shown(issue.input)}`
    case 'unrecognized_keys':
      return `found ${issue.keys.slice(0, MOST_VALUES).join(', ')}, which nothing here is called`
    default:
      return undefined
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address such as ops@example.com',
  url: 'a URL such as https://example.com',
  regex: 'a text of another form',
}

const TYPES: Readonly<Record<string, string>> = { string: 'a text', int: 'a whole number', boolean: 'true or false' }

function withArticle(type: string): string {
  return TYPES[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
}

function bound(origin: string, relation: string, limit: number | bigint, input: unknown): string {
  const size = typeof input === 'string' || Array.isArray(input) ? input.length : null
  const unit = origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' items' : ''
  const one = limit === 1 || limit === 1n ? unit.replace(/s$/, '') : unit
  return `expected ${relation} ${limit}${one}, found ${unit !== '' && size !== null ? size : shown(input)}`
}

function oneOf(values: readonly string[]): string {
  if (values.length === 1) return values[0] ?? ''
  return `one of ${values.slice(0, MOST_VALUES).join(', ')}${values.length > MOST_VALUES ? ' …' : ''}`
}

/** A value as a sentence may show it, cut. */
function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
