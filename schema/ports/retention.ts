import type { RetentionDays } from '../domain/retention.js'
import { DEFAULT_RETENTION, daysOf } from '../domain/retention.js'
import type { Signal } from '../domain/signal.js'
import type { FlushTerms } from './flushes.js'

/** For how long each org's data is kept, as of one moment. */
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

/** What orgs have set about how their telemetry is stored; a change is known everywhere within 30 s. */
export interface StorageTerms {
  /** What holds now for rows of a signal of these orgs. */
  of(signal: Signal, orgIds: Iterable<string>): Promise<FlushTerms>
  retention(): Promise<Retention>
}

/** Terms of an installation whose orgs have set nothing. */
export function standardTerms(standard: RetentionDays = DEFAULT_RETENTION): StorageTerms {
  const retention = createRetention(standard)
  return {
    of: async (signal, orgIds) => ({ days: daysByOrg(signal, orgIds, retention), policies: {} }),
    retention: async () => retention,
  }
}

/** Days of a signal's rows, by org. */
export function daysByOrg(signal: Signal, orgIds: Iterable<string>, retention: Retention): Record<string, number> {
  return Object.fromEntries([...orgIds].map((orgId) => [orgId, daysOf(signal, retention.of(orgId))]))
}
