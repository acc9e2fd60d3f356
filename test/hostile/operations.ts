import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
} from 'graphql'

/** A place of an operation's arguments where a text may stand, as the path to it; `[]` steps into a list. */
export interface TextPlace {
  readonly path: readonly string[]
  /** The scalar's name. */
  readonly type: string
}

export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly field: GraphQLField<unknown, unknown>
  readonly places: readonly TextPlace[]
}

/** Every root field, with every text in its arguments; a new one is among them by itself. */
export function operationsOf(schema: GraphQLSchema): Operation[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }
  return (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
    const root = roots[kind]
    return Object.values(root?.getFields() ?? {}).map((field) => ({
      kind,
      field,
      places: field.args.flatMap((argument) => placesIn(argument.type, [argument.name])),
    }))
  })
}

const NUMBERS = ['Int', 'Float', 'Boolean']
/** Inputs nest without end; rules and routes are looked into this far. */
const MAX_DEPTH = 7

function placesIn(type: GraphQLInputType, path: readonly string[]): TextPlace[] {
  if (isNonNullType(type)) return placesIn(type.ofType, path)
  if (isListType(type)) return placesIn(type.ofType, [...path, '[]'])
  if (isScalarType(type)) return NUMBERS.includes(type.name) ? [] : [{ path, type: type.name }]
  if (!isInputObjectType(type) || path.length > MAX_DEPTH) return []
  return Object.values(type.getFields()).flatMap((field) => placesIn(field.type, [...path, field.name]))
}

/** Arguments that would pass, with a text at a place. */
export function argumentsWith(field: Operation['field'], place: TextPlace, text: string): Record<string, unknown> {
  return filled(field.args, isRequiredArgument, place.path, text)
}

type Input = GraphQLArgument | GraphQLInputField

function filled<One extends Input>(
  inputs: readonly One[],
  isRequired: (input: One) => boolean,
  [name, ...rest]: readonly string[],
  text: string,
): Record<string, unknown> {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      if (input.name === name) return [[input.name, valueWith(input.type, rest, text)]]
      return isRequired(input) ? [[input.name, sample(input.type, input.name)]] : []
    }),
  )
}

function valueWith(type: GraphQLInputType, path: readonly string[], text: string): unknown {
  if (isNonNullType(type)) return valueWith(type.ofType, path, text)
  if (isListType(type)) return [valueWith(type.ofType, path.slice(1), text)]
  if (!isInputObjectType(type)) return text
  const fields = Object.values(type.getFields())
  return filled(fields, isRequiredInputField, path, text)
}

const SAMPLES: Readonly<Record<string, unknown>> = {
  ...{ Int: 1, Float: 0.5, Boolean: false, ID: 'x', String: 'x', Decimal: '99.9', BigInt: '1', Duration: '5m' },
  ...{ DateTime: '2026-03-01T12:00:00Z', URL: 'https://x.example/', JSON: {} },
}
const NAMED_SAMPLES: Readonly<Record<string, unknown>> = {
  ...{ to: '2026-03-01T13:00:00Z', promql: 'up', query: '{}', email: 'x@shop.example', key: 'x-1' },
}

function sample(type: GraphQLInputType, name: string): unknown {
  if (isNonNullType(type)) return sample(type.ofType, name)
  if (isListType(type)) return [sample(type.ofType, name)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isScalarType(type))
    return (type.name === 'DateTime' || type.name === 'String') && name in NAMED_SAMPLES
      ? NAMED_SAMPLES[name]
      : SAMPLES[type.name]
  const fields = Object.values(type.getFields())
  const chosen = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
  return Object.fromEntries(chosen.map((field) => [field.name, sample(field.type, field.name)]))
}

/** A selection that shows texts of what is answered, a few levels deep, and how many fields it has. */
export function selectionOf(type: GraphQLOutputType, depth = 3): { readonly text: string; readonly fields: number } {
  const named = getNamedType(type)
  if (!isObjectType(named))
    return isScalarType(named) || isEnumType(named) ? { text: '', fields: 0 } : only('__typename')
  const parts: string[] = []
  let fields = 0
  for (const field of Object.values(named.getFields())) {
    if (field.args.some(isRequiredArgument) || field.name === 'edges' || fields > 14) continue
    if (field.name === 'userErrors') {
      parts.push('userErrors { code message path }')
      fields += 4
      continue
    }
    const inner = getNamedType(field.type)
    if (isScalarType(inner) || isEnumType(inner)) {
      parts.push(field.name)
      fields += 1
    } else if (depth > 0) {
      const below = selectionOf(field.type, depth - 1)
      parts.push(`${field.name} ${below.text}`)
      fields += below.fields + 1
    }
  }
  return parts.length === 0 ? only('__typename') : { text: `{ ${parts.join(' ')} }`, fields }
}

const only = (name: string) => ({ text: `{ ${name} }`, fields: 1 })

/** One document that asks an operation once for each set of arguments, and its variables. */
export function documentOf(
  { kind, field }: Operation,
  all: readonly Readonly<Record<string, unknown>>[],
): { readonly query: string; readonly variables: Record<string, unknown> } {
  const { text } = selectionOf(field.type)
  const variables: Record<string, unknown> = {}
  const declared: string[] = []
  const calls = all.map((given, i) => {
    const named = field.args.filter(({ name }) => Object.hasOwn(given, name))
    for (const { name, type } of named) {
      declared.push(`$${name}${i}: ${type}`)
      variables[`${name}${i}`] = given[name]
    }
    const passed = named.map(({ name }) => `${name}: $${name}${i}`).join(', ')
    return `a${i}: ${field.name}${passed === '' ? '' : `(${passed})`} ${text}`
  })
  return {
    query: `${kind}${declared.length === 0 ? '' : `(${declared.join(', ')})`} { ${calls.join(' ')} }`,
    variables,
  }
}
