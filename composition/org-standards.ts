import type { Config } from '../config.js'
import type { OrgStandards } from '../schema/domain/org-limits.js'
import { eachKind } from '../schema/domain/retention.js'

/** What holds for an org that has no limits of its own, as the settings say. */
export function orgStandards(config: Config): OrgStandards {
  return {
    requestsPerMinute: config.TOCSIN_INGEST_REQUESTS_PER_MINUTE,
    bytesPerDay: config.TOCSIN_INGEST_BYTES_PER_DAY ?? null,
    monitors: config.TOCSIN_MONITORS_PER_ORG,
    retention: eachKind(() => config.TOCSIN_RETENTION_DAYS),
  }
}
