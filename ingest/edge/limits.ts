const MIB = 1024 * 1024

/** Bounds of the edge. */
export interface EdgeLimits {
  /** A body as it is sent, bytes. */
  readonly bodyBytes: number
  /** A body after decompression, bytes. */
  readonly decompressedBytes: number
  /** A request's headers have to arrive within this, ms. */
  readonly headersTimeoutMs: number
  /** A body has to arrive whole within this, ms. */
  readonly bodyTimeoutMs: number
  /** Bodies held at one time, compressed and not, bytes. Past it requests are turned away before their body is read. */
  readonly heldBytes: number
  /** Requests without proof, or refused, that an address may make in a minute before it is turned away unread. */
  readonly refusalsPerAddress: number
  /** Requests of any outcome that an address may make in a minute; null for no bound. */
  readonly requestsPerAddress: number | null
  /** Requests an org may make in a minute. */
  readonly requestsPerOrg: number
  /** Items an org may have accepted in a day of UTC; null for no bound. */
  readonly itemsPerOrgDay: number | null
  /** Decompressed bytes an org may have accepted in a day of UTC; null for no bound. */
  readonly bytesPerOrgDay: number | null
  /** How far a signed time may be from ours, ms. */
  readonly skewMs: number
  /** A body of a BROWSER key as it is sent, bytes. Browsers bound a beacon to 64 KiB. */
  readonly browserBodyBytes: number
  /** The same, decompressed. */
  readonly browserDecompressedBytes: number
  /** Requests with a BROWSER key that an address may make in a minute. */
  readonly browserRequestsPerAddress: number
  /** Requests with one BROWSER key in a minute, from everywhere: it is public, and its org's other keys have to live. */
  readonly browserRequestsPerKey: number
  /** The queue is full when it holds this many bytes, */
  readonly queueBytes: number
  /** or its oldest batch has waited this long, ms (not counted in a queue of few batches; see queue-gauge.ts), */
  readonly queueLagMs: number
  /** or its store has used this share of its memory. */
  readonly queueMemoryRatio: number
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  bodyBytes: 20 * MIB,
  decompressedBytes: 20 * MIB,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  heldBytes: 256 * MIB,
  refusalsPerAddress: 1_000,
  requestsPerAddress: null,
  requestsPerOrg: 10_000,
  itemsPerOrgDay: null,
  bytesPerOrgDay: null,
  skewMs: 300_000,
  browserBodyBytes: MIB / 4,
  browserDecompressedBytes: MIB,
  browserRequestsPerAddress: 120,
  browserRequestsPerKey: 3_000,
  queueBytes: 4_096 * MIB,
  queueLagMs: 1_800_000,
  queueMemoryRatio: 0.8,
}
