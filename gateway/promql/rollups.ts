import type { SampleSeries } from '../../query/promql/index.js'
import type { Fetch } from '../../query/promql/plan.js'
import { field, ROW, type RolledSeries } from '../../query/promql/rolled/bucket-rows.js'
import { ROLLED_FOLDS } from '../../query/promql/rolled/folds.js'
import {
  approximatePlan,
  planRollups,
  type RollupFacts,
  type RollupPlan,
} from '../../query/promql/rolled/plan-rollups.js'
import { ROLLUP_RETENTION_DAYS } from '../../schema/domain/retention.js'
import type { Clock } from '../../schema/ports/clock.js'
import type { FlushManifests } from '../../schema/ports/flushes.js'
import type { Retention } from '../../schema/ports/retention.js'
import type { RollupReader } from '../../schema/ports/rollups.js'
import type { QueryLimits } from '../query-turns.js'
import { touchedTimes } from './touched-times.js'

/** What of a query's selectors rollups answer. */
export interface RollupAnswer {
  readonly levelMs: number
  readonly exact: boolean
  readonly series: readonly RolledSeries[]
}

/** Answers selectors from rollups where that is the same, or where nothing else is left. */
export interface RollupAnswers {
  /** The facts of an org for one query; null when none of its selectors can gain from rollups. */
  facts(orgId: string, fetches: readonly Fetch[]): Promise<RollupFacts | null>
  /** Null where the samples are to be read. */
  answer(orgId: string, fetch: Fetch, facts: RollupFacts, limits: QueryLimits): Promise<RollupAnswer | null>
  /** Samples that stand for buckets of a time whose samples are gone, and the samples since; null where there are none. */
  standIns(orgId: string, fetch: Fetch, facts: RollupFacts, limits: QueryLimits): Promise<StandIns | null>
}

export interface StandIns {
  readonly levelMs: number
  readonly series: readonly SampleSeries[]
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const LOOKBACK_MS = 300_000

/** Levels that are read, and for how many days they are kept. Of a minute there are about as many buckets as samples. */
const LEVELS = [
  { ms: HOUR_MS, days: ROLLUP_RETENTION_DAYS.rollup_1h },
  { ms: 300_000, days: ROLLUP_RETENTION_DAYS.rollup_5m },
]

export function createRollupAnswers(deps: {
  readonly rollups: { forOrg(orgId: string): RollupReader }
  readonly flushes: Pick<FlushManifests, 'snapshot' | 'dirtySlices'>
  readonly retention: () => Promise<Retention>
  readonly clock: Clock
  /** Least time that buckets have to answer, ms; left out, two hours. */
  readonly worthwhileMs?: number
}): RollupAnswers {
  const { rollups, flushes, retention, clock, worthwhileMs } = deps

  return {
    async facts(orgId, fetches) {
      const now = clock.now()
      const samplesFrom = now - (await retention()).of(orgId).samples * DAY_MS
      const gains = fetches.some(
        (fetch) =>
          fetch.start < samplesFrom || (canBeRolled(fetch) && fetch.end - fetch.start >= (worthwhileMs ?? 2 * HOUR_MS)),
      )
      if (!gains) return null
      // The flushes that the rollups count in are read before those that there are: what is between is touched.
      const progress = await rollups.forOrg(orgId).progress()
      const exactFrom = progress?.exactFrom ?? Number.POSITIVE_INFINITY
      const touched =
        progress === null
          ? []
          : touchedTimes(
              await flushes.dirtySlices(orgId, 'metrics', progress.snapshot, {
                upTo: (await flushes.snapshot()).upTo,
                except: [],
              }),
            )
      const levels = LEVELS.map(({ ms, days }) => {
        const from = now - days * DAY_MS
        return { ms, from, exactFrom: Math.max(exactFrom, from + 2 * HOUR_MS) }
      })
      return { levels, samplesFrom, touched }
    },

    async answer(orgId, fetch, facts, limits) {
      const plan = planRollups(fetch, facts, worthwhileMs)
      if (plan === null) return null
      const series = await read(orgId, fetch, plan, limits)
      const { needs } = ROLLED_FOLDS[fetch.windows?.call ?? ''] ?? { needs: null }
      // Sums beyond what a float holds are not kept as PromQL would add them.
      if (plan.exact && needs !== null && !series.every(({ rows }) => allFinite(rows, needs))) return null
      return { levelMs: plan.levelMs, exact: plan.exact, series }
    },

    async standIns(orgId, fetch, facts, limits) {
      if (fetch.start >= facts.samplesFrom) return null
      const plan = approximatePlan(fetch.start, fetch.end, facts)
      if (plan === null) return null
      const series = await read(orgId, fetch, plan, limits)
      return { levelMs: plan.levelMs, series: series.map((one) => standIn(one, plan.levelMs)) }
    },
  }

  function read(orgId: string, { selector }: Fetch, { levelMs, pieces }: RollupPlan, limits: QueryLimits) {
    return rollups.forOrg(orgId).select(selector.matchers, levelMs, pieces, limits)
  }
}

function canBeRolled({ windows }: Fetch): boolean {
  return windows?.call != null && Object.hasOwn(ROLLED_FOLDS, windows.call)
}

function allFinite(rows: Float64Array, name: 'sum' | 'increase'): boolean {
  for (let row = 0; row * ROW < rows.length; row++) if (!Number.isFinite(field(rows, row, name))) return false
  return true
}

/** The last value of each row at its time, and again so often that none is out of sight before the next bucket ends. */
function standIn({ labels, rows }: RolledSeries, levelMs: number): SampleSeries {
  const [times, values]: [number[], number[]] = [[], []]
  for (let row = 0; row * ROW < rows.length; row++) {
    const [at, value] = [field(rows, row, 'lastAt'), field(rows, row, 'last')]
    const next = (row + 1) * ROW < rows.length ? field(rows, row + 1, 'lastAt') : Number.POSITIVE_INFINITY
    const until = field(rows, row, 'count') > 1 ? Math.min(next, at + levelMs) : at + 1
    for (let time = at; time < until; time += LOOKBACK_MS - 1) {
      times.push(time)
      values.push(value)
    }
  }
  return { labels: { ...labels }, timestamps: Float64Array.from(times), values: Float64Array.from(values) }
}
