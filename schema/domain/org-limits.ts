import { z } from 'zod'
import {
  mostRetention,
  type OrgRetention,
  RETENTION_BOUNDS,
  RETENTION_KINDS,
  type RetentionDays,
  type RetentionKind,
  retentionOf,
  type SetDays,
} from './retention.js'

/** What an org without limits of its own may do, from the settings. */
export interface OrgStandards {
  readonly requestsPerMinute: number
  /** Null is no bound. */
  readonly bytesPerDay: number | null
  readonly monitors: number
  readonly retention: RetentionDays
}

/** What is set for one org; null leaves it to the standards. */
export interface SetLimits {
  readonly requestsPerMinute: number | null
  readonly bytesPerDay: number | null
  readonly monitors: number | null
  readonly retention: OrgRetention
}

/** What holds for an org. */
export interface OrgLimits extends OrgStandards {
  /** The most it may keep. */
  readonly maximumRetention: RetentionDays
}

/** What holds for an org with these limits of its own. */
export function limitsOf(set: SetLimits, standards: OrgStandards): OrgLimits {
  return {
    requestsPerMinute: set.requestsPerMinute ?? standards.requestsPerMinute,
    bytesPerDay: set.bytesPerDay ?? standards.bytesPerDay,
    monitors: set.monitors ?? standards.monitors,
    retention: retentionOf(set.retention, standards.retention),
    maximumRetention: mostRetention(set.retention, standards.retention),
  }
}

/** GraphQL's name of a kind: it speaks of metrics, whose samples are kept. */
export const RETENTION_FIELDS = { logs: 'logs', spans: 'spans', rum: 'rum', samples: 'metrics' } as const

const days = z.number().int().min(RETENTION_BOUNDS.least).max(RETENTION_BOUNDS.most)

/** Days by kind: what is left out keeps, null goes back to the standard. */
export const retentionInputSchema = z
  .strictObject({
    logs: days.nullable().optional(),
    spans: days.nullable().optional(),
    rum: days.nullable().optional(),
    metrics: days.nullable().optional(),
  })
  .transform((input): Partial<SetDays> => {
    const given = RETENTION_KINDS.flatMap((kind) => {
      const value = input[RETENTION_FIELDS[kind]]
      return value === undefined ? [] : [[kind, value] as const]
    })
    return Object.fromEntries(given)
  })

/** Days asked for beyond what an org may keep; null when all are within. */
export function beyondMaximum(
  asked: Partial<SetDays>,
  most: RetentionDays,
): { readonly kind: RetentionKind; readonly asked: number; readonly most: number } | null {
  for (const kind of RETENTION_KINDS) {
    const wanted = asked[kind]
    if (wanted != null && wanted > most[kind]) return { kind, asked: wanted, most: most[kind] }
  }
  return null
}
