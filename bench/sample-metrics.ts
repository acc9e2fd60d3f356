import type { NativeMetric } from '../ingest/parse/native-metrics.js'

/** Series of all batches together. */
const SERIES = 10_000
const SCRAPE_MS = 15_000

/** Counts the batches that are stored: each holds one sample of one series of its own. */
export const MARKER = 'bench_batch'

/**
 * A batch as an agent sends it after a scrape: other series than those of its neighbours, until all had their turn;
 * then the same series 15 s later. The first batch is the oldest, the last of `batches` ends at `now` (Unix ms).
 */
export function sampleMetrics(batch: number, batches: number, size: number, now: number): NativeMetric[] {
  const perScrape = SERIES / size
  const timestamp = now - Math.floor((batches - 1 - batch) / perScrape) * SCRAPE_MS
  const first = (batch % perScrape) * size
  const marker: NativeMetric = {
    name: MARKER,
    kind: 'gauge',
    value: 1,
    timestamp: now,
    labels: { batch: String(batch) },
  }
  return [
    marker,
    ...Array.from({ length: size - 1 }, (_, i): NativeMetric => {
      const series = first + i
      return {
        name: METRICS[series % METRICS.length] ?? '',
        kind: 'counter',
        value: Math.round(batch * 1_000 + series * 1.7),
        timestamp,
        service: `service-${series % 20}`,
        labels: {
          instance: `10.0.${series >> 8}.${series & 255}:9100`,
          method: 'GET',
          path: '/api/v1/orders',
          status: '200',
        },
      }
    }),
  ]
}

const METRICS = ['http_requests_total', 'http_request_duration_seconds_sum', 'http_request_duration_seconds_count']
