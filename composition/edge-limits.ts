import type { Config } from '../config.js'
import type { EdgeLimits } from '../ingest/edge/index.js'

/** The bounds of the edge that are set; the others stand as they are. */
export function edgeLimits(config: Config): Partial<EdgeLimits> {
  return {
    refusalsPerAddress: config.TOCSIN_INGEST_REFUSALS_PER_ADDRESS,
    requestsPerAddress: config.TOCSIN_INGEST_REQUESTS_PER_ADDRESS ?? null,
    requestsPerOrg: config.TOCSIN_INGEST_REQUESTS_PER_MINUTE,
    itemsPerOrgDay: config.TOCSIN_INGEST_ITEMS_PER_DAY ?? null,
    bytesPerOrgDay: config.TOCSIN_INGEST_BYTES_PER_DAY ?? null,
    browserRequestsPerAddress: config.TOCSIN_INGEST_BROWSER_REQUESTS_PER_ADDRESS,
    browserRequestsPerKey: config.TOCSIN_INGEST_BROWSER_REQUESTS_PER_KEY,
    queueBytes: config.TOCSIN_INGEST_QUEUE_BYTES,
    queueLagMs: config.TOCSIN_INGEST_QUEUE_LAG,
    queueMemoryRatio: config.TOCSIN_INGEST_QUEUE_MEMORY,
  }
}
