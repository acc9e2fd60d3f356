import type { EnqueueResult, IncomingBatch } from '../../../schema/ports/intake.js'
import { newBatchId } from '../batch-id.js'
import { idempotencyScope } from '../idempotency.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { unauthenticated } from '../unauthenticated.js'

/** Remembers the idempotency scope and enqueues, in the intake's one atomic step. */
export async function enqueue(passage: Passage, tools: EdgeTools): Promise<void> {
  const { claimed, signal, items, packed, bodyHash, form } = passage
  if (claimed === null) throw unauthenticated()
  if (form === null || form === 'json' || packed === null || bodyHash === null)
    throw new Error('Protocol, body and hash of a batch are known once its schema was checked.')
  const batchId = newBatchId(tools.clock.now(), tools.random.bytes(16))
  // OTLP and remote write may send nothing; there is nothing to keep of it.
  if (items === 0) {
    passage.answer = { accepted: 0, batchId, replayed: false }
    return
  }
  const result = await enqueued(
    {
      batchId,
      orgId: claimed.orgId,
      keyId: claimed.keyId,
      signal,
      protocol: form,
      items,
      body: packed,
      idempotency: {
        ...idempotencyScope(passage, bodyHash, claimed, batchId, tools.limits.skewMs),
        bodyHash,
      },
    },
    tools,
  )
  if (result.outcome === 'conflict')
    throw new Refusal(
      'IDEMPOTENCY_CONFLICT',
      'This idempotency key was used with another body; expected the same body, or a new key.',
    )
  passage.answer = { accepted: result.items, batchId: result.batchId, replayed: result.outcome === 'replayed' }
}

async function enqueued(batch: IncomingBatch, { intake, log }: EdgeTools): Promise<EnqueueResult> {
  try {
    return await intake.enqueue(batch)
  } catch (error) {
    log.error({ error: error instanceof Error ? error.message : String(error) }, 'a batch could not be enqueued')
    throw new Refusal('UNAVAILABLE', 'The batch could not be taken in now; send it again later.', {
      retryAfterMs: 5_000,
    })
  }
}
