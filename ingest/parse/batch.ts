import type { ClaimedBatch } from '../../schema/ports/intake.js'
import { unpackBody } from '../../schema/ports/packed-body.js'
import { InvalidBatchError, PoisonBatchError } from './issues.js'

/** What parsing needs of a claimed batch. `acceptedAt` is in Unix ms, the packed body as its protocol carries it. */
export type ParsedBatch = Pick<ClaimedBatch, 'batchId' | 'orgId' | 'protocol' | 'acceptedAt' | 'body'>

/**
 * Reads a claimed batch's body.
 *
 * @throws PoisonBatchError when it cannot be read. Its reason names places and repeats nothing of the body.
 */
export function readClaimed<Result>(batch: ParsedBatch, read: (body: Uint8Array) => Result): Result {
  const body = unpacked(batch)
  try {
    return read(body)
  } catch (error) {
    throw new PoisonBatchError(batch.batchId, reasonOf(error))
  }
}

function unpacked({ batchId, body }: ParsedBatch): Uint8Array {
  try {
    return unpackBody(body)
  } catch {
    // What zlib says of it helps nobody; the batch is named, and its body kept as it is.
    throw new PoisonBatchError(batchId, 'its body cannot be unpacked.')
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof InvalidBatchError))
    return `the parser failed with ${error instanceof Error ? error.name : 'an unknown error'}.`
  const [first] = error.issues
  if (first === undefined || first.path === '') return 'its body cannot be read.'
  return `${error.issues.length} of its fields are not of the form they should have, the first being ${first.path}.`
}
