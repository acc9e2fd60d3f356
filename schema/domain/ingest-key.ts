import type { Signal } from './signal.js'

export const INGEST_KEY_SCHEMES = ['CANONICAL', 'BODY', 'BEARER', 'BROWSER'] as const
/** CANONICAL signs method, path, time, idempotency key, encoding and body; BODY the body alone; BEARER sends its secret; BROWSER holds none. */
export type IngestKeyScheme = (typeof INGEST_KEY_SCHEMES)[number]

/** What one org may send; null leaves it to the settings. */
export interface OrgIngestLimits {
  readonly requestsPerMinute: number | null
  /** In a day of UTC. */
  readonly itemsPerDay: number | null
  /** Decompressed, in a day of UTC. */
  readonly bytesPerDay: number | null
}

/** What the edge needs of a key to let a request in. */
export interface IngestCredential {
  readonly keyId: string
  readonly orgId: string
  /** The public id that `x-org-key` carries. */
  readonly key: string
  readonly scheme: IngestKeyScheme
  readonly signals: readonly Signal[]
  /** Live secrets, at most two during rotation; empty for BROWSER. */
  readonly secrets: readonly Uint8Array[]
  /** Origins and patterns of origins (see origin.ts) whose pages may use the key; only for BROWSER. */
  readonly allowedOrigins: readonly string[]
  /** Of its org; left out, the settings hold. */
  readonly limits?: OrgIngestLimits
}

/** An ingest key as people manage it. Times in Unix ms. */
export interface IngestKey {
  readonly id: string
  readonly orgId: string
  /** The public id that `x-org-key` carries. */
  readonly key: string
  readonly name: string
  readonly scheme: IngestKeyScheme
  readonly signals: readonly Signal[]
  /** Only for BROWSER. */
  readonly allowedOrigins: readonly string[]
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}
