import type { Matcher } from '../../schema/domain/matcher.js'
import type { PromqlQuery } from './parse.js'
import { planQuery } from './plan.js'

/** What one selector of a query looks at, relative to the instant of evaluation. */
export interface SelectorAnalysis {
  readonly matchers: readonly Matcher[]
  /** How far back from the instant samples are needed, ms; below zero when an offset looks ahead. */
  readonly lookBackMs: number
  /** How far ahead of the instant samples are needed, ms; below zero when an offset looks back. */
  readonly lookAheadMs: number
  /** An `@` with a fixed time is involved: what is needed does not move with the instant. */
  readonly fixed: boolean
}

/** What a query needs of its source at an instant. */
export interface PromqlAnalysis {
  readonly selectors: readonly SelectorAnalysis[]
  /** The furthest look back of all selectors that move with the instant, ms; 0 without any. */
  readonly lookBackMs: number
  /** The furthest look ahead, ms; 0 when nothing looks ahead. */
  readonly lookAheadMs: number
}

/** A time at which two plans are made, to see what moves with the instant. */
const PROBE_MS = 1_000_000_000_000

/** Tells the selectors of a query and how far around the instant they look, subqueries and offsets included. */
export function analysePromql(query: PromqlQuery): PromqlAnalysis {
  const planAt = (at: number) => planQuery(query, { start: at, end: at, step: 0 }).fetches
  const moved = planAt(PROBE_MS)
  const selectors = planAt(0).map(({ selector, start, end }, index) => ({
    matchers: selector.matchers,
    lookBackMs: 0 - start,
    lookAheadMs: end,
    fixed: moved[index]?.start === start,
  }))
  const moving = selectors.filter(({ fixed }) => !fixed)
  return {
    selectors,
    lookBackMs: Math.max(0, ...moving.map(({ lookBackMs }) => lookBackMs)),
    lookAheadMs: Math.max(0, ...moving.map(({ lookAheadMs }) => lookAheadMs)),
  }
}
