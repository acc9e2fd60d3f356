import { DurationHistogram, exposition } from '../../schema/domain/exposition.js'
import type { Passage } from './passage.js'
import type { RefusalCode } from './refusals.js'

/** Seconds; the middle of them is where a 202 of a batch of 1,000 logs lies. */
const BOUNDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

interface Accepted {
  batches: number
  items: number
  bytes: number
  replays: number
}

/** What the edge counts, and shows under /metrics in Prometheus' text format. */
export class EdgeMetrics {
  readonly #refused = new Map<RefusalCode, number>()
  readonly #accepted = new Map<string, Accepted>()
  readonly #answered = new DurationHistogram(BOUNDS, 'signal')
  inFlight = 0

  /** @param seconds From the head of the request to its answer. */
  accept({ signal, answer, plain }: Pick<Passage, 'signal' | 'answer' | 'plain'>, seconds: number): void {
    const counted = this.#accepted.get(signal) ?? { batches: 0, items: 0, bytes: 0, replays: 0 }
    this.#accepted.set(signal, counted)
    this.#answered.observe(signal, seconds)
    if (answer?.replayed) {
      counted.replays++
      return
    }
    counted.batches++
    counted.items += answer?.accepted ?? 0
    counted.bytes += plain.byteLength
  }

  refuse(code: RefusalCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
  }

  /** @param now What is held and how the queue stands, at this moment. */
  text(now: { readonly heldBytes: number; readonly queueFull: boolean }): string {
    const accepted = (name: string, field: keyof Accepted, help: string) => ({
      name: `tocsin_ingest_${name}_total`,
      type: 'counter' as const,
      help,
      samples: [...this.#accepted].map(([signal, counted]) => ({ labels: { signal }, value: counted[field] })),
    })
    const gauge = (name: string, help: string, value: number) => ({
      name: `tocsin_ingest_${name}`,
      type: 'gauge' as const,
      help,
      samples: [{ value }],
    })
    return exposition([
      accepted('accepted_batches', 'batches', 'Batches accepted for the first time.'),
      accepted('accepted_items', 'items', 'Items of accepted batches.'),
      accepted('accepted_bytes', 'bytes', 'Decompressed bytes of accepted batches.'),
      accepted('replays', 'replays', 'Batches answered with their first answer.'),
      {
        name: 'tocsin_ingest_refused_total',
        type: 'counter',
        help: 'Refused requests, by the code of the answer.',
        samples: [...this.#refused].map(([code, value]) => ({ labels: { code }, value })),
      },
      {
        name: 'tocsin_ingest_accept_seconds',
        type: 'histogram',
        help: 'Time to accept a batch, from the head of its request to its answer.',
        samples: this.#answered.samples(),
      },
      gauge('in_flight_requests', 'Requests being answered.', this.inFlight),
      gauge('held_bytes', 'Bytes of bodies held.', now.heldBytes),
      gauge('queue_full', '1 while batches are turned away for the queue.', now.queueFull ? 1 : 0),
    ])
  }
}
