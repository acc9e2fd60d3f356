import type { ClaimedBatch } from '../schema/ports/intake.js'

/** A batch that cannot be stored, as it is put away. */
export interface DeadLetter extends Omit<ClaimedBatch, 'body' | 'deliveries'> {
  /** Length of the body that came, decompressed. */
  readonly bytes: number
  readonly reason: string
  /** How the body is to be read once it is opened. */
  readonly encoding: string
  /** Encrypted, bound to `deadLetterAad`. */
  readonly sealedBody: Uint8Array
}

/** Where an intake puts away what cannot be stored. */
export interface DeadLetterStore {
  /** Durable when it resolves; one that is there already stays as it is. */
  keep(letter: DeadLetter): Promise<void>
  close(): Promise<void>
}

/** What the sealed body of a dead letter is bound to. */
export function deadLetterAad(orgId: string, batchId: string): string {
  return `dead-letter:${orgId}:${batchId}`
}
