import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, rangeOf, written } from '../../../test/promqltest/written.js'
import { evaluateInstant, evaluateRange } from '../index.js'
import { xxHash64 } from './xx-hash.js'

const source = written(
  '1m',
  'm{x="a",y="1"} 1',
  'm{x="a",y="2"} 3',
  'm{x="b",y="1"} NaN',
  'm{x="b",y="2"} 8',
  'k 1 2 3',
)

describe('an aggregation', () => {
  it.each([
    ['sum by (x) (m)', { '{x=a}': 4, '{x=b}': Number.NaN }],
    ['sum without (y) (m{x="a"})', { '{x=a}': 4 }],
    ['avg(m{x="a"})', { '{}': 2 }],
    ['count_values("__name__", m{x="a"} * 10)', { 10: 1, 30: 1 }],
    ['count_values without (y) ("y", m{x="a"} > 0)', { '{x=a}': 2 }],
    ['count_values without (x) ("y", m{x="a"} * 0)', { '{y=0}': 2 }],
    ['min(m)', { '{}': 1 }],
    ['max by (absent) (m)', { '{}': 8 }],
    ['count by (y) (m)', { '{y=1}': 2, '{y=2}': 2 }],
    ['group(m)', { '{}': 1 }],
    ['stdvar(m{x="a"})', { '{}': 1 }],
    ['stddev(m{x="b"})', { '{}': Number.NaN }],
    ['quantile(0.5, m{x="a"})', { '{}': 2 }],
    ['count_values("v", m)', { '{v=1}': 1, '{v=3}': 1, '{v=NaN}': 1, '{v=8}': 1 }],
    ['count_values("x", 0 * m{x="a"})', { '{x=0}': 2 }],
    ['limitk by (x) (1, m)', { 'm{x=a,y=1}': 1, 'm{x=b,y=1}': Number.NaN }],
    ['limit_ratio(1, m{x="a"})', { 'm{x=a,y=1}': 1, 'm{x=a,y=2}': 3 }],
    ['sum(m{x="none"})', {}],
  ])('%s', async (query, expected) => {
    expect(await instantOf(source, query, '0')).toEqual(expected)
  })

  it('topk comes in order, NaN last', async () => {
    expect(Object.keys(await instantOf(source, 'topk(3, m)', '0'))).toEqual(['m{x=b,y=2}', 'm{x=a,y=2}', 'm{x=a,y=1}'])
    expect(Object.keys(await instantOf(source, 'bottomk(9, m)', '0')).at(-1)).toBe('m{x=b,y=1}')
  })

  it('takes a parameter of each instant', async () => {
    const range = ['0', '2m', '1m'] as const
    expect(await rangeOf(source, 'count(topk(scalar(k), m))', range)).toEqual({ '{}': '1 2 3' })
  })

  it.each([
    ['topk(NaN, nothing)', 'Parameter value is NaN'],
    ['limitk(1e30, m)', 'overflows int64'],
    ['limit_ratio(NaN, m)', 'Ratio value is NaN'],
    ['count_values("a\\xc5z", m)', 'invalid label name "a\\xc5z"'],
  ])('%s is refused', async (query, message) => {
    await expect(instantOf(source, query, '0')).rejects.toThrow(message)
  })

  it.each([
    ['quantile(1.5, m)', 'PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:10)'],
    ['limit_ratio(-3, m)', 'PromQL warning: ratio value should be between -1 and 1, got -3, capping to -1 (1:13)'],
  ])('%s is warned of', async (query, warning) => {
    expect(await evaluateInstant(query, { source, at: 0 })).toMatchObject({ warnings: [warning], infos: [] })
  })

  it.each([
    ['quantile(time(), m)', ['got 3', 'got -1']],
    ['quantile(time() + time() % time(), m)', ['got NaN', 'got 3', 'got -1']],
    ['limit_ratio(time(), m)', ['got 3, capping to 1']],
  ])('%s is warned of at its extremes', async (query, expected) => {
    const { warnings } = await evaluateRange(query, { source, start: -1_000, end: 3_000, step: 1_000 })
    expect(warnings).toEqual(expected.map((text) => expect.stringContaining(text)))
  })

  it('no count but one that takes series is too large', async () => {
    expect(await instantOf(source, 'topk(-1e30, m)', '0')).toEqual({})
  })

  it('limit_ratio of r and of r − 1 share the series among them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (ratio) => {
        const low = Object.keys(await instantOf(source, `limit_ratio(${ratio}, m)`, '0'))
        const high = Object.keys(await instantOf(source, `limit_ratio(${ratio} - 1, m)`, '0'))
        // Both ends stand for all series.
        if (ratio > 0 && ratio < 1) expect([...low, ...high].sort()).toHaveLength(4)
        expect(new Set([...low, ...high]).size).toBe(4)
      }),
      { numRuns: 30 },
    )
  })
})

describe('XXH64', () => {
  it.each([
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['abc', 0x44bc2cf5ad770999n],
    ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
  ])('of %j is as the specification has it', (text, hash) => {
    expect(xxHash64(Buffer.from(text))).toBe(hash)
  })
})
