import { z } from 'zod'
import { durationSchema } from './duration.js'
import { type Measure, measureInputSchema } from './measure.js'
import { SLICE_MS } from './slice.js'

export const COMPARISONS = ['GT', 'GTE', 'LT', 'LTE', 'EQ', 'NEQ'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** Levels a rule fires at, and the level below (or above) which it recovers; null where not set. */
export interface Levels {
  readonly comparison: Comparison
  readonly critical: number | null
  readonly warning: number | null
  /** Hysteresis: once firing, the rule stays so until the value passes this level. */
  readonly recovery: number | null
}

/** Fires when the measure over the window compares true against a level. */
export interface ThresholdRule extends Levels {
  readonly kind: 'threshold'
  readonly measure: Measure
  /** Milliseconds; null for a metric, whose expression carries its own. */
  readonly windowMs: number | null
}

/** Fires when bad ÷ total over the window exceeds a level, a ratio from 0 to below 1: what exceeds 1 cannot be. */
export interface ErrorRatioRule extends Levels {
  readonly kind: 'errorRatio'
  readonly bad: Measure
  readonly total: Measure
  readonly windowMs: number
  /** Windows with fewer events than this are not judged bad. */
  readonly minimumEvents: number
}

export type Rule = ThresholdRule | ErrorRatioRule
export type RuleKind = Rule['kind']

const windowSchema = durationSchema(SLICE_MS, 30 * 86_400_000).refine(
  (ms) => ms % SLICE_MS === 0,
  'a window is a whole number of 10 s slices',
)
const level = z.number().nullish()

const thresholdSchema = z.strictObject({
  measure: measureInputSchema,
  window: windowSchema.nullish(),
  comparison: z.enum(COMPARISONS),
  critical: level,
  warning: level,
  recovery: level,
})

const errorRatioSchema = z.strictObject({
  bad: measureInputSchema,
  total: measureInputSchema,
  window: windowSchema,
  critical: level,
  warning: level,
  recovery: level,
  minimumEvents: z.number().int().min(0).max(1_000_000_000).nullish(),
})

/** A rule as a store holds it: what was allowed when it was written is read for ever. */
export const storedRuleSchema = z
  .strictObject({
    threshold: thresholdSchema.nullish(),
    errorRatio: errorRatioSchema.nullish(),
    change: z.unknown().optional(),
    burnRate: z.unknown().optional(),
    absence: z.unknown().optional(),
    composite: z.unknown().optional(),
  })
  .transform((input, context): Rule => {
    const refuse = (path: string[], message: string) => {
      context.addIssue({ code: 'custom', path, message })
      return z.NEVER
    }
    const named = Object.entries(input).filter(([, value]) => value != null)
    if (named.length !== 1) return refuse([], `a rule names exactly one kind; found ${named.length}`)
    const { threshold, errorRatio } = input
    if (threshold != null) {
      const measure = threshold.measure
      const fault = measureFault(measure) ?? levelFault(threshold)
      if (fault !== null) return refuse(['threshold', ...fault.path], fault.message)
      if (measure.kind === 'metric' && threshold.window != null)
        return refuse(['threshold', 'window'], 'a metric expression carries its own window; leave `window` out')
      if (measure.kind !== 'metric' && threshold.window == null)
        return refuse(['threshold', 'window'], 'a window is required for a measure over events')
      return { kind: 'threshold', measure, windowMs: threshold.window ?? null, ...levelsOf(threshold) }
    }
    if (errorRatio != null) {
      const { bad, total } = errorRatio
      const fault = levelFault({ ...errorRatio, comparison: 'GT' })
      if (fault !== null) return refuse(['errorRatio', ...fault.path], fault.message)
      for (const [name, measure] of [
        ['bad', bad],
        ['total', total],
      ] as const) {
        const unstored = measureFault(measure)
        if (unstored !== null) return refuse(['errorRatio', name, ...unstored.path.slice(1)], unstored.message)
        if (measure.kind !== 'events' || measure.aggregate !== 'COUNT')
          return refuse(['errorRatio', name], 'an error ratio counts events: expected logs, spans or rum with COUNT')
      }
      if (bad.kind === 'events' && total.kind === 'events' && bad.groupBy.join() !== total.groupBy.join())
        return refuse(
          ['errorRatio', 'bad'],
          `bad and total must be grouped alike; found [${bad.groupBy.join(', ')}] and [${total.groupBy.join(', ')}]`,
        )
      return {
        kind: 'errorRatio',
        bad,
        total,
        windowMs: errorRatio.window,
        minimumEvents: errorRatio.minimumEvents ?? 1,
        ...levelsOf({ ...errorRatio, comparison: 'GT' }),
      }
    }
    const kind = named[0]?.[0] ?? ''
    return refuse([kind], `rules of kind ${kind} are not evaluated by this version; expected threshold or errorRatio`)
  })

/** A rule in the shape of the GraphQL input, checked and normalised. Kinds that are not evaluated are refused by name. */
export const ruleInputSchema = storedRuleSchema.superRefine((rule, context) => {
  const fault = rule.kind === 'errorRatio' ? ratioFault(rule) : null
  if (fault !== null) context.addIssue({ code: 'custom', path: ['errorRatio', ...fault.path], message: fault.message })
})

interface LevelsInput {
  readonly comparison: Comparison
  readonly critical?: number | null | undefined
  readonly warning?: number | null | undefined
  readonly recovery?: number | null | undefined
}

function levelsOf(input: LevelsInput): Levels {
  return {
    comparison: input.comparison,
    critical: input.critical ?? null,
    warning: input.warning ?? null,
    recovery: input.recovery ?? null,
  }
}

interface Fault {
  readonly path: string[]
  readonly message: string
}

function measureFault(measure: Measure): Fault | null {
  if (measure.kind === 'counter')
    return { path: ['measure', 'counter'], message: 'counters serve SLOs; for a threshold use metric with increase()' }
  if (measure.kind === 'events' && measure.signal !== 'logs')
    return {
      path: ['measure', measure.signal],
      message: `${measure.signal} are not evaluated by this version; expected logs or metric`,
    }
  if (measure.kind === 'events' && measure.aggregate === 'COUNT_DISTINCT')
    return {
      path: ['measure', measure.signal, 'aggregate'],
      message: 'COUNT_DISTINCT is not evaluated by this version; expected another aggregate',
    }
  return null
}

/** A ratio is compared by GT: of a level of 1 or more, a rule would never fire. */
function ratioFault(input: Levels): Fault | null {
  for (const name of ['critical', 'warning', 'recovery'] as const) {
    const found = input[name]
    if (found !== null && !(found >= 0 && found < 1))
      return {
        path: [name],
        message: `${name} is ${found}; expected a ratio from 0 to below 1, such as 0.05 for 5 %`,
      }
  }
  return null
}

/** Levels must exist, and stand in the order that the comparison implies: recovery, warning, critical away from calm. */
function levelFault(input: LevelsInput): Fault | null {
  const { comparison, critical, warning, recovery } = levelsOf(input)
  if (critical === null && warning === null)
    return { path: ['critical'], message: 'expected critical or warning, or both' }
  const rising = comparison === 'GT' || comparison === 'GTE'
  const falling = comparison === 'LT' || comparison === 'LTE'
  const ordered = (calm: number, alarming: number) => (rising ? calm <= alarming : falling ? calm >= alarming : true)
  if (critical !== null && warning !== null && !ordered(warning, critical))
    return {
      path: ['warning'],
      message: `with ${comparison}, warning ${warning} would come after critical ${critical}`,
    }
  const first = warning ?? critical
  if (recovery !== null && !rising && !falling)
    return { path: ['recovery'], message: `a recovery level needs GT, GTE, LT or LTE; found ${comparison}` }
  if (recovery !== null && first !== null && !ordered(recovery, first))
    return {
      path: ['recovery'],
      message: `with ${comparison}, recovery ${recovery} would come before the level ${first} is left`,
    }
  return null
}
