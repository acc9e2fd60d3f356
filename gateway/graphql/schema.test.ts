import { readFileSync } from 'node:fs'
import { buildSchema, GraphQLInputObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { channelConfigInputSchema } from '../../schema/domain/channel.js'
import { ingestKeyInputSchema } from '../../schema/domain/ingest-key-input.js'
import { measureInputSchema } from '../../schema/domain/measure.js'
import { monitorInputSchema, monitorPatchSchema } from '../../schema/domain/monitor.js'
import { ruleInputSchema } from '../../schema/domain/rule.js'
import { compareWithContract } from '../../schema/graphql/contract.js'
import { buildGatewaySchema, printGatewaySchema } from './schema.js'

const file = (name: string) => readFileSync(new URL(`../../schema/graphql/${name}`, import.meta.url), 'utf8')
const schema = buildGatewaySchema()

it('is committed as it is made; "npm run schema" writes it', () => {
  expect(printGatewaySchema(schema)).toBe(file('schema.graphql'))
})

describe('the contract', () => {
  const report = compareWithContract(schema, file('contract.graphql'))
  const recorded: string[] = JSON.parse(file('contract.missing.json'))

  it('is broken nowhere', () => {
    expect(report.breaking).toEqual([])
  })

  it('lacks nothing that was there before', () => {
    expect(report.missing.filter((name) => !recorded.includes(name))).toEqual([])
  })

  it('records no more than what is missing; "npm run contract -- --record" takes out what is there now', () => {
    expect(recorded.filter((name) => !report.missing.includes(name))).toEqual([])
  })
})

describe('compareWithContract', () => {
  const contract = `
    enum E { A B }
    input In @oneOf { a: Int b: Int }
    interface I { id: ID! }
    type T implements I { id: ID! name: String list(first: Int = 5, e: E = A): [String!]! }
    type Query { t(in: In!): T }`
  const compare = (change: (text: string) => string) => compareWithContract(buildSchema(change(contract)), contract)

  it.each<[string, (text: string) => string]>([
    ['nothing changed', (text) => text],
    ['a new type and field', (text) => `${text.replace('name: String', 'name: String more: U')} type U { x: Int }`],
    ['a new optional argument', (text) => text.replace('first: Int = 5', 'first: Int = 5, more: Int')],
    ['an output that is never null any more', (text) => text.replace('name: String', 'name: String!')],
    ['an input that need not be given any more', (text) => text.replace('in: In!', 'in: In')],
  ])('lets pass: %s', (_name, change) => {
    expect(compare(change)).toEqual({ missing: [], breaking: [] })
  })

  it.each<[string, (text: string) => string, string]>([
    ['an output that may be null', (text) => text.replace('[String!]!', '[String!]'), 'T.list is [String!]'],
    ['an output of another type', (text) => text.replace('name: String', 'name: Int'), 'T.name is Int'],
    ['another default', (text) => text.replace('Int = 5', 'Int = 6'), 'defaults to 6'],
    ['another default of an enum', (text) => text.replace('E = A', 'E = B'), 'defaults to B'],
    ['a new required argument', (text) => text.replace('t(in', 't(x: Int!, in'), 'Query.t(x:) is required'],
    ['an interface less', (text) => text.replace('T implements I', 'T'), 'does not implement I'],
    ['@oneOf less', (text) => text.replace(' @oneOf', ''), '@oneOf'],
    ['another kind of type', (text) => text.replace('enum E { A B }', 'scalar E').replace(' = A', ''), 'another kind'],
  ])('finds breaking: %s', (_name, change, sentence) => {
    expect(compare(change).breaking.join()).toContain(sentence)
  })

  it.each<[string, (text: string) => string, string]>([
    ['a field', (text) => text.replace('name: String', ''), 'T.name'],
    ['an argument', (text) => text.replace('first: Int = 5, ', ''), 'T.list(first:)'],
    ['an enum value', (text) => text.replace('A B', 'A'), 'E.B'],
    ['an input field', (text) => text.replace('b: Int', ''), 'In(b:)'],
  ])('names what is missing: %s', (_name, change, missing) => {
    expect(compare(change).missing).toEqual([missing])
  })
})

it.each<[string, z.ZodType]>([
  ['MonitorInput', monitorInputSchema],
  ['MonitorPatchInput', monitorPatchSchema],
  ['RuleInput', ruleInputSchema],
  ['MeasureInput', measureInputSchema],
  ['ChannelConfigInput', channelConfigInputSchema],
  ['IngestKeyCreateInput', ingestKeyInputSchema],
])('%s has the fields that the domain reads', (name, parser) => {
  const type = schema.getType(name)
  if (!(type instanceof GraphQLInputObjectType)) throw new Error(`The schema has no input ${name}.`)
  const { def } = parser as unknown as { def: { in?: { shape: object } } } & { shape: object }
  const shape = def.in?.shape ?? (parser as unknown as { shape: object }).shape
  expect(Object.keys(type.getFields()).sort()).toEqual(Object.keys(shape).sort())
})
