/** What exports may use. Published in docs/querying.md. */
export const EXPORT_BOUNDS = {
  /** Of one export; what is beyond is left out, and the last line says so. */
  records: 10_000_000,
  /** Before compression. */
  bytes: 10_000_000_000,
  /** Running at the same time, of one organisation in one process. */
  anOrg: 2,
  /** Records that are read at once: what an export holds in memory. */
  page: 5_000,
} as const

/** The span of time that is read first; ms. */
export const FIRST_SPAN_MS = 60_000
