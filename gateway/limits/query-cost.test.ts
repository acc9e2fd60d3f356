import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../test/harness/processor-ms.js'
import { QUERY_LIMITS, queryFault } from './query-cost.js'

const faultOf = (text: string) => queryFault(parse(text))
const times = (count: number, each: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join(' ')

describe('queryFault', () => {
  it.each([
    ['fields', QUERY_LIMITS.fields, (n: number) => `{ ${times(n, () => 'x')} }`],
    ['aliases', QUERY_LIMITS.aliases, (n: number) => `{ ${times(n, (i) => `a${i}: x`)} }`],
    ['directives', QUERY_LIMITS.directives, (n: number) => `{ x ${times(n, () => '@a')} }`],
    ['depth', QUERY_LIMITS.depth, (n: number) => `{ ${'x { '.repeat(n - 1)} x ${' }'.repeat(n - 1)} }`],
    [
      'introspection depth',
      QUERY_LIMITS.introspectionDepth,
      (n: number) => `{ __schema { ${'x { '.repeat(n - 2)} x ${' }'.repeat(n - 2)} } }`,
    ],
    [
      'introspection fields',
      QUERY_LIMITS.introspectionFields,
      (n: number) => `{ __schema { ${times(n, () => 'x')} } }`,
    ],
  ])('serves %s up to the limit and refuses one more', (word, limit, document) => {
    expect(faultOf(document(limit))).toBeNull()
    expect(faultOf(document(limit + 1))).toContain(`${limit + 1}`)
    expect(faultOf(document(limit + 1))).toContain(word)
  })

  it('counts what a fragment holds each time it is spread', () => {
    const fragment = `fragment f on T { ${times(20, () => 'x')} }`
    expect(faultOf(`{ ${times(10, () => '...f')} } ${fragment}`)).toBeNull()
    expect(faultOf(`{ ${times(11, () => '...f')} } ${fragment}`)).toContain('220')
    expect(
      faultOf(
        `{ ${times(7, () => 'x { ')} ...g ${times(7, () => '}')} } fragment g on T { a { b { c { d { e { f } } } } } }`,
      ),
    ).toContain('13')
  })

  it('refuses fragments that grow exponentially, at once', async () => {
    const fragments = times(60, (i) => `fragment f${i} on T { ...f${i + 1} ...f${i + 1} }`)
    const spent = await processorMs(() =>
      expect(faultOf(`{ ...f0 } ${fragments} fragment f60 on T { x }`)).toContain('fields'),
    )
    // Expanded one by one, 2^60 fields would never end.
    expect(spent).toBeLessThan(2_000)
  })

  it.each([
    ['itself', '{ ...f } fragment f on T { x { ...f } }'],
    ['another that spreads it', '{ x } fragment f on T { ...g } fragment g on T { ...f }'],
  ])('refuses a fragment that spreads %s', (_name, document) => {
    expect(faultOf(document)).toContain('spreads itself')
  })

  it('judges each operation of a document', () => {
    expect(faultOf(`query a { x } query b { ${times(31, (i) => `a${i}: x`)} }`)).toContain('aliases')
  })

  it('leaves a fragment that is not there to validation', () => {
    expect(faultOf('{ ...nowhere }')).toBeNull()
  })
})
