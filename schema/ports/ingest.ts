import type { IngestCredential } from '../domain/ingest-key.js'

/** Ingest keys as the edge looks them up. */
export interface IngestCredentials {
  /** By the public id; null when there is none or it is revoked. */
  byKey(key: string): Promise<IngestCredential | null>
  /** By the secret of a BEARER key. */
  bySecret(secret: string): Promise<IngestCredential | null>
  /** Notes that a key was used; may be coarse. */
  touch(keyId: string, at: number): void
}
