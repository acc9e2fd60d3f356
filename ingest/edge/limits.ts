const MIB = 1024 * 1024

/** Bounds of the edge. */
export interface EdgeLimits {
  /** A body as it is sent, bytes. */
  readonly bodyBytes: number
  /** A body after decompression, bytes. */
  readonly decompressedBytes: number
  /** A body has to arrive whole within this, ms. */
  readonly bodyTimeoutMs: number
  /** Bodies held at one time, compressed and not, bytes. Past it requests are turned away before their body is read. */
  readonly heldBytes: number
  /** Refusals an address may collect in a minute before it is turned away unread. */
  readonly refusalsPerAddress: number
  /** Requests an org may make in a minute. */
  readonly requestsPerOrg: number
  /** How far a signed time may be from ours, ms. */
  readonly skewMs: number
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  bodyBytes: 20 * MIB,
  decompressedBytes: 20 * MIB,
  bodyTimeoutMs: 30_000,
  heldBytes: 256 * MIB,
  refusalsPerAddress: 1_000,
  requestsPerOrg: 10_000,
  skewMs: 300_000,
}
