import type { ClaimedBatch } from '../../schema/ports/intake.js'
import { InvalidBatchError, PoisonBatchError } from './issues.js'

/** What parsing needs of a claimed batch. `acceptedAt` is in Unix ms, the body as its protocol carries it. */
export type ParsedBatch = Pick<ClaimedBatch, 'batchId' | 'orgId' | 'protocol' | 'acceptedAt' | 'body'>

/**
 * Reads a claimed batch's body.
 *
 * @throws PoisonBatchError when it cannot be read. Its reason names places and repeats nothing of the body.
 */
export function readClaimed<Result>(batch: ParsedBatch, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw new PoisonBatchError(batch.batchId, reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof InvalidBatchError))
    return `the parser failed with ${error instanceof Error ? error.name : 'an unknown error'}.`
  const [first] = error.issues
  if (first === undefined || first.path === '') return 'its body cannot be read.'
  return `${error.issues.length} of its fields are not of the form they should have, the first being ${first.path}.`
}
