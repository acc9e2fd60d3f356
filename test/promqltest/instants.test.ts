import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  compileMatchers,
  evaluateInstant,
  evaluateRange,
  PromqlError,
  type SeriesSource,
} from '../../query/promql/index.js'
import { differenceOf } from '../prometheus/compare-answers.js'
import { expression, newExpression } from '../prometheus/random-expressions.js'
import { FIRST, randomSeries } from '../prometheus/random-series.js'

const series = randomSeries()
const source: SeriesSource = {
  select: async (matchers) => {
    const meets = compileMatchers(matchers)
    return series.filter(({ labels }) => meets(labels))
  },
}

const second = 1_000
const times = fc.record({
  start: fc.integer({ min: -60, max: 3_600 }).map((seconds) => Math.floor(FIRST / second + seconds) * second),
  step: fc.constantFrom(7, 30, 61, 300).map((seconds) => seconds * second),
})
/** What speaks of the ends of a query, whose instants are other queries. */
const ofEnds = /@ (?:start|end)\(\)/
const either = fc.oneof(newExpression, expression).filter((query) => !ofEnds.test(query))
const [numRuns = 100, seed = 1] = (process.env.TOCSIN_FUZZ?.split(':') ?? []).map(Number)

it('a range query gives at each step what an instant query gives there', async () => {
  await fc.assert(
    fc.asyncProperty(either, times, async (query, { start, step }) => {
      const end = start + 4 * step
      const range = await valuesOf(async () => {
        const answer = await evaluateRange(query, { source, start, end, step })
        return answer.series.flatMap(({ labels, timestamps, values }) =>
          [...timestamps].map((time, index) => [time, labels, values[index] ?? 0] as const),
        )
      })
      const instants: (Map<string, number> | string)[] = []
      for (let at = start; at <= end; at += step) {
        instants.push(
          await valuesOf(async () => {
            const answer = await evaluateInstant(query, { source, at })
            if (answer.kind === 'vector') return answer.samples.map(({ labels, value }) => [at, labels, value] as const)
            return answer.kind === 'scalar' ? [[at, {}, answer.value] as const] : []
          }),
        )
      }
      // An instant that is refused refuses the range.
      if (typeof range === 'string') expect(instants).toContain(range)
      else {
        expect(instants.filter((found) => typeof found === 'string')).toEqual([])
        const points = new Map(instants.flatMap((found) => (typeof found === 'string' ? [] : [...found])))
        expect(differenceOf(query, { points: range, order: [] }, { points, order: [] })).toBeNull()
      }
    }),
    { numRuns, seed },
  )
})

type Labels = Readonly<Record<string, string>>

/** Values by time and labels; what refuses them as its sentence. */
async function valuesOf(
  ask: () => Promise<(readonly [number, Labels, number])[]>,
): Promise<Map<string, number> | string> {
  try {
    const found = await ask()
    return new Map(
      found.map(([time, labels, value]) => [`${time} ${JSON.stringify(Object.entries(labels).sort())}`, value]),
    )
  } catch (error) {
    // Which match group it names depends on their order.
    if (error instanceof PromqlError) return error.message.split('{')[0] ?? ''
    throw error
  }
}
