import { z } from 'zod'
import { type AlertState, MISSING_DATA_POLICIES, type MissingDataPolicy, type MonitorHealth } from './alert.js'
import { durationSchema } from './duration.js'
import { keySchema } from './ids.js'
import { type Labels, labelListSchema } from './labels.js'
import { type Rule, ruleInputSchema } from './rule.js'
import { SLICE_MS } from './slice.js'
import { templateSchema } from './template.js'

/** How often a monitor is judged unless it says otherwise, ms. */
export const DEFAULT_EVERY_MS = SLICE_MS

const everySchema = durationSchema(SLICE_MS, 86_400_000).refine(
  (ms) => ms % SLICE_MS === 0,
  '`every` is a whole number of 10 s ticks',
)
const holdSchema = durationSchema(0, 30 * 86_400_000)
const text = (maximum: number) => z.string().max(maximum)

const runbookSchema = z.string().max(2_048).refine(isWebUrl, 'expected an http or https URL')

/** Fields of a monitor that can be patched, in the shape of the GraphQL input. */
const monitorFields = {
  name: text(200).min(1),
  description: text(4_000).nullish(),
  rule: ruleInputSchema,
  every: everySchema.nullish(),
  for: holdSchema.nullish(),
  keepFiringFor: holdSchema.nullish(),
  missingData: z.enum(MISSING_DATA_POLICIES).nullish(),
  labels: labelListSchema.nullish(),
  runbookUrl: runbookSchema.nullish(),
  title: templateSchema(500).nullish(),
  body: templateSchema(8_000).nullish(),
  paused: z.boolean().nullish(),
  notify: z.array(keySchema).max(20).nullish(),
}

/** A monitor as it is created or upserted. */
export const monitorInputSchema = z.strictObject({ key: keySchema, ...monitorFields, managedBy: text(200).nullish() })
export type MonitorInput = z.infer<typeof monitorInputSchema>

/** A monitor's patch: an omitted field keeps, null clears to the default. */
export const monitorPatchSchema = z.strictObject({
  ...monitorFields,
  name: monitorFields.name.optional(),
  rule: monitorFields.rule.optional(),
})

/** A monitor as it is stored. Times and durations in ms. */
export interface Monitor {
  readonly id: string
  readonly orgId: string
  readonly key: string
  readonly version: number
  /** Counts semantic edits: a change of rule or labels, after which instances begin anew. */
  readonly generation: number
  readonly name: string
  readonly description: string | null
  readonly rule: Rule
  /** The rule as it was written; `rule` in GraphQL. */
  readonly ruleInput: unknown
  readonly everyMs: number
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly missingData: MissingDataPolicy
  readonly labels: Labels
  readonly runbookUrl: string | null
  readonly title: string | null
  readonly body: string | null
  readonly paused: boolean
  readonly managedBy: string | null
  /** Channel keys paged directly; null lets the routing decide. */
  readonly notify: readonly string[] | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** What the evaluator last made of a monitor. */
export interface MonitorStatus {
  readonly state: AlertState
  readonly health: MonitorHealth
  /** Grid time up to which it was judged, Unix ms. */
  readonly evaluatedUntil: number | null
  readonly lastEvaluatedAt: number | null
  readonly lastError: string | null
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
