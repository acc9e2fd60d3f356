import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  compileMatchers,
  evaluateInstant,
  evaluateRange,
  PromqlError,
  type SeriesSource,
} from '../../query/promql/index.js'
import { type Answer, answerOf, differenceOf } from './compare-answers.js'
import { hasPrometheus, startPrometheus } from './prometheus-server.js'
import { expression } from './random-expressions.js'
import { FIRST, randomSeries } from './random-series.js'
import { remoteWrite } from './remote-write.js'

/*
 * A Prometheus server and the engine are asked random expressions over the same samples. `TOCSIN_FUZZ=5000:7` asks 5,000
 * of the seed 7 instead.
 */

const installed = hasPrometheus()
const [runs = 100, seed = 1] = (process.env.TOCSIN_FUZZ?.split(':') ?? []).map(Number)

describe.skipIf(!installed)('random expressions', () => {
  const series = randomSeries()
  const source: SeriesSource = {
    select: async (matchers) => {
      const meets = compileMatchers(matchers)
      return series.filter(({ labels }) => meets(labels))
    },
  }
  let [url, stop] = ['', async () => {}]

  beforeAll(async () => {
    const server = await startPrometheus(null)
    ;[url, stop] = [server.url, server.stop]
    await remoteWrite(url, series)
  })
  afterAll(() => stop())

  async function theirs(path: string, parameters: Record<string, string>): Promise<Answer> {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) })
    return answerOf(await answer.json())
  }

  async function ours(
    ask: () => ReturnType<typeof evaluateInstant> | ReturnType<typeof evaluateRange>,
  ): Promise<Answer> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof PromqlError) return { error: error.message }
      throw error
    }
  }

  const second = Math.floor(FIRST / 1_000)
  const instants = fc.integer({ min: second - 60, max: second + 4_000 })

  it('are answered alike at an instant and over a range', { timeout: 3_600_000 }, async () => {
    const differences: string[] = []
    const cases = fc.sample(fc.tuple(expression, instants, fc.constantFrom(7, 30, 61, 300)), { seed, numRuns: runs })
    for (const [query, start, step] of cases) {
      const end = start + 5 * step + 3
      const times = { start: `${start}`, end: `${end}`, step: `${step}` }
      const range = { source, start: start * 1_000, end: end * 1_000, step: step * 1_000 }
      const instant = differenceOf(
        query,
        await ours(() => evaluateInstant(query, { source, at: start * 1_000 })),
        await theirs('query', { query, time: `${start}` }),
      )
      if (instant !== null) differences.push(`at ${start}: ${query}: ${instant}`)
      const over = differenceOf(
        query,
        await ours(() => evaluateRange(query, range)),
        await theirs('query_range', { query, ...times }),
      )
      if (over !== null) differences.push(`from ${start} by ${step}: ${query}: ${over}`)
    }
    expect(differences).toEqual([])
  })
})
