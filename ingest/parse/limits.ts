/** Bounds of a native batch. Lengths are in UTF-16 code units. */
export const BATCH_LIMITS = {
  logs: 1_000,
  metrics: 5_000,
  spans: 500,
  rum: 1_000,
  /** Values of a body in all, counted where it is larger than 1 MiB: 300 for each of 1,000 logs. */
  values: 300_000,
  messageLength: 262_144,
  serviceLength: 255,
  levelLength: 64,
  traceIdLength: 128,
  /** After nested objects were flattened. */
  attributes: 256,
  attributeNameLength: 256,
  attributeValueLength: 32_768,
  /** Levels of objects and arrays inside `attributes`, itself not counted. */
  attributeDepth: 8,
  spanNameLength: 1_024,
  spanEvents: 128,
  spanLinks: 128,
  urlLength: 4_096,
  stackLength: 65_536,
  metricNameLength: 255,
  /** Buckets of a histogram, and quantiles of a summary. */
  buckets: 256,
  labels: 32,
  labelNameLength: 128,
  labelValueLength: 1_024,
} as const

const DAY_MS = 86_400_000

/** Times an event may carry, Unix ms, both included. */
export interface TimeBounds {
  readonly from: number
  readonly until: number
}

/**
 * Times that are accepted at `now`: 30 days back, as long as raw logs are kept by default, and a day ahead. Without a
 * bound one batch could touch a thousand daily partitions, of which ClickHouse refuses more than 100 in an insert.
 */
export function acceptedTimes(now: number): TimeBounds {
  return { from: now - 30 * DAY_MS, until: now + DAY_MS }
}

/** Times that rows can hold: nanoseconds in 19 digits. Checked again where rows are made. */
export const STORABLE_TIMES: TimeBounds = { from: 1_000_000_000_000, until: 9_200_000_000_000 }
