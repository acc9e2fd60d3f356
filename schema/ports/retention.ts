import type { RetentionDays } from '../domain/retention.js'

/** Knows for how long each org's data is kept. The normalizer writes the days of logs, spans and RUM into their rows. */
export interface Retention {
  of(orgId: string): RetentionDays
  /** Of every org that is not an exception. */
  readonly standard: RetentionDays
  /** Orgs for which something else holds. */
  exceptions(): ReadonlyMap<string, RetentionDays>
}

/** The same for all orgs, save for some. */
export function createRetention(
  standard: RetentionDays,
  exceptions: ReadonlyMap<string, RetentionDays> = new Map(),
): Retention {
  return { standard, of: (orgId) => exceptions.get(orgId) ?? standard, exceptions: () => exceptions }
}
