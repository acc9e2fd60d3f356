import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Sealer } from '../../prisma/sealing.js'
import { deadLetterAad } from '../../queue/dead-letters.js'
import type { Intake } from '../../schema/ports/intake.js'
import { type PackedBody, packedBody, unpackBody } from '../../schema/ports/packed-body.js'
import { beginReplay, endReplay, type SealedLetter } from './letters.js'

/** A replay broken off before it was noted as done can be repeated for so long without a second batch, ms. */
const REMEMBERED_MS = 30 * 86_400_000

export interface ReplayDeps {
  readonly pool: Pool
  readonly intake: Pick<Intake, 'enqueue'>
  readonly sealer: Pick<Sealer, 'open'>
  /** A new batch's id. */
  readonly newBatchId: () => string
}

/** The body of a letter, decrypted. Throws `SealError` under another master key. */
export function openBody(letter: SealedLetter, sealer: Pick<Sealer, 'open'>): PackedBody {
  const packed = sealer.open(letter.sealedBody, deadLetterAad(letter.orgId, letter.batchId))
  return packedBody(letter.encoding, letter.bytes, packed)
}

/**
 * Sends a letter through the queue again as a batch of its own, once: the id of that batch is noted first, the queue
 * remembers the letter's id as an idempotency scope, and the letter is marked last. Whichever step a crash comes after,
 * and however many do it at once, another replay ends the same one.
 *
 * @returns The new batch's id, and whether it was in the queue already.
 */
export async function replayLetter(
  letter: SealedLetter,
  { pool, intake, sealer, newBatchId }: ReplayDeps,
): Promise<{ readonly replayedAs: string; readonly before: boolean }> {
  if (letter.replayedAs !== null && letter.replayedAt !== null) return { replayedAs: letter.replayedAs, before: true }
  const body = openBody(letter, sealer)
  const batchId = await beginReplay(pool, letter.batchId, newBatchId())
  const { orgId, keyId, signal, protocol, items } = letter
  const result = await intake.enqueue({
    ...{ batchId, orgId, keyId, signal, protocol, items, body },
    idempotency: {
      scope: createHash('sha256').update(`dead-letter:${letter.batchId}`).digest(),
      bodyHash: createHash('sha256').update(unpackBody(body)).digest(),
      ttlMs: REMEMBERED_MS,
    },
  })
  if (result.outcome === 'conflict')
    throw new Error(`The queue knows another body for the dead letter ${letter.batchId}.`)
  await endReplay(pool, letter.batchId)
  return { replayedAs: result.batchId, before: result.outcome === 'replayed' }
}
