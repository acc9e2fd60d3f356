import type { Passage } from './passage.js'
import type { RefusalCode } from './refusals.js'

/** What the edge counts, and shows under /metrics in Prometheus' text format. */
export class EdgeMetrics {
  readonly #refused = new Map<RefusalCode, number>()
  readonly #accepted = new Map<string, { batches: number; items: number; bytes: number; replays: number }>()
  inFlight = 0

  accept({ signal, answer, plain }: Passage): void {
    const counted = this.#accepted.get(signal) ?? { batches: 0, items: 0, bytes: 0, replays: 0 }
    this.#accepted.set(signal, counted)
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

  /** @param heldBytes Bytes of bodies held now. */
  text(heldBytes: number): string {
    const accepted = (field: 'batches' | 'items' | 'bytes' | 'replays') =>
      [...this.#accepted].map(([signal, counted]) => [`{signal="${signal}"}`, counted[field]] as const)
    return [
      family(
        'tocsin_ingest_accepted_batches_total',
        'counter',
        'Batches accepted for the first time.',
        accepted('batches'),
      ),
      family('tocsin_ingest_accepted_items_total', 'counter', 'Items of accepted batches.', accepted('items')),
      family(
        'tocsin_ingest_accepted_bytes_total',
        'counter',
        'Decompressed bytes of accepted batches.',
        accepted('bytes'),
      ),
      family(
        'tocsin_ingest_replays_total',
        'counter',
        'Batches answered with their first answer.',
        accepted('replays'),
      ),
      family(
        'tocsin_ingest_refused_total',
        'counter',
        'Refused requests, by the code of the answer.',
        [...this.#refused].map(([code, count]) => [`{code="${code}"}`, count] as const),
      ),
      family('tocsin_ingest_in_flight_requests', 'gauge', 'Requests being answered.', [['', this.inFlight]]),
      family('tocsin_ingest_held_bytes', 'gauge', 'Bytes of bodies held.', [['', heldBytes]]),
    ].join('')
  }
}

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
