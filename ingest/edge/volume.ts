import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { EdgeLimits } from './limits.js'
import type { NamedLimit } from './sure-limiter.js'

const DAY_MS = 86_400_000

/** What an org may have accepted in a day, of which unit, and how much of it a batch is. */
export interface VolumeLimit extends NamedLimit {
  readonly unit: 'items' | 'content-bytes'
  readonly amount: number
}

/** The limits of volume that are set: the org's own, or else those of all. */
export function volumeLimits(
  limits: EdgeLimits,
  claimed: IngestCredential | null,
  batch: { readonly items: number; readonly bytes: number },
): VolumeLimit[] {
  const itemsPerOrgDay = claimed?.limits?.itemsPerDay ?? limits.itemsPerOrgDay
  const bytesPerOrgDay = claimed?.limits?.bytesPerDay ?? limits.bytesPerOrgDay
  return [
    ...(itemsPerOrgDay === null
      ? []
      : [{ name: 'items', points: itemsPerOrgDay, windowMs: DAY_MS, unit: 'items' as const, amount: batch.items }]),
    ...(bytesPerOrgDay === null
      ? []
      : [
          {
            name: 'bytes',
            points: bytesPerOrgDay,
            windowMs: DAY_MS,
            unit: 'content-bytes' as const,
            amount: batch.bytes,
          },
        ]),
  ]
}
